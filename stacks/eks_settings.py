"""What the EKS reference clusters have alike."""

from __future__ import annotations

from typing import Any

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
