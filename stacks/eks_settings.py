"""What the EKS reference clusters have alike."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import Logs

from .settings import THROW_AWAY, Settings

VERSION = "1.35"


def administrators(scope: Construct) -> list[iam.IRole]:
    """Return who administers a cluster: a role that people take on, with a second factor."""
    return [
        iam.Role(
            scope,
            "Administrator",
            assumed_by=iam.AccountRootPrincipal().with_conditions({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        )
    ]


def cluster_options(settings: Settings, key: kms.IKey) -> dict[str, Any]:
    """Return the options that depend on the environment."""
    return {
        "version": VERSION,
        "encryption_key": key,
        "control_plane_logs": Logs(encryption_key=key, removal_policy=settings.removal_policy),
        "deletion_protection": True if settings.production else THROW_AWAY,
    }


ACKNOWLEDGED = {
    "cdk-containers:eks-deployment": "a version that does not become healthy is rolled back by hand here",
    "cdk-containers:eks-container-version-consistency": "images are by tag, to be short",
    "cdk-containers:eks-container-environment": "the job does not ask for the time",
    "cdk-containers:eks-alarms": "CPU and memory of pods are of no interest here",
    "cdk-containers:eks-support": "a reference that is older than the support of its version still shows what it shows",
}
"""What is not the same on EKS, or ends one day, and why that is accepted here."""


def acknowledge_differences(stack: cdk.Stack) -> None:
    """Acknowledge the warnings of the workloads and the cluster in a stack."""
    for id_, reason in ACKNOWLEDGED.items():
        cdk.Annotations.of(stack).acknowledge_warning(id_, reason)
