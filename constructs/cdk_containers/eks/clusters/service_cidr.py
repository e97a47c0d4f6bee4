"""The address range of Kubernetes services."""

from __future__ import annotations

from ipaddress import IPv4Network

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.network import NetworkLike, vpc_of

_PRIVATE = [IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_LARGEST, _SMALLEST = 12, 24


def service_cidr_problems(service_cidr: str, network_cidr: str | None) -> list[Problem]:
    """Find an address range that EKS refuses, or that overlaps with the network."""
    found = Problems()
    try:
        block = IPv4Network(service_cidr)
    except ValueError:
        block = None
    if (
        block is None
        or not any(block.subnet_of(private) for private in _PRIVATE)
        or not _LARGEST <= block.prefixlen <= _SMALLEST
    ):
        found.add(
            "service_cidr",
            "not a valid address range for services",
            given=service_cidr,
            allowed="/12 to /24 inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, known at synthesis",
        )
    elif network_cidr is not None and block.overlaps(IPv4Network(network_cidr)):
        found.add(
            "service_cidr",
            f"it overlaps with the network, {network_cidr}",
            given=service_cidr,
            allowed="a CIDR block that does not overlap with the network or networks connected to it",
        )
    return list(found)


def known_cidr(network: NetworkLike) -> str | None:
    """Return the address range of a network, or None if it is known only at deployment."""
    return _cidr_of(vpc_of(network))


@asked_once
def _cidr_of(vpc: ec2.IVpc) -> str | None:
    if isinstance(vpc, ec2.Vpc):
        resource = vpc.node.default_child
        cidr = resource.cidr_block if isinstance(resource, ec2.CfnVPC) else None
    else:
        try:
            cidr = vpc.vpc_cidr_block
        except RuntimeError:  # CDK raises an error for a VPC imported without it
            return None
    if cidr is None or is_token(cidr):
        return None
    try:
        return str(IPv4Network(cidr))
    except ValueError:
        return None
