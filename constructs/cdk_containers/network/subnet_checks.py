"""Whether a network has the required subnets."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .network import Network, NetworkLike, vpc_of
from .vpc_subnets import ambiguous_subnet_problems, private_subnet_problems, select_subnets


def task_subnet_problems(network: NetworkLike, option: str = "network") -> list[Problem]:
    """Find a VPC with only public subnets, where a task without a public address cannot reach the internet."""
    return [] if isinstance(network, Network) else private_subnet_problems(network, option)


def which_subnets_problems(network: NetworkLike, option: str, *, ask: str) -> list[Problem]:
    """Find a VPC with several private subnets in a zone, without a choice of those for tasks."""
    return [] if isinstance(network, Network) else ambiguous_subnet_problems(network, option, ask=ask)


def public_subnet_problems(network: NetworkLike, option: str) -> list[Problem]:
    """Find a VPC without subnets for an internet-facing load balancer."""
    found = Problems()
    if not _has_public_subnets(vpc_of(network)):
        found.add(
            option,
            "the VPC has no public subnets, which an internet-facing load balancer needs",
            practice="private-subnets",
            allowed="a network with public subnets, or a load balancer with internet_facing=False",
        )
    return list(found)


@asked_once
def _has_public_subnets(vpc: ec2.IVpc) -> bool:
    return bool(vpc.public_subnets)


def selection_problems(
    network: NetworkLike, selection: ec2.SubnetSelection, option: str, *, zones: int = 1, public: bool = False
) -> list[Problem]:
    """Find a selection with no subnets, too few zones, or without public subnets where they are required.

    Args:
        network: The network of the subnets.
        selection: The selection.
        option: The option that contains it.
        zones: Minimum number of zones.
        public: Whether they must be public.
    """
    found = Problems()
    try:
        chosen = select_subnets(vpc_of(network), selection)
    except RuntimeError as error:
        found.add(option, "the network has no such subnets", given=selection, allowed=str(error).splitlines()[0])
        return list(found)
    if not is_token(chosen.availability_zones) and len(set(chosen.availability_zones)) < zones:
        found.add(
            option,
            "the subnets are in too few zones",
            given=chosen.availability_zones,
            allowed=f"subnets in {zones} zones or more",
            practice="multiple-availability-zones",
        )
    # CDK does not know the type of subnets imported one by one.
    if public and not selection.subnets and not chosen.has_public:
        found.add(
            option,
            "an internet-facing load balancer must be in public subnets",
            given=selection,
            allowed="public subnets, or internet_facing=False",
            practice="private-subnets",
        )
    return list(found)
