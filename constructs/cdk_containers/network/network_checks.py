"""Problems with the options of a network."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .nat_gateways import NatGateways
from .subnets import LARGEST, SMALLEST, SubnetMasks, SubnetPlan, smallest_network


def option_problems(
    known: Problems,
    *,
    cidr: str,
    max_azs: int,
    nat_gateways: NatGateways,
    interface_endpoints: bool,
) -> list[Problem]:
    """Find options that are wrong regardless of the size of the subnets."""
    found = Problems()
    if not known.has("cidr"):
        try:
            size = IPv4Network(cidr).prefixlen
        except ValueError:
            found.add(
                "cidr",
                "not an IPv4 CIDR block",
                given=cidr,
                allowed="a CIDR block such as 10.0.0.0/16, known at synthesis",
            )
        else:
            if not LARGEST <= size <= SMALLEST:
                allowed = f"/{LARGEST} to /{SMALLEST}, if the subnets fit"
                found.add("cidr", "AWS refuses a VPC of this size", given=cidr, allowed=allowed)
    if not known.has("max_azs") and not 2 <= max_azs <= 6:
        found.add("max_azs", "out of range", given=max_azs, allowed="2–6", practice="multiple-availability-zones")
    if nat_gateways is NatGateways.NONE and interface_endpoints is False:
        found.add(
            "interface_endpoints",
            "without a NAT gateway or endpoints, tasks could not pull their image",
            given=interface_endpoints,
            allowed="True, with NatGateways.NONE",
            practice="vpc-endpoints",
        )
    return list(found)


def zones_of(scope: Construct, max_azs: int) -> int:
    """Return the number of zones that CDK will use, or its maximum."""
    stack = cdk.Stack.of(scope)
    agnostic = is_token([stack.account, stack.region])
    return min(max_azs, 2) if agnostic else max_azs


def room_problems(
    plan: SubnetPlan | None, cidr: str, zones: int, masks: SubnetMasks, *, isolated: bool
) -> list[Problem]:
    """Find subnets that do not fit into the network."""
    found = Problems()
    if masks.isolated is not None and not isolated:
        found.add(
            "subnet_masks.isolated",
            "there are no isolated subnets",
            given=masks.isolated,
            allowed="remove it, or set isolated_subnets=True",
        )
    elif plan is None:
        kinds = "public, private and isolated" if isolated else "public and private"
        smallest = smallest_network(zones, masks, isolated=isolated)
        found.add(
            "cidr" if masks == SubnetMasks() else "subnet_masks",
            f"there is no room for {kinds} subnets in {zones} zones in {cidr}",
            given=cidr if masks == SubnetMasks() else masks,
            allowed=(
                "smaller subnets, or fewer zones"
                if smallest is None
                else f"a network of /{LARGEST} to /{smallest}; or smaller subnets, or fewer zones"
            ),
        )
    return list(found)


def imported_subnet_problems(
    availability_zones: Sequence[str], private_subnet_ids: Sequence[str], public_subnet_ids: Sequence[str] | None
) -> list[Problem]:
    """Find subnets of an existing VPC unless there is one in each zone."""
    found = Problems()
    if not availability_zones:
        found.add("availability_zones", "there is none", allowed="one or more", practice="multiple-availability-zones")
        return list(found)
    for option, ids in (("private_subnet_ids", private_subnet_ids), ("public_subnet_ids", public_subnet_ids)):
        if ids is not None and not is_token([*ids, *availability_zones]) and len(ids) != len(availability_zones):
            found.add(
                option,
                "not one subnet for each zone",
                given=list(ids),
                allowed=f"a subnet in each of {len(availability_zones)} zones",
                practice="private-subnets",
            )
    return list(found)
