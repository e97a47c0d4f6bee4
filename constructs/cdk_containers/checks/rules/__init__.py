"""The checks, one module for each area of practices; importing this registers them all."""

from . import (
    beanstalk,
    capacity,
    capacity_providers,
    clusters,
    deployments,
    discovery,
    ec2_tasks,
    messaging,
    placement,
    platforms,
    registry,
    scaling,
    services,
    target_types,
)

__all__ = [
    "beanstalk",
    "capacity",
    "capacity_providers",
    "clusters",
    "deployments",
    "discovery",
    "ec2_tasks",
    "messaging",
    "placement",
    "platforms",
    "registry",
    "scaling",
    "services",
    "target_types",
]
