"""The checks, one module for each area of practices; importing this registers them all."""

from . import load_balancing, network_paths, registry

__all__ = ["load_balancing", "network_paths", "registry"]
