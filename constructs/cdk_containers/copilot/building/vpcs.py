"""The VPC of an environment: Copilot's default, the VPC in the manifest, or an existing VPC."""

from __future__ import annotations

from dataclasses import field
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import resource_of

from ..manifests.models.environments import EnvironmentVpc, FlowLogs, Subnet
from .naming import Naming

_CIDR = "10.0.0.0/16"
_ZONES = 2


@frozen(slots=False)
class KnownVpc:
    """A VPC, with its subnets.

    Attributes:
        vpc: The VPC.
        public: Ids of its public subnets.
        private: Ids of its private subnets.
        exports: Further exported values, by the names of exports.
    """

    vpc: ec2.IVpc
    public: list[str]
    private: list[str]
    exports: dict[str, str] = field(default_factory=dict[str, str])


def make_vpc(scope: Construct, naming: Naming, given: EnvironmentVpc | None, *, nat_gateways: bool) -> KnownVpc:
    """Create the VPC of an environment, or import the VPC in the manifest."""
    given = given or EnvironmentVpc()
    if given.id is not None:
        return _existing(scope, given)
    subnets = given.subnets
    public = (subnets.public if subnets is not None else None) or []
    private = (subnets.private if subnets is not None else None) or []
    zones = max(len(public), len(private)) or _ZONES
    private_kind = ec2.SubnetType.PRIVATE_WITH_EGRESS if nat_gateways else ec2.SubnetType.PRIVATE_ISOLATED
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr(given.cidr or _CIDR),
        max_azs=zones,
        nat_gateways=zones if nat_gateways else 0,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
            ec2.SubnetConfiguration(name="Private", subnet_type=private_kind, cidr_mask=24),
        ],
    )
    naming.name("VPC", vpc)
    private_subnets = vpc.private_subnets if nat_gateways else vpc.isolated_subnets
    for kind, made, described in (("Public", vpc.public_subnets, public), ("Private", private_subnets, private)):
        for place, subnet in enumerate(made):
            _name_subnet(naming, kind, place + 1, cast("ec2.Subnet", subnet))
            _describe(subnet, described[place] if place < len(described) else None, place)
    for id_, logical_id in (("IGW", "InternetGateway"), ("VPCGW", "InternetGatewayAttachment")):
        naming.name(logical_id, vpc.node.find_child(id_))
    if given.flow_logs not in (None, False):
        _record_connections(scope, naming, vpc, given.flow_logs)
    return KnownVpc(
        vpc=vpc,
        public=[subnet.subnet_id for subnet in vpc.public_subnets],
        private=[subnet.subnet_id for subnet in private_subnets],
        exports={
            "InternetGatewayID": naming.known["InternetGateway"].ref,
            "PublicRouteTableID": naming.known["PublicRouteTable"].ref,
            "PrivateRouteTableIDs": cdk.Fn.join(",", [subnet.route_table.route_table_id for subnet in private_subnets]),
        },
    )


def _name_subnet(naming: Naming, kind: str, number: int, subnet: ec2.Subnet) -> None:
    naming.name(f"{kind}Subnet{number}", subnet)
    association = subnet.node.find_child("RouteTableAssociation")
    naming.name(
        f"PublicSubnet{number}RouteTableAssociation" if kind == "Public" else f"PrivateRouteTable{number}Association",
        association,
    )
    # Copilot has one table for all public subnets; the second, and further ones, get their own.
    table, route = f"PrivateRouteTable{number}", f"PrivateRoute{number}"
    if kind == "Public":
        table, route = ("PublicRouteTable", "DefaultPublicRoute") if number == 1 else ("", "")
    for id_, logical_id in (
        ("EIP", f"NatGateway{number}Attachment"),
        ("NATGateway", f"NatGateway{number}"),
        ("RouteTable", table),
        ("DefaultRoute", route),
    ):
        found = subnet.node.try_find_child(id_)
        if found is not None and logical_id:
            naming.name(logical_id, found)


def _describe(subnet: ec2.ISubnet, described: Subnet | None, place: int) -> None:
    resource = resource_of(subnet)
    if described is not None and described.cidr is not None:
        resource.add_property_override("CidrBlock", described.cidr)
    zone = described.az if described is not None else None
    # CDK would otherwise write the zones from its context.
    resource.add_property_override("AvailabilityZone", zone or {"Fn::Select": [place, {"Fn::GetAZs": ""}]})


def _record_connections(scope: Construct, naming: Naming, vpc: ec2.Vpc, given: bool | FlowLogs | None) -> None:  # noqa: FBT001  (as manifests have it)
    days = given.retention if isinstance(given, FlowLogs) else None
    name = f"{cdk.Stack.of(scope).stack_name}-FlowLogs"
    group = aws_logs.LogGroup(scope, "FlowLogs", log_group_name=name, removal_policy=cdk.RemovalPolicy.RETAIN)
    cast("aws_logs.CfnLogGroup", resource_of(group)).retention_in_days = days or 14
    naming.name("VpcFlowLogGroup", group)
    log = vpc.add_flow_log(
        "FlowLog",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(group),
        max_aggregation_interval=ec2.FlowLogMaxAggregationInterval.ONE_MINUTE,
    )
    naming.name("FlowLog", log)


def _existing(scope: Construct, given: EnvironmentVpc) -> KnownVpc:
    public = [subnet.id or "" for subnet in (given.subnets.public if given.subnets is not None else None) or []]
    private = [subnet.id or "" for subnet in (given.subnets.private if given.subnets is not None else None) or []]
    zones = max(len(public), len(private))
    vpc = ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id=given.id or "",
        availability_zones=[cdk.Fn.select(place, cdk.Fn.get_azs()) for place in range(zones)],
        public_subnet_ids=public or None,
        private_subnet_ids=private or None,
    )
    return KnownVpc(vpc=vpc, public=public, private=private)
