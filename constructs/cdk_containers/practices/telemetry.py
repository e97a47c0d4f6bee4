"""Practices for logs and traces that sidecars carry."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
