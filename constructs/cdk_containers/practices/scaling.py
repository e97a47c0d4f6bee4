"""Practices for how the number of tasks follows the load."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
