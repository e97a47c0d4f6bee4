"""The checks, one module for each area of practices; importing this registers them all."""

from cdk_containers.checks.engine import CHECKS

from . import load_balancing, network_paths, registry

__all__ = ["CHECKS", "load_balancing", "network_paths", "registry"]
