"""What the tests of nodes share: a cluster, and one of each kind of nodes."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct

from cdk_containers import (
    ConstructError,
    FargateProfile,
    FargateSelector,
    HybridNodes,
    KarpenterNodes,
    KarpenterPool,
    ManagedNodeGroup,
    Problem,
    SelfManagedNodes,
)
from tests.toolkit import eks_cluster

GROUP = "AWS::EKS::Nodegroup"
TEMPLATE = "AWS::EC2::LaunchTemplate"
SCALING = "AWS::AutoScaling::AutoScalingGroup"
ENTRY = "AWS::EKS::AccessEntry"
PROFILE = "AWS::EKS::FargateProfile"
ROLE = "AWS::IAM::Role"


def managed(scope: Construct, id: str = "Nodes", **options: Any) -> ManagedNodeGroup:  # noqa: A002
    if "cluster" not in options:
        options["cluster"] = eks_cluster(scope)
    return ManagedNodeGroup(scope, id, **{"instance_types": ["m7g.large"], "max_nodes": 6} | options)


def self_managed(scope: Construct, id: str = "Nodes", **options: Any) -> SelfManagedNodes:  # noqa: A002
    if "cluster" not in options:
        options["cluster"] = eks_cluster(scope)
    return SelfManagedNodes(scope, id, **{"instance_types": ["m7g.large"], "max_nodes": 6} | options)


def fargate(scope: Construct, id: str = "Profile", **options: Any) -> FargateProfile:  # noqa: A002
    if "cluster" not in options:
        options["cluster"] = eks_cluster(scope)
    return FargateProfile(scope, id, **{"selectors": [FargateSelector(namespace="shop")]} | options)


def karpenter(scope: Construct, id: str = "Karpenter", **options: Any) -> KarpenterNodes:  # noqa: A002
    if "cluster" not in options:
        options["cluster"] = eks_cluster(scope)
    return KarpenterNodes(scope, id, **{"pools": [KarpenterPool(name="general", max_vcpus=100)]} | options)


def hybrid(scope: Construct, id: str = "Machines", **options: Any) -> HybridNodes:  # noqa: A002
    if "cluster" not in options:
        options["cluster"] = eks_cluster(scope, remote_node_networks=["10.80.0.0/16"])
    return HybridNodes(scope, id, **options)


def problems(make: Any, scope: cdk.Stack, **options: Any) -> list[Problem]:
    """Return what is wrong with a call, which has to fail."""
    with pytest.raises(ConstructError) as caught:
        make(scope, **options)
    return list(caught.value.problems)


def problem(make: Any, scope: cdk.Stack, **options: Any) -> Problem:
    """Return the only thing that is wrong with a call."""
    [only] = problems(make, scope, **options)
    return only
