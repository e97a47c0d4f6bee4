"""The readers, one module for each service; importing this registers them all."""

from cdk_containers.checks.live.reader import READERS

from . import ecr, ecs, logs

__all__ = ["READERS", "ecr", "ecs", "logs"]
