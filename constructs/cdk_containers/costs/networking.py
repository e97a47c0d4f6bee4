"""Usage of networks and load balancers."""

from __future__ import annotations

from cdk_containers.checks.rules.listeners import is_internal, kind
from cdk_containers.checks.rules.service_parts import LOAD_BALANCER
from cdk_containers.checks.templates import Resource

from .usage import Usage, Use, hourly, part, used_by


@used_by(LOAD_BALANCER)
def load_balancer(resource: Resource) -> Usage:
    """Count the hours of a load balancer, and its public addresses, one in each zone."""
    key = {"application": "alb", "network": "nlb"}.get(kind(resource), "gwlb")
    zones = len(resource.values("Subnets")) or len(resource.values("SubnetMappings"))
    open_ = not is_internal(resource)
    parts = [hourly(key, 1), *([hourly("ipv4", zones)] if open_ else [])]
    name = {"alb": "Application", "nlb": "Network"}.get(key, "Gateway")
    addresses = f", {zones} public addresses" if open_ else ""
    uses = Use("hour of a capacity unit", (part(f"{key}-lcu", 1),))
    return Usage(f"{name} Load Balancer{addresses}", tuple(parts), (uses,))


@used_by("AWS::EC2::NatGateway")
def nat_gateway(_: Resource) -> Usage:
    """Count the hours of a NAT gateway. Its address is counted separately."""
    return Usage("NAT gateway", (hourly("nat", 1),), (Use("GB through a NAT gateway", (part("nat-gb", 1),)),))


@used_by("AWS::EC2::EIP")
def address(_: Resource) -> Usage:
    """Count a public address, in use or not."""
    return Usage("public IPv4 address", (hourly("ipv4", 1),))


@used_by("AWS::EC2::VPCEndpoint")
def endpoint(resource: Resource) -> Usage | None:
    """Count the zones of an interface endpoint. Gateway endpoints are free."""
    if resource.text("VpcEndpointType", default="Gateway") == "Gateway":
        return None
    zones = len(resource.values("SubnetIds"))
    use = Use("GB through an endpoint", (part("endpoint-gb", 1),))
    return Usage(f"interface endpoint in {zones} zones", (hourly("endpoint", zones),), (use,))
