"""Subjects of `observability`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_cdk import aws_logs
from aws_cdk import aws_sns as sns

from cdk_containers import (
    Alarms,
    AlarmTopic,
    ClusterDashboard,
    ClusterEvents,
    JobAlarms,
    Logs,
    ScheduledJob,
    ServiceDashboard,
    WorkerAlarms,
)
from tests.toolkit import (
    IMAGE,
    backend,
    cluster,
    own_cluster,
    topic,
    web,
    worker,
)

from .making import key
from .subject import Subject

SUBJECTS: list[Subject] = [
    Subject(Alarms, lambda stack, given: web(stack, cluster=own_cluster(stack), alarms=Alarms(**given))),
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
    Subject(WorkerAlarms, lambda stack, given: worker(stack, alarms=WorkerAlarms(**given))),
    Subject(
        ClusterDashboard,
        lambda stack, given: ClusterDashboard(stack, "Page", **given),
        lambda stack: {"cluster": cluster(stack)},
    ),
    Subject(
        ClusterEvents,
        lambda stack, given: ClusterEvents(stack, "Events", **given),
        lambda stack: {"cluster": cluster(stack)},
    ),
    Subject(AlarmTopic, lambda stack, given: AlarmTopic(stack, "Topic", **given)),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Alarms": {
        "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms"),
        "server_error_percent": 1,
        "cpu_percent": 80,
        "memory_percent": 80,
        "missing_tasks": 2,
        "response_time": timedelta(seconds=1),
    },
    "WorkerAlarms": {
        "topic": topic,
        "oldest_message": timedelta(hours=1),
        "dead_letters": 5,
        "cpu_percent": 80,
        "memory_percent": 80,
    },
    "ClusterDashboard": {
        "cluster": own_cluster,
        "events": lambda stack: ClusterEvents(stack, "Shown", cluster=cluster(stack)),
    },
    "ClusterEvents": {
        "cluster": own_cluster,
        "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms"),
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
    },
    "JobAlarms": {
        "topic": lambda stack: sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms"),
        "failed_runs": 2,
        "within": timedelta(minutes=10),
    },
    "AlarmTopic": {"encryption_key": key("TopicKey"), "email_addresses": ["team@example.com"]},
    "ServiceDashboard": {
        "services": lambda stack: [backend(stack, "Other")],
        "jobs": lambda stack: [
            ScheduledJob(stack, "Nightly", cluster=cluster(stack), image=IMAGE, schedule="rate(1 day)")
        ],
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
