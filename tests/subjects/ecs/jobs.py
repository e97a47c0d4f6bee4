"""Subjects of `jobs`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events

from cdk_containers import EventJob, FargateCapacity, JobAlarms, ScheduledJob, StartRetry, TaskOptions
from tests.toolkit import IMAGE, cluster, container

from ..making import another_cluster, security_group
from ..subject import Change, Subject

PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"]}


def _bus(stack: cdk.Stack) -> events.IEventBus:
    return events.EventBus.from_event_bus_name(stack, "Bus", "orders")


JOB: dict[str, Any] = {
    "cluster": another_cluster,
    "image": "nginx:1.29.2",
    "container": Change(container(environment={"MODE": "fast"}), beside={"image": None, "container": container()}),
    "sidecars": [container(name="b")],
    "cpu": Change(512, beside={"memory_limit_mib": 1024}),
    "memory_limit_mib": 1024,
    "task": TaskOptions(architecture="ARM64"),
    "capacity": [FargateCapacity.spot()],
    "task_count": 3,
    "timeout": timedelta(hours=1),
    "retries": Change(2, beside={"timeout": timedelta(hours=1)}),
    "start_retry": StartRetry(attempts=1),
    "alarms": JobAlarms(failed_runs=2),
    "outputs": False,
    "security_groups": lambda stack: [security_group(stack)],
    "vpc_subnets": ec2.SubnetSelection(availability_zones=["eu-west-1a"]),
}

SUBJECTS: list[Subject] = [
    Subject(
        ScheduledJob,
        lambda stack, given: ScheduledJob(stack, "Job", **given),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE, "schedule": "cron(0 3 * * ? *)"},
    ),
    Subject(
        EventJob,
        lambda stack, given: EventJob(stack, "Job", **given),
        lambda stack: {"cluster": cluster(stack), "image": IMAGE, "event_pattern": PATTERN},
    ),
    Subject(
        StartRetry,
        lambda stack, given: ScheduledJob(
            stack,
            "Job",
            cluster=cluster(stack),
            image=IMAGE,
            schedule="rate(1 day)",
            start_retry=StartRetry(**given),
        ),
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "ScheduledJob": JOB
    | {
        "schedule": "rate(5 minutes)",
        "time_zone": "Europe/Berlin",
        "flexible_window": timedelta(minutes=15),
        "enabled": False,
        "overlap": Change("SKIP", beside={"timeout": timedelta(hours=1)}),
    },
    "EventJob": JOB
    | {
        "event_pattern": {"source": ["aws.ecr"]},
        "event_bus": _bus,
        "environment_from": {"KEY": "$.detail.object.key"},
        "for_each": "$.detail.files",
        "max_concurrency": Change(5, beside={"for_each": "$.detail.files"}),
    },
    "StartRetry": {"attempts": 0, "max_age": timedelta(minutes=5)},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "ScheduledJob.volumes": "wants a mount as well: see test_a_volume_is_mounted",
    "EventJob.volumes": "wants a mount as well: see test_a_volume_is_mounted",
}

NOT_A_SUBJECT: dict[str, str] = {}
