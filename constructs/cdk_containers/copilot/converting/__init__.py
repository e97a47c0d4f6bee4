"""Apps of the CDK in Python, from workspaces of Copilot."""

from .app import Converted, convert

__all__ = ["Converted", "convert"]
