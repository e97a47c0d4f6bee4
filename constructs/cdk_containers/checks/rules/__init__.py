"""The checks, one module for each area of practices; importing this registers them all."""

from cdk_containers.checks.engine import CHECKS

from . import (
    audit,
    container_hardening,
    identity,
    images,
    jobs,
    load_balancing,
    logs,
    network_paths,
    people,
    registry,
    secrets,
    tasks,
    telemetry,
    volumes,
)

__all__ = [
    "CHECKS",
    "audit",
    "container_hardening",
    "identity",
    "images",
    "jobs",
    "load_balancing",
    "logs",
    "network_paths",
    "people",
    "registry",
    "secrets",
    "tasks",
    "telemetry",
    "volumes",
]
