"""A whole application in a few lines: what its services and jobs share, and the defaults of its environment."""

from .application import Application
from .environment import Environment

__all__ = ["Application", "Environment"]
