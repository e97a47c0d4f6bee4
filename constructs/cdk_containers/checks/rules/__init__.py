"""The checks, one module for each area of practices; importing this registers them all."""

from . import domains, eks_clusters, eks_nodes, load_balancing, network, network_paths, observability, registry

__all__ = [
    "domains",
    "eks_clusters",
    "eks_nodes",
    "load_balancing",
    "network",
    "network_paths",
    "observability",
    "registry",
]
