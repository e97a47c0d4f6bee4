"""Subjects of the folder of the same name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from cdk_containers import (
    FargateProfile,
    FargateSelector,
    HybridNodes,
    KarpenterNodes,
    KarpenterPool,
    ManagedNodeGroup,
    NodeOptions,
    RolesAnywhere,
    SelfManagedNodes,
    Spot,
    Taint,
)
from tests.toolkit import eks_cluster

from ..making import OFF, key
from ..subject import Subject

_ZONE = ec2.SubnetSelection(availability_zones=["eu-west-1a"], subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
_AUTHORITY = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/0123"
_BUNDLE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def _group(stack: cdk.Stack) -> dict[str, Any]:
    return {"cluster": eks_cluster(stack), "instance_types": ["m7i.large"], "max_nodes": 4}


def _outside(stack: cdk.Stack, id: str = "Eks") -> dict[str, Any]:  # noqa: A002
    return {"cluster": eks_cluster(stack, id, remote_node_networks=["10.80.0.0/16"])}


SUBJECTS: list[Subject] = [
    Subject(ManagedNodeGroup, lambda stack, given: ManagedNodeGroup(stack, "Nodes", **given), _group),
    Subject(SelfManagedNodes, lambda stack, given: SelfManagedNodes(stack, "Nodes", **given), _group),
    Subject(
        NodeOptions,
        lambda stack, given: ManagedNodeGroup(stack, "Nodes", **_group(stack), nodes=NodeOptions(**given)),
    ),
    Subject(
        Taint,
        lambda stack, given: ManagedNodeGroup(
            stack, "Nodes", **_group(stack), nodes=NodeOptions(taints=[Taint(**given)])
        ),
        lambda _: {"key": "dedicated"},
    ),
    Subject(
        FargateProfile,
        lambda stack, given: FargateProfile(stack, "Profile", **given),
        lambda stack: {"cluster": eks_cluster(stack), "selectors": [FargateSelector(namespace="shop")]},
    ),
    Subject(
        FargateSelector,
        lambda stack, given: FargateProfile(
            stack, "Profile", cluster=eks_cluster(stack), selectors=[FargateSelector(**given)]
        ),
        lambda _: {"namespace": "shop"},
    ),
    Subject(
        KarpenterNodes,
        lambda stack, given: KarpenterNodes(stack, "Karpenter", **given),
        lambda stack: {"cluster": eks_cluster(stack), "pools": [KarpenterPool(name="general", max_vcpus=100)]},
    ),
    Subject(
        KarpenterPool,
        lambda stack, given: KarpenterNodes(
            stack, "Karpenter", cluster=eks_cluster(stack), pools=[KarpenterPool(**given)]
        ),
        lambda _: {"name": "general", "max_vcpus": 100},
    ),
    Subject(HybridNodes, lambda stack, given: HybridNodes(stack, "Machines", **given), _outside),
    Subject(
        RolesAnywhere,
        lambda stack, given: HybridNodes(stack, "Machines", **_outside(stack), credentials=RolesAnywhere(**given)),
        lambda _: {"authority": _BUNDLE},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "ManagedNodeGroup": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "instance_types": ["m7i.xlarge"],
        "max_nodes": 5,
        "min_nodes": 2,
        "desired_nodes": 3,
        "spot": True,
        "nodes": NodeOptions(root_volume_gib=100),
        "subnets": _ZONE,
        "max_unavailable_percent": 50,
        "node_repair": OFF,
        "version": "1.35",
        "release_version": "1.36.1-20261101",
    },
    "SelfManagedNodes": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "instance_types": ["m7i.xlarge"],
        "max_nodes": 5,
        "min_nodes": 2,
        "spot": Spot(),
        "nodes": NodeOptions(root_volume_gib=100),
        "subnets": _ZONE,
        "max_instance_lifetime": timedelta(days=7),
        "version": "1.35",
    },
    "NodeOptions": {
        "machine_image": "BOTTLEROCKET",
        "root_volume_gib": 100,
        "encryption_key": key("VolumeKey"),
        "labels": {"team": "shop"},
        "taints": [Taint(key="dedicated")],
        "session_manager": True,
        "nitro_only": OFF,
    },
    "Taint": {"key": "gpu", "value": "video", "effect": "NoExecute"},
    "FargateProfile": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "selectors": [FargateSelector(namespace="jobs")],
        "subnets": _ZONE,
    },
    "FargateSelector": {"namespace": "jobs", "labels": {"on": "fargate"}},
    "KarpenterNodes": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "pools": [KarpenterPool(name="general", max_vcpus=200)],
        "subnets": _ZONE,
        "session_manager": True,
    },
    "KarpenterPool": {
        "name": "spare",
        "max_vcpus": 200,
        "architecture": "ARM64",
        "capacity_types": ["SPOT"],
        "instance_types": ["m7i.large"],
        "instance_categories": ["m"],
        "nodes": NodeOptions(root_volume_gib=100),
        "image_version": "v20261101",
        "disrupted_percent": 20,
        "consolidate_after": timedelta(minutes=1),
        "max_node_lifetime": timedelta(days=7),
    },
    "HybridNodes": {
        "cluster": lambda stack: _outside(stack, "Other")["cluster"],
        "credentials": RolesAnywhere(authority=_BUNDLE),
        "registration_limit": 5,
    },
    "RolesAnywhere": {"authority": _AUTHORITY},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
