"""EKS Auto Mode: AWS runs the nodes, and what nodes need."""

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
"""What the role of a cluster has in Auto Mode beside AmazonEKSClusterPolicy."""

_NODE_POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


@frozen
class AutoMode:
    """Have AWS choose, start, patch and end the nodes of a cluster, with storage and load balancing built in.

    Attributes:
        node_pools: The pools that come with it: `system` for add-ons, `general-purpose` for everything else. Default:
            both. Without any, no pod runs until you apply your own NodePool.
        node_role: Role of the nodes. Default: a new role that may pull images and do what a node has to.

    See https://docs.aws.amazon.com/eks/latest/userguide/automode.html
    """

    node_pools: Sequence[NodePool] = ("general-purpose", "system")
    node_role: iam.IRole | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("node_pools") and len(set(self.node_pools)) < len(self.node_pools):
            found.add("node_pools", "a pool is named twice", given=list(self.node_pools), allowed="each pool once")
        return list(found)


def auto_mode_node_role(scope: Construct, id: str) -> iam.Role:  # noqa: A002
    """Make a role for nodes of Auto Mode.

    See https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
    """
    return role_with_policies(scope, id, iam.ServicePrincipal("ec2.amazonaws.com"), _NODE_POLICIES)
