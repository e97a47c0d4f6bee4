"""Who may do what in the cluster of an environment, and who did."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import AuditTrail, Cluster, ClusterAccess, ExecuteCommandAccess

from .settings import Settings


class AuditStack(cdk.Stack):
    """A trail of all calls, and policies for the people who read, operate and debug one cluster."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        cluster: Cluster | ecs.ICluster,
        session_key: kms.IKey | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self.trail = AuditTrail(
            self, "Trail", removal_policy=settings.removal_policy, retention_days=settings.objects_kept_days
        )
        self.readers = ClusterAccess.read(cluster).to_managed_policy(
            self, "Readers", description=f"Look at the cluster of {settings.name}"
        )
        self.operators = ClusterAccess.operate(cluster).to_managed_policy(
            self, "Operators", description=f"Run, update and stop what is in the cluster of {settings.name}"
        )
        self.on_call = ClusterAccess.operate(
            cluster,
            execute_command=ExecuteCommandAccess(
                reason="Who is on call looks into a container that misbehaves; sessions are logged and encrypted",
                containers=["app"],
                encryption_key=session_key,
            ),
        ).to_managed_policy(self, "OnCall", description=f"Operate the cluster of {settings.name}, shells included")
        self.nowhere_else = ClusterAccess.deny_everything_else(cluster).to_managed_policy(
            self, "NowhereElse", description=f"For people who must touch no cluster but that of {settings.name}"
        )
