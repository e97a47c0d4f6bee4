"""Problems with the options of capacity on EC2 instances."""

from __future__ import annotations

from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.core.whereabouts import stack_of

from .cluster import Cluster
from .ec2_scaling import GroupScaling, ManagedScaling


def size_problems(low: int, high: int, scaling: ManagedScaling | GroupScaling) -> list[Problem]:
    """Find a size that a group cannot have, or that it cannot scale from."""
    found = Problems()
    if not is_token(low) and low < 0:
        found.add("min_instances", "out of range", given=low, allowed="0 or more", practice="managed-instance-scaling")
    if not is_token(low) and low == 0 and isinstance(scaling, GroupScaling):
        found.add(
            "min_instances",
            "a group that scales on its own load cannot start the first instance",
            given=low,
            allowed="1 or more, or ManagedScaling()",
            practice="managed-instance-scaling",
        )
    if not is_token([low, high]) and (high < 1 or high < low):
        found.add(
            "max_instances",
            "less than min_instances, or 0",
            given=high,
            allowed=f"{max(low, 1)} or more",
            practice="managed-instance-scaling",
        )
    return list(found)


def stack_problems(scope: Construct, cluster: Cluster) -> list[Problem]:
    """Find capacity that is not in the stack of its cluster, or not in its app."""
    found = Problems()
    if cluster.is_imported:
        found.add(
            "cluster",
            "the cluster is imported, so its capacity providers belong to another app",
            given=cluster.node.path,
            allowed="a Cluster created in this stack",
            practice="capacity-beside-cluster",
        )
    elif stack_of(scope) != stack_of(cluster):
        found.add(
            "cluster",
            "the cluster is in another stack, and the two stacks would depend on each other",
            given=stack_of(cluster).stack_name,
            allowed="capacity and cluster in one stack",
            practice="capacity-beside-cluster",
        )
    return list(found)
