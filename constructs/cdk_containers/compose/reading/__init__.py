"""Compose files as typed models, with every problem in one error."""

from .problems import ComposeError
from .project import Project, read_project

__all__ = ["ComposeError", "Project", "read_project"]
