"""Tasks as a compose file, for people who want to keep one."""

from .compose import export

__all__ = ["export"]
