"""The checks, one module for each area of practices; importing this registers them all."""

<<<<<<< HEAD
from . import (
    audit,
    container_hardening,
    identity,
    images,
    jobs,
    logs,
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
    "logs",
    "people",
    "registry",
    "secrets",
    "tasks",
    "telemetry",
    "volumes",
]
