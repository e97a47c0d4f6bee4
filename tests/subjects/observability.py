"""Subjects of `observability`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_cdk import aws_sns as sns

from cdk_containers import (
    Alarms,
    AlarmTopic,
    JobAlarms,
    ScheduledJob,
    ServiceDashboard,
)
from tests.toolkit import (
    IMAGE,
    backend,
    cluster,
    web,
)

from .making import key
from .model import Subject

SUBJECTS: list[Subject] = [
    Subject(Alarms, lambda stack, given: web(stack, alarms=Alarms(**given))),
    Subject(
        JobAlarms,
        lambda stack, given: ScheduledJob(
            stack, "Job", cluster=cluster(stack), image=IMAGE, schedule="rate(1 day)", alarms=JobAlarms(**given)
        ),
    ),
    Subject(
        ServiceDashboard,
        lambda stack, given: ServiceDashboard(stack, "Dashboard", **given),
        lambda stack: {"services": [backend(stack)]},
    ),
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
    "JobAlarms": {
        "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms"),
        "failed_runs": 2,
        "within": timedelta(minutes=10),
    },
    "AlarmTopic": {"encryption_key": key("TopicKey"), "email_addresses": ["team@example.com"]},
    "ServiceDashboard": {"services": lambda stack: [backend(stack, "Other")]},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
