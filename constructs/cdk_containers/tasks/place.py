"""Where the sidecars of a task send what they carry."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_logs


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a sidecar has to know of the task it is in.

    Attributes:
        stack: The stack of the task.
        log_group: The task's log group.
        metrics: Log group of the metrics, if there is one.
        service: Name by which traces and metrics know the task.
    """

    stack: cdk.Stack
    log_group: aws_logs.ILogGroup
    metrics: aws_logs.ILogGroup | None
    service: str

    @property
    def region(self) -> str:
        """The region of the task."""
        return self.stack.region
