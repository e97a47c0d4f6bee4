"""How a new version takes the place of the old one."""

from .rolling import Rolling

__all__ = ["Rolling"]
