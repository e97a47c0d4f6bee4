"""Which addresses a load balancer has, and who can reach it there."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.network import NetworkLike, has_ipv6

_IPV4, _DUAL = elbv2.IpAddressType.IPV4, elbv2.IpAddressType.DUAL_STACK
_WITHOUT_IPV4 = elbv2.IpAddressType.DUAL_STACK_WITHOUT_PUBLIC_IPV4
_PRACTICE = "dual-stack-addresses"


def default_ip_address_type(network: NetworkLike) -> elbv2.IpAddressType:
    """Return the default address type of a load balancer."""
    return _DUAL if has_ipv6(network) else _IPV4


def everybody(kind: elbv2.IpAddressType) -> list[ec2.IPeer]:
    """Return peers that cover every caller of a load balancer with this address type."""
    peers = [] if kind == _WITHOUT_IPV4 else [ec2.Peer.any_ipv4()]
    return peers if kind == _IPV4 else [*peers, ec2.Peer.any_ipv6()]


def ip_address_problems(
    kind: elbv2.IpAddressType | None,
    network: NetworkLike,
    ingress: Sequence[ec2.IPeer] | None,
    *,
    internet_facing: bool,
) -> list[Problem]:
    """Find address types that the network lacks, and peers that cannot reach the load balancer."""
    found = Problems()
    if kind not in (None, _IPV4) and has_ipv6(network) is False:
        found.add(
            "ip_address_type",
            "the network has no IPv6 addresses",
            given=Shown(kind.name),
            allowed="IPV4, or a network with dual_stack=True",
            practice=_PRACTICE,
        )
    if kind == _WITHOUT_IPV4 and not internet_facing:
        found.add(
            "ip_address_type",
            "an internal load balancer has no public addresses to save",
            given=Shown(kind.name),
            allowed="DUAL_STACK or IPV4, or internet_facing=True",
            practice=_PRACTICE,
        )
    if not found:
        found.extend(ingress_problems(kind or default_ip_address_type(network), ingress))
    return list(found)


def ingress_problems(kind: elbv2.IpAddressType, ingress: Sequence[ec2.IPeer] | None) -> list[Problem]:
    """Find peers that cannot reach a load balancer because it has no address of their kind."""
    found = Problems()
    blocks = [peer.unique_id for peer in ingress or ()]
    if not blocks or any(is_token(block) or not _is_block(block) for block in blocks):
        return []
    of_ipv6 = [":" in block for block in blocks]
    if kind == _IPV4 and all(of_ipv6):
        found.add(
            "ingress",
            "the load balancer has only IPv4 addresses, so none of these peers can reach it",
            given=blocks,
            allowed="IPv4 peers; or a dual-stack load balancer, in a network with dual_stack=True",
            practice=_PRACTICE,
        )
    if kind == _WITHOUT_IPV4 and not any(of_ipv6):
        found.add(
            "ingress",
            "the load balancer has no public IPv4 address, so none of these peers can reach it",
            given=blocks,
            allowed="IPv6 peers, such as ec2.Peer.any_ipv6(); or ip_address_type DUAL_STACK",
            practice=_PRACTICE,
        )
    return list(found)


def _is_block(text: str) -> bool:
    return "/" in text and (":" in text or text[0].isdigit())
