"""Subnets and security groups of tasks."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from ..manifests.models.networks import Placement, TaggedSubnets, Vpc
from ..manifests.models.workloads import TaskWorkload
from .making import Making, text_of


def groups_of(making: Making, workload: TaskWorkload) -> list[ec2.ISecurityGroup]:
    """Return the security groups of the tasks: the environment's, unless it is denied, and those of the manifest."""
    vpc = _vpc(workload)
    own = [] if vpc.denies_default else [making.around.security_group]
    given = [making.around.known_group(f"Group{place}", text_of(group)) for place, group in enumerate(vpc.groups)]
    of_addons = [
        making.around.known_group(f"AddonGroup{place}", group)
        for place, group in enumerate(making.addons.security_groups)
    ]
    return [*own, *given, *of_addons]


def subnets_of(making: Making, workload: TaskWorkload) -> tuple[Any, bool]:
    """Return the subnets of the tasks, and whether tasks there have public addresses."""
    placement = _vpc(workload).placement
    if isinstance(placement, Placement) and placement.subnets is not None:
        return _given(making, placement.subnets), False
    if placement == "private":
        return making.around.subnets("Private"), False
    return making.around.subnets("Public"), True


def needs_way_out(workload: TaskWorkload) -> bool:
    """Tell whether tasks are in private subnets, and need NAT gateways for outbound traffic."""
    return _vpc(workload).placement == "private"


def place_tasks(making: Making, workload: TaskWorkload, service: ecs.CfnService) -> None:
    """Place the tasks of a service as in the manifest, by default in public subnets."""
    subnets, public = subnets_of(making, workload)
    path = "NetworkConfiguration.AwsvpcConfiguration"
    service.add_property_override(f"{path}.Subnets", subnets)
    service.add_property_override(f"{path}.AssignPublicIp", "ENABLED" if public else "DISABLED")


def _given(making: Making, subnets: list[str] | TaggedSubnets) -> Any:
    if isinstance(subnets, list):
        return subnets
    tags = ", ".join(f"{name}={value}" for name, value in (subnets.from_tags or {}).items())
    making.notes.append(
        f"the parameter TaskSubnetIds must contain the subnets with the tags {tags}, which Copilot looks up"
    )
    stack = cdk.Stack.of(making.scope)
    return cdk.CfnParameter(
        stack, "TaskSubnetIds", type="List<AWS::EC2::Subnet::Id>", description=f"Subnets with the tags {tags}"
    ).value_as_list


def _vpc(workload: TaskWorkload) -> Vpc:
    return (workload.network.vpc if workload.network is not None else None) or Vpc()
