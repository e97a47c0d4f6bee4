"""Reads compose files into typed models, and reports all problems in one error."""

from .problems import ComposeError
from .project import Project, read_project

__all__ = ["ComposeError", "Project", "read_project"]
