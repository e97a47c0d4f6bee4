"""What the sidecars of a task share: their place and their health check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_logs

from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import HealthCheck


@frozen
class Place:
    """What a sidecar needs to know about its task.

    Attributes:
        stack: The stack of the task.
        log_group: The task's log group.
        metrics: Log group of the metrics, if there is one.
        service: Name of the task in traces and metrics.
    """

    stack: cdk.Stack
    log_group: aws_logs.ILogGroup
    metrics: aws_logs.ILogGroup | None
    service: str

    @property
    def region(self) -> str:
        """The region of the task."""
        return self.stack.region


def sidecar_health_check(command: str | Sequence[str]) -> HealthCheck:
    """Return a health check that is fast at start and tolerant later."""
    return HealthCheck(command=command, interval=timedelta(seconds=5), retries=6)
