"""One definition of a cluster, in two regions."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import AutoMode, EksCluster, Logs, Network

from .eks_settings import acknowledge_differences, administrators, cluster_options
from .settings import Settings

REGIONS = ("eu-west-1", "eu-central-1")


class RegionalClusterStack(cdk.Stack):
    """All that a region has: a network and a cluster, which need nothing of another region."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        acknowledge_differences(self)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        network = Network(
            self,
            "Network",
            nat_gateways=settings.nat_gateways,
            flow_logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
        )
        self.cluster = EksCluster(
            self,
            "Cluster",
            network=network,
            auto_mode=AutoMode(),
            admins=administrators(self),
            **cluster_options(settings, key),
        )


class EksRegions(cdk.Stage):
    """The same cluster in each region."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:  # noqa: A002
        super().__init__(scope, id)
        for region in REGIONS:
            RegionalClusterStack(
                self,
                region,
                settings=settings,
                env=cdk.Environment(region=region),
                stack_name=f"{settings.name}-eks-{region}",
            )
