"""Exports tasks as a compose file."""

from .compose import export

__all__ = ["export"]
