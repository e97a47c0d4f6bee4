"""Practices for queues, topics and the workers that read them."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
