"""Every kind of volume for pods: EBS, EFS, FSx for Lustre and FSx for NetApp ONTAP."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    EbsStorage,
    EfsStorage,
    EksCluster,
    LustreStorage,
    ManagedNodeGroup,
    Network,
    NodeOptions,
    OntapStorage,
)

from .eks_settings import acknowledge_differences, administrators, cluster_options
from .settings import Settings


class EksStorageStack(cdk.Stack):
    """A cluster with four storages, and a claim on each."""

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
        removal_policy = settings.removal_policy
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=removal_policy)
        self.cluster = cluster = EksCluster(
            self, "Cluster", network=network, admins=administrators(self), **cluster_options(settings, key)
        )
        ManagedNodeGroup(
            self,
            "Nodes",
            cluster=cluster,
            instance_types=["m7i.large"],
            min_nodes=2,
            max_nodes=4,
            nodes=NodeOptions(encryption_key=key),
        )
        disks = EbsStorage(self, "Disks", cluster=cluster, default_class=True, encryption_key=key)
        files = EfsStorage(self, "Files", cluster=cluster, encryption_key=key, removal_policy=removal_policy)
        scratch = LustreStorage(self, "Scratch", cluster=cluster, encryption_key=key, removal_policy=removal_policy)
        shared = OntapStorage(self, "Shared", cluster=cluster, encryption_key=key, removal_policy=removal_policy)
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
        cluster.add_manifests("namespace-shop", [namespace])
        for name, storage, size in (
            ("disk", disks, 20),
            ("files", files, 5),
            ("scratch", scratch, 1200),
            ("shared", shared, 50),
        ):
            storage.claim(name, namespace="shop", size_gib=size)
