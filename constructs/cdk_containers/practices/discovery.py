"""Practices for how services find and reach each other."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
