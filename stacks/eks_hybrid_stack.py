"""EKS with machines outside AWS as nodes."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import EksCluster, HybridNodes, ManagedNodeGroup, Network, NodeOptions

from .eks_settings import acknowledge_differences, administrators, cluster_options
from .settings import Settings


class EksHybridStack(cdk.Stack):
    """A cluster with a few nodes on EC2, and those of a data centre."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        network: Network,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        acknowledge_differences(self)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        self.cluster = cluster = EksCluster(
            self,
            "Cluster",
            network=network,
            remote_node_networks=["192.168.0.0/22"],
            remote_pod_networks=["192.168.64.0/18"],
            admins=administrators(self),
            **cluster_options(settings, key),
        )
        ManagedNodeGroup(
            self,
            "Nodes",
            cluster=cluster,
            instance_types=["m7g.large"],
            min_nodes=2,
            max_nodes=4,
            nodes=NodeOptions(encryption_key=key),
        )
        HybridNodes(self, "DataCentre", cluster=cluster, registration_limit=10)
