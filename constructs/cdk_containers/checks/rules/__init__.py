"""The checks, one module for each area of practices; importing this registers them all."""

from cdk_containers.checks.engine import CHECKS

from . import (
    beanstalk,
    capacity,
    capacity_providers,
    clusters,
    deployments,
    discovery,
    ec2_tasks,
    load_balancing,
    messaging,
    network_paths,
    placement,
    platforms,
    registry,
    scaling,
    services,
    target_types,
)

__all__ = [
    "CHECKS",
    "beanstalk",
    "capacity",
    "capacity_providers",
    "clusters",
    "deployments",
    "discovery",
    "ec2_tasks",
    "load_balancing",
    "messaging",
    "network_paths",
    "placement",
    "platforms",
    "registry",
    "scaling",
    "services",
    "target_types",
]
