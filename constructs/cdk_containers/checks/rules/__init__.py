"""The checks, one module for each area of practices; importing this registers them all."""

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
