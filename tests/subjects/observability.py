"""Subjects of `observability`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_cdk import aws_sns as sns

from cdk_containers import (
    Alarms,
    AlarmTopic,
    ServiceDashboard,
    WorkerAlarms,
)
from tests.toolkit import (
    backend,
    topic,
    web,
    worker,
)

from .making import key
from .model import Subject

SUBJECTS: list[Subject] = [
    Subject(Alarms, lambda stack, given: web(stack, alarms=Alarms(**given))),
    Subject(
        ServiceDashboard,
        lambda stack, given: ServiceDashboard(stack, "Dashboard", **given),
        lambda stack: {"services": [backend(stack)]},
    ),
    Subject(WorkerAlarms, lambda stack, given: worker(stack, alarms=WorkerAlarms(**given))),
    Subject(AlarmTopic, lambda stack, given: AlarmTopic(stack, "Topic", **given)),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Alarms": {
        "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms"),
        "server_error_percent": 1,
        "cpu_percent": 80,
        "memory_percent": 80,
        "response_time": timedelta(seconds=1),
    },
    "WorkerAlarms": {
        "topic": topic,
        "oldest_message": timedelta(hours=1),
        "dead_letters": 5,
        "cpu_percent": 80,
        "memory_percent": 80,
    },
    "AlarmTopic": {"encryption_key": key("TopicKey"), "email_addresses": ["team@example.com"]},
    "ServiceDashboard": {"services": lambda stack: [backend(stack, "Other")]},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
