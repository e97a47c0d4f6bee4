"""Security groups of instances for services and jobs in other stacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.core.whereabouts import stack_of, unique_id_of

from .capacity import Capacity, LaunchType
from .cluster import Cluster
from .ec2_capacity import Ec2Share
from .managed_instances_capacity import ManagedInstancesShare


def instance_groups_of(strategy: Sequence[Capacity], cluster: Cluster) -> list[ec2.ISecurityGroup]:
    """Return the security groups of the instances that tasks can run on; with a launch type, all in the cluster."""
    if LaunchType.EC2 in strategy:
        return list(cluster.instance_security_groups)
    return [share.capacity.security_group for share in strategy if isinstance(share, Ec2Share | ManagedInstancesShare)]


def seen_from(scope: Construct, group: ec2.ISecurityGroup) -> ec2.ISecurityGroup:
    """Return the group, or from another stack a reference to it, so that rules belong to the stack of `scope`.

    CDK would create them beside the group, so the stacks would depend on each other. The reference belongs to the stack
    and not to the service, because a rule that several services need must stay when you remove one of them.
    """
    here = stack_of(scope)
    if stack_of(group) == here:
        return group
    name = unique_id_of(group)
    found = here.node.try_find_child(name)
    if found is not None:
        return cast("ec2.ISecurityGroup", found)
    return ec2.SecurityGroup.from_security_group_id(here, name, group.security_group_id)
