"""Selected subnets of a VPC, and whether they suit tasks."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

_selected: WeakKeyDictionary[ec2.IVpc, list[tuple[ec2.SubnetSelection, ec2.SelectedSubnets]]] = WeakKeyDictionary()


def select_subnets(vpc: ec2.IVpc, wanted: ec2.SubnetSelection) -> ec2.SelectedSubnets:
    """Return what CDK selects; cached, because each selection takes seven calls and the subnets do not change."""
    known = _selected.setdefault(vpc, [])
    for selection, chosen in known:
        if selection == wanted:
            return chosen
    chosen = vpc.select_subnets(
        availability_zones=wanted.availability_zones,
        one_per_az=wanted.one_per_az,
        subnet_filters=wanted.subnet_filters,
        subnet_group_name=wanted.subnet_group_name,
        subnet_type=wanted.subnet_type,
        subnets=wanted.subnets,
    )
    known.append((wanted, chosen))
    return chosen


def subnet_ids_of(vpc: ec2.IVpc, wanted: ec2.SubnetSelection) -> list[str]:
    """Return the ids of selected subnets."""
    if wanted.subnets is not None:
        return [subnet.subnet_id for subnet in wanted.subnets]
    return select_subnets(vpc, wanted).subnet_ids


def subnet_problems(
    vpc: ec2.IVpc, wanted: ec2.SubnetSelection, option: str, *, one_per_zone: bool = False
) -> list[Problem]:
    """Find a selection for tasks that contains no subnets, or subnets without outbound access."""
    found = Problems()
    if wanted.subnets is not None:
        if not wanted.subnets:
            found.add(
                option,
                "the selection contains no subnets",
                allowed="private subnets of the VPC",
                practice="private-subnets",
            )
        return list(found)
    try:
        chosen = select_subnets(vpc, wanted)
    except RuntimeError as error:
        found.add(
            option,
            # CDK puts an error code before the message.
            str(error).splitlines()[0].partition(": ")[2] or str(error),
            allowed="a group or type of subnets that the VPC has",
            practice="private-subnets",
        )
        return list(found)
    if not chosen.subnet_ids and not chosen.is_pending_lookup:
        found.add(
            option,
            "the selection contains no subnets",
            allowed="private subnets of the VPC",
            practice="private-subnets",
        )
    zones = chosen.availability_zones
    if one_per_zone and not is_token(zones) and len(zones) > len(set(zones)):
        found.add(
            option,
            "the selection contains several subnets of a zone",
            given=Shown(f"{len(zones)} subnets in {len(set(zones))} zones"),
            allowed="one group of subnets, or one_per_az=True",
            practice="private-subnets",
        )
    if chosen.has_public:
        found.add(
            option,
            "some of the subnets are public, where a task without a public address cannot reach the internet",
            allowed="private subnets",
            practice="no-public-ip",
        )
    return list(found)


def private_subnet_problems(vpc: ec2.IVpc, option: str) -> list[Problem]:
    """Find a VPC with only public subnets, where a task without a public address cannot reach the internet."""
    found = Problems()
    if not vpc.private_subnets and not vpc.isolated_subnets:
        found.add(
            option,
            "the VPC has no private subnets",
            practice="private-subnets",
            allowed="a VPC with private subnets, because tasks get no public address",
        )
    return list(found)


def ambiguous_subnet_problems(vpc: ec2.IVpc, option: str, *, ask: str) -> list[Problem]:
    """Find a VPC with several private subnets in a zone, without a choice of those for tasks."""
    found = Problems()
    subnets = vpc.private_subnets or vpc.isolated_subnets
    zones = vpc.availability_zones
    if not any(zone.startswith("#{Token") for zone in zones) and len(subnets) > len(zones) > 0:
        found.add(
            option,
            "the VPC has several groups of private subnets, and none of them is selected",
            given=Shown(f"{len(subnets)} private subnets in {len(zones)} zones"),
            allowed=ask,
            practice="private-subnets",
        )
    return list(found)
