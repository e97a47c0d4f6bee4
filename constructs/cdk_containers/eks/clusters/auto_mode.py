"""EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from .managed_policies import role_with_policies

NodePool = Literal["system", "general-purpose"]

CLUSTER_POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
"""Policies of the cluster role in Auto Mode, in addition to AmazonEKSClusterPolicy."""

_NODE_POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


@frozen
class AutoMode:
    """EKS Auto Mode: AWS chooses, starts, patches and terminates nodes, with built-in storage and load balancing.

    Attributes:
        node_pools: Built-in node pools: `system` for add-ons, `general-purpose` for everything else. Without them, no
            pod runs until you apply your own NodePool. Default: both.
        node_role: Role of the nodes. Default: a new role with permissions to pull images and to run as a node.

    See https://docs.aws.amazon.com/eks/latest/userguide/automode.html
    """

    node_pools: Sequence[NodePool] = ("general-purpose", "system")
    node_role: iam.IRole | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("node_pools") and len(set(self.node_pools)) < len(self.node_pools):
            found.add(
                "node_pools", "the list contains a pool twice", given=list(self.node_pools), allowed="each pool once"
            )
        return list(found)


def auto_mode_node_role(scope: Construct, id: str) -> iam.Role:  # noqa: A002
    """Create a role for Auto Mode nodes.

    See https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
    """
    return role_with_policies(scope, id, iam.ServicePrincipal("ec2.amazonaws.com"), _NODE_POLICIES)
