"""Subjects of `identity`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    AuditTrail,
    ClusterAccess,
    ExecuteCommandAccess,
    Logs,
)
from tests.toolkit import (
    REASON,
    cluster,
)

from .making import OFF, another_cluster, key, role
from .subject import Subject

SUBJECTS: list[Subject] = [
    Subject(AuditTrail, lambda stack, given: AuditTrail(stack, "Trail", **given)),
    Subject(
        ClusterAccess.read,
        lambda stack, given: ClusterAccess.read(**given).to_managed_policy(stack, "Policy"),
        lambda stack: {"cluster": cluster(stack)},
    ),
    Subject(
        ClusterAccess.operate,
        lambda stack, given: ClusterAccess.operate(**given).to_managed_policy(stack, "Policy"),
        lambda stack: {"cluster": cluster(stack)},
    ),
    Subject(
        ExecuteCommandAccess,
        lambda stack, given: ClusterAccess.operate(
            cluster(stack), execute_command=ExecuteCommandAccess(**given)
        ).to_managed_policy(stack, "Policy"),
        lambda _: {"reason": REASON},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "AuditTrail": {
        "multi_region": OFF,
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "data_events_of": lambda stack: [s3.Bucket.from_bucket_name(stack, "Data", "shop-data")],
        "encryption_key": key("TrailKey"),
        "bucket": lambda stack: s3.Bucket.from_bucket_name(stack, "Central", "central-logs"),
        "retention_days": 30,
        "trail_name": "shop",
        "removal_policy": cdk.RemovalPolicy.DESTROY,
    },
    "ClusterAccess.read": {"cluster": another_cluster, "tags": {"team": "shop"}},
    "ClusterAccess.operate": {
        "cluster": another_cluster,
        "task_families": ["shop"],
        "pass_roles": lambda stack: [role(stack)],
        "execute_command": ExecuteCommandAccess(reason=REASON),
        "tags": {"team": "shop"},
    },
    "ExecuteCommandAccess": {
        "reason": "another reason that a reviewer understands",
        "containers": ["app"],
        "encryption_key": key("SessionKey"),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {
    "ClusterAccess": "made by its methods, which are here",
}
