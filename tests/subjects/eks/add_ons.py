"""Subjects of `add_ons`."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers import AddOn, CloudWatchObservability, Logs
from tests.toolkit import eks_cluster

from ..subject import Subject

SUBJECTS: list[Subject] = [
    Subject(
        AddOn,
        lambda stack, given: AddOn(stack, "AddOn", **given),
        lambda stack: {"cluster": eks_cluster(stack), "name": "aws-ebs-csi-driver"},
    ),
    Subject(
        CloudWatchObservability,
        lambda stack, given: CloudWatchObservability(stack, "Insights", **given),
        lambda stack: {"cluster": eks_cluster(stack)},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "AddOn": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "name": "aws-efs-csi-driver",
        "version": "v1.50.1-eksbuild.1",
        "configuration": {"defaultStorageClass": {"enabled": True}},
        "service_accounts": {
            "ebs-csi-controller-sa": [iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEBSCSIDriverPolicyV2")]
        },
        "namespace": "storage",
        "resolve_conflicts": "NONE",
        "preserve_on_delete": True,
    },
    "CloudWatchObservability": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "container_logs": False,
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "version": "v4.3.1-eksbuild.1",
        "configuration": {"tolerations": [{"operator": "Exists"}]},
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "AddOn.phase": "without nodes there is nothing to wait for: see tests/eks/add_ons/test_add_on.py"
}

NOT_A_SUBJECT: dict[str, str] = {}
