"""Subnets and security groups of tasks."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import ConstructError, Problem, Problems, Shown
from cdk_containers.model.instances import NetworkMode
from cdk_containers.network import Connections, subnet_problems

from .cluster import Cluster

_MOST_SECURITY_GROUPS = 5


class TaskConnections(Connections):
    """The connections of tasks whose security groups are already final."""

    def __init__(self, path: str, security_groups: Sequence[ec2.ISecurityGroup], *, own_address: bool) -> None:
        super().__init__(security_groups=list(security_groups))
        self._path = path
        self._own_address = own_address

    def add_security_group(self, *security_groups: ec2.ISecurityGroup) -> None:  # noqa: ARG002  (CDK's signature)
        """Refuse: CDK would add rules to a group that no task has.

        Raises:
            ConstructError: Always.
        """
        problem = Problem(
            option="connections.add_security_group",
            what="the security groups of tasks are set when they are created, so a group added later has no effect",
            allowed="security_groups=[…] of the service or job"
            if self._own_address
            else "none; with bridge or host networking, tasks have the security groups of their instances",
            practice="explicit-ingress",
        )
        raise ConstructError(self._path, [problem])


def task_network_problems(
    *,
    security_groups: Sequence[ec2.ISecurityGroup],
    vpc_subnets: ec2.SubnetSelection | None,
    network_mode: NetworkMode,
    cluster: Cluster | None,
) -> list[Problem]:
    """Find security groups and subnets that tasks cannot have."""
    found = Problems()
    if network_mode != "awsvpc":
        for option, value in (("security_groups", security_groups), ("vpc_subnets", vpc_subnets)):
            if value:
                found.add(
                    option,
                    "tasks have the address and the security groups of their instances",
                    given=Shown(f"network_mode {network_mode}"),
                    allowed="none, or network_mode awsvpc",
                    practice="host-ports",
                )
        return list(found)
    if len(security_groups) > _MOST_SECURITY_GROUPS:
        found.add(
            "security_groups",
            "too many for one network interface",
            given=len(security_groups),
            allowed=f"1–{_MOST_SECURITY_GROUPS}",
        )
    if (security_groups or vpc_subnets is not None) and cluster is None:
        found.add(
            "cluster",
            "security groups and subnets belong to a network, but the tasks would get a new network",
            allowed="a cluster in their network",
            practice="private-subnets",
        )
    elif cluster is not None and vpc_subnets is None:
        ask = "ec2.SubnetSelection(subnet_group_name=…)"
        found.extend(cluster.which_subnets_problems("vpc_subnets", ask=ask))
    elif vpc_subnets is not None and cluster is not None:
        found.extend(subnet_problems(cluster.vpc, vpc_subnets, "vpc_subnets"))
    return list(found)


def unknown_group_problems(groups: Sequence[ec2.ISecurityGroup], cluster: Cluster, *, why: str) -> list[Problem]:
    """Find instances with unknown security groups, if a rule needs them."""
    found = Problems()
    if not groups:
        found.add(
            "cluster",
            f"the security groups of its instances are unknown, and {why}",
            given=cluster.node.path,
            allowed="Cluster.from_attributes(instance_security_group_ids=[…]), or capacity=[Ec2Capacity….share()]",
            practice="explicit-ingress",
        )
    return list(found)
