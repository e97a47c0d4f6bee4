"""Practices for how new versions take over."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
