"""The network that the stacks of an environment share."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import Logs, Network

from .settings import Settings


class NetworkStack(cdk.Stack):
    """A VPC with private subnets for tasks, and isolated ones for data."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        self.network = Network(
            self,
            "Network",
            nat_gateways=settings.nat_gateways,
            isolated_subnets=True,
            interface_endpoints=settings.production,
            flow_logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
        )
