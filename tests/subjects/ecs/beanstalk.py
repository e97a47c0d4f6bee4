"""Subjects of `beanstalk`."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_sns as sns

from cdk_containers import AccessLogs, BeanstalkEnvironment
from tests.toolkit import certificate, container, network

from ..making import OFF
from ..subject import Change, Subject

SUBJECTS: list[Subject] = [
    Subject(
        BeanstalkEnvironment,
        lambda stack, given: BeanstalkEnvironment(stack, "Shop", **given),
        lambda stack: {
            "containers": [container(ports=[8080], memory_limit_mib=256)],
            "platform": "64bit Amazon Linux 2023 v4.3.0 running ECS",
            "network": network(stack),
            "certificate": certificate(stack),
        },
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "BeanstalkEnvironment": {
        "containers": [container(ports=[9090], memory_limit_mib=256)],
        "platform": "64bit Amazon Linux 2023 v4.3.1 running ECS",
        "network": None,
        "certificate": lambda stack: certificate(stack, "Other"),
        "https": Change(OFF, along={"certificate": None}),
        "internet_facing": True,
        "health_check_path": "/healthz",
        "instance_types": ["m7i.large"],
        "min_instances": 3,
        "max_instances": 5,
        "scale_out_cpu_percent": 70,
        "scale_in_cpu_percent": 20,
        "root_volume_gib": 50,
        "managed_updates": OFF,
        "update_window": "Tue:03:00",
        "log_retention_days": 30,
        "access_logs": AccessLogs(prefix="shop"),
        "notification_topic": lambda stack: sns.Topic.from_topic_arn(
            stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:operators"
        ),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
