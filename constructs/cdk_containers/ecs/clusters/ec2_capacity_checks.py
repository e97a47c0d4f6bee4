"""What is wrong with the options of a capacity on EC2 instances."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .cluster import Cluster
from .ec2_scaling import GroupScaling, ManagedScaling


def size_problems(low: int, high: int, scaling: ManagedScaling | GroupScaling) -> list[Problem]:
    """Find a size that a group cannot have, or cannot leave."""
    found = Problems()
    if not is_token(low) and low < 0:
        found.add("min_instances", "out of range", given=low, allowed="0 or more", practice="managed-instance-scaling")
    if not is_token(low) and low == 0 and isinstance(scaling, GroupScaling):
        found.add(
            "min_instances",
            "a group that follows its own load starts none while it has none",
            given=low,
            allowed="1 or more, or ManagedScaling()",
            practice="managed-instance-scaling",
        )
    if not is_token([low, high]) and (high < 1 or high < low):
        found.add(
            "max_instances",
            "less than the fewest, or none",
            given=high,
            allowed=f"{max(low, 1)} or more",
            practice="managed-instance-scaling",
        )
    return list(found)


def stack_problems(scope: Construct, cluster: Cluster) -> list[Problem]:
    """Find a capacity that is in another stack than its cluster, or in another app."""
    found = Problems()
    if cluster.is_imported:
        found.add(
            "cluster",
            "the cluster is imported, so its capacity providers are another app's",
            given=cluster.node.path,
            allowed="a Cluster made in this stack",
            practice="capacity-beside-cluster",
        )
    elif cdk.Stack.of(scope) != cdk.Stack.of(cluster):
        found.add(
            "cluster",
            "the cluster is in another stack, and each of the two would need the other",
            given=cdk.Stack.of(cluster).stack_name,
            allowed="capacity and cluster in one stack",
            practice="capacity-beside-cluster",
        )
    return list(found)
