"""Subnets: their zones and routes."""

from __future__ import annotations

from cdk_containers.checks.templates import CannotTell, Resource, Unknown, Value

from .capacity_parts import GROUP, is_for_ecs_group
from .questions import holds_for_any

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
ROUTE = "AWS::EC2::Route"
NAT_GATEWAY = "AWS::EC2::NatGateway"
_ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
RUN_CONTAINERS = (
    "AWS::ECS::ExpressGatewayService",
    "AWS::ECS::Service",
    "AWS::ECS::TaskSet",
    "AWS::EKS::Cluster",
    "AWS::EKS::FargateProfile",
    "AWS::EKS::Nodegroup",
    "AWS::Events::Rule",
    "AWS::Scheduler::Schedule",
)
_GATEWAY = "AWS::EC2::InternetGateway"


def holds_containers(vpc: Resource) -> bool:
    """Tell whether containers run in a VPC. The VPC of a template is for them, but an account also has other VPCs."""
    return vpc.read is None or any(_holds_containers(subnet) for subnet in vpc.referring(SUBNET))


def _holds_containers(subnet: Resource) -> bool:
    return bool(subnet.referring(*RUN_CONTAINERS)) or any(map(is_for_ecs_group, subnet.referring(GROUP)))


def subnet_of(user: Resource, value: Value) -> Resource:
    """Return the subnet that a property of a resource names."""
    found = user.template.estate.find(value, SUBNET)
    if found is None:
        raise CannotTell("a subnet is in another stack")
    return found


def is_public(subnet: Resource) -> bool:
    """Tell whether a route leads from a subnet to an internet gateway."""
    tables = route_tables_of(subnet)
    if not tables and subnet.template.estate.find(subnet.value("VpcId"), VPC) is None:
        raise CannotTell("the routes of the subnet are in another stack")
    return holds_for_any(_leads_out, (route for table in tables for route in routes_of(table)))


def route_tables_of(subnet: Resource) -> list[Resource]:
    """Return the route table of a subnet; empty if it is the main one of the VPC, or of another stack."""
    find = subnet.template.estate.find
    mine = (it for it in subnet.referring(_ASSOCIATION) if find(it.value("SubnetId")) is subnet)
    tables = (find(it.value("RouteTableId"), "AWS::EC2::RouteTable") for it in mine)
    return [table for table in tables if table is not None]


def routes_of(table: Resource) -> list[Resource]:
    """Return the routes of a table."""
    return table.referring(ROUTE)


def subnets_of(table: Resource) -> list[Resource]:
    """Return the subnets that use a route table."""
    find = table.template.estate.find
    found = (find(it.value("SubnetId"), SUBNET) for it in table.referring(_ASSOCIATION))
    return [subnet for subnet in found if subnet is not None]


def _leads_out(route: Resource) -> bool:
    if not route.has("GatewayId"):
        return False
    gateway = route.value("GatewayId")
    if isinstance(gateway, str) and gateway.startswith(("igw-", "vgw-", "local")):
        return gateway.startswith("igw-")
    return route.template.estate.find(gateway, _GATEWAY) is not None


def zone_of(subnet: Resource) -> str:
    """Return a key for the zone of a subnet; empty if EC2 chooses the zone."""
    for name in ("AvailabilityZone", "AvailabilityZoneId"):
        if subnet.has(name):
            return _told(subnet.value(name))
    return ""


def _told(zone: Value) -> str:
    """Zones that are picked from one list by their number are different ones."""
    if isinstance(zone, Unknown):
        if "Fn::Select" not in zone.key:
            raise CannotTell(f"its zone depends on {zone.why}")
        return zone.key
    return str(zone)
