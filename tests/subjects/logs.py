"""Subjects of `logs`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs

from cdk_containers import (
    Cluster,
    ContainerLogs,
    Logs,
    TaskOptions,
)
from tests.toolkit import (
    network,
)

from .making import fargate_task, key
from .subject import Subject

LOGS: dict[str, Any] = {
    "log_group": lambda stack: aws_logs.LogGroup.from_log_group_name(stack, "Given", "/team/shop"),
    "retention": aws_logs.RetentionDays.ONE_MONTH,
    "encryption_key": key("LogKey"),
    "removal_policy": cdk.RemovalPolicy.DESTROY,
}

SUBJECTS: list[Subject] = [
    Subject(
        Logs,
        lambda stack, given: Cluster(stack, "Cluster", network=network(stack), execute_command_logs=Logs(**given)),
    ),
    Subject(ContainerLogs, lambda stack, given: fargate_task(stack, options=TaskOptions(logs=ContainerLogs(**given)))),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Logs": LOGS,
    "ContainerLogs": LOGS
    | {
        "mode": "blocking",
        "max_buffer_mib": 50,
        "multiline_pattern": "^ERROR",
        "datetime_format": "%H:%M:%S",
        "stream_prefix": "orders",
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
