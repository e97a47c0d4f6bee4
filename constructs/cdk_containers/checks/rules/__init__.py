"""The checks, one module for each area of practices; importing this registers them all."""

from . import registry

__all__ = ["registry"]
