"""The readers, one module for each area. Importing this package registers all of them."""

from cdk_containers.checks.live import stacks
from cdk_containers.checks.live.reader import READERS

from . import (
    ecr,
    ecs,
    edges,
    eks,
    elb,
    files,
    iam,
    instances,
    jobs,
    logs,
    messaging,
    network,
    operations,
    pipelines,
    scaling,
)

__all__ = [
    "READERS",
    "ecr",
    "ecs",
    "edges",
    "eks",
    "elb",
    "files",
    "iam",
    "instances",
    "jobs",
    "logs",
    "messaging",
    "network",
    "operations",
    "pipelines",
    "scaling",
    "stacks",
]
