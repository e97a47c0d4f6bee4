"""Practices for jobs that run to their end."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
