"""VPCs, their contents, and their routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_SUBNET = "AvailabilityZone AvailabilityZoneId CidrBlock MapPublicIpOnLaunch Tags VpcId"
_ROUTE = (
    "DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId EgressOnlyInternetGatewayId GatewayId "
    "InstanceId NatGatewayId NetworkInterfaceId TransitGatewayId VpcPeeringConnectionId"
)
_ENDPOINT = "RouteTableIds ServiceName SubnetIds Tags VpcEndpointType VpcId"
_NAT_GATEWAY = "AvailabilityMode ConnectivityType SubnetId VpcId"
_FLOW_LOG = "DeliverLogsPermissionArn LogDestination LogDestinationType LogGroupName ResourceId TrafficType"
_ENDED = {"deleted", "deleting", "failed", "rejected"}


@reader(
    {"AWS::EC2::VPC": "CidrBlock", "AWS::EC2::VPCCidrBlock": "CidrBlock Ipv6CidrBlock VpcId"}, ec2=("describe_vpcs",)
)
def networks(account: Account) -> Iterator[Found]:
    """Find the VPCs and their secondary address ranges."""
    for it in account.pages("ec2", "describe_vpcs", "Vpcs"):
        id_ = it["VpcId"]
        yield Found(
            type="AWS::EC2::VPC",
            name=id_,
            properties=properties(it, "CidrBlock"),
            identifiers=frozenset({id_}),
        )
        more = [one for one in it.get("CidrBlockAssociationSet", ()) if one["CidrBlock"] != it["CidrBlock"]]
        for one in (*more, *it.get("Ipv6CidrBlockAssociationSet", ())):
            yield Found(
                type="AWS::EC2::VPCCidrBlock",
                name=one["AssociationId"],
                properties={**properties(one, "CidrBlock Ipv6CidrBlock"), "VpcId": id_},
            )


@reader(
    {
        "AWS::EC2::Subnet": _SUBNET,
        "AWS::EC2::RouteTable": "VpcId",
        "AWS::EC2::Route": f"{_ROUTE} RouteTableId",
        "AWS::EC2::SubnetRouteTableAssociation": "RouteTableId SubnetId",
    },
    ec2=("describe_subnets", "describe_route_tables"),
)
def subnets(account: Account) -> Iterator[Found]:
    """Find subnets and routes. A subnet without its own route table uses the main route table of its VPC."""
    vpc_of = {}
    for it in account.pages("ec2", "describe_subnets", "Subnets"):
        id_ = it["SubnetId"]
        vpc_of[id_] = it["VpcId"]
        ids = {id_, *([it["SubnetArn"]] if "SubnetArn" in it else [])}
        yield Found(type="AWS::EC2::Subnet", name=id_, properties=properties(it, _SUBNET), identifiers=frozenset(ids))
    main = {}
    for it in account.pages("ec2", "describe_route_tables", "RouteTables"):
        id_ = it["RouteTableId"]
        yield Found(
            type="AWS::EC2::RouteTable", name=id_, properties={"VpcId": it["VpcId"]}, identifiers=frozenset({id_})
        )
        for number, route in enumerate(it.get("Routes", ()), 1):
            shown = {**properties(route, _ROUTE), "RouteTableId": id_}
            yield Found(type="AWS::EC2::Route", name=f"{id_} route {number}", properties=shown)
        for association in it.get("Associations", ()):
            if association.get("Main"):
                main[it["VpcId"]] = id_
            elif "SubnetId" in association:
                vpc_of.pop(association["SubnetId"], None)
                yield _association(association["RouteTableAssociationId"], id_, association["SubnetId"])
    for subnet, vpc in vpc_of.items():
        if vpc in main:
            yield _association(f"{subnet} main route table", main[vpc], subnet)


def _association(name: str, table: str, subnet: str) -> Found:
    return Found(
        type="AWS::EC2::SubnetRouteTableAssociation",
        name=name,
        properties={"RouteTableId": table, "SubnetId": subnet},
        identifiers=frozenset({name}),
    )


@reader({"AWS::EC2::FlowLog": _FLOW_LOG}, ec2=("describe_flow_logs",))
def flow_logs(account: Account) -> Iterator[Found]:
    """Find the flow logs."""
    for it in account.pages("ec2", "describe_flow_logs", "FlowLogs"):
        yield Found(type="AWS::EC2::FlowLog", name=it["FlowLogId"], properties=properties(it, _FLOW_LOG))


@reader({"AWS::EC2::NatGateway": _NAT_GATEWAY}, ec2=("describe_nat_gateways",))
def nat_gateways(account: Account) -> Iterator[Found]:
    """Find the available NAT gateways."""
    for it in account.pages("ec2", "describe_nat_gateways", "NatGateways"):
        if it.get("State") not in _ENDED:
            id_ = it["NatGatewayId"]
            shown = properties(it, _NAT_GATEWAY)
            yield Found(type="AWS::EC2::NatGateway", name=id_, properties=shown, identifiers=frozenset({id_}))


@reader({"AWS::EC2::VPCEndpoint": f"{_ENDPOINT} SecurityGroupIds"}, ec2=("describe_vpc_endpoints",))
def endpoints(account: Account) -> Iterator[Found]:
    """Find the available VPC endpoints."""
    for it in account.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints"):
        if it.get("State", "").lower() not in _ENDED:
            groups = [one["GroupId"] for one in it.get("Groups", ())]
            yield Found(
                type="AWS::EC2::VPCEndpoint",
                name=it["VpcEndpointId"],
                properties={**properties(it, _ENDPOINT), "SecurityGroupIds": groups},
                identifiers=frozenset({it["VpcEndpointId"]}),
            )


@reader(
    {"AWS::EC2::SecurityGroup": "GroupDescription GroupName SecurityGroupEgress SecurityGroupIngress VpcId"},
    ec2=("describe_security_groups",),
)
def security_groups(account: Account) -> Iterator[Found]:
    """Find the security groups with all their rules."""
    for it in account.pages("ec2", "describe_security_groups", "SecurityGroups"):
        yield Found(
            type="AWS::EC2::SecurityGroup",
            name=it["GroupId"],
            properties={
                **properties(it, "GroupName VpcId"),
                "GroupDescription": it.get("Description", ""),
                "SecurityGroupIngress": list(_rules(it.get("IpPermissions", ()), "Source")),
                "SecurityGroupEgress": list(_rules(it.get("IpPermissionsEgress", ()), "Destination")),
            },
            identifiers=frozenset({it["GroupId"]}),
        )


def _rules(permissions: Any, peer: str) -> Iterator[Mapping[str, Any]]:
    """Split rules that EC2 groups, into one rule for each range and each group."""
    for it in permissions:
        ports = properties(it, "FromPort IpProtocol ToPort")
        for list_, key, name in (
            ("IpRanges", "CidrIp", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
            ("PrefixListIds", "PrefixListId", f"{peer}PrefixListId"),
            ("UserIdGroupPairs", "GroupId", f"{peer}SecurityGroupId"),
        ):
            for one in it.get(list_, ()):
                yield {**ports, **properties(one, "Description"), name: one[key]}


@reader(
    {"AWS::EC2::PrefixList": "Entries PrefixListName"},
    ec2=("describe_managed_prefix_lists", "get_managed_prefix_list_entries"),
)
def prefix_lists(account: Account) -> Iterator[Found]:
    """Find the prefix lists of the account. Those of AWS are known by name."""
    for it in account.pages("ec2", "describe_managed_prefix_lists", "PrefixLists"):
        id_ = it["PrefixListId"]
        if it.get("OwnerId") == "AWS":
            continue
        entries = account.pages("ec2", "get_managed_prefix_list_entries", "Entries", PrefixListId=id_)
        yield Found(
            type="AWS::EC2::PrefixList",
            name=it.get("PrefixListArn", id_),
            properties={**properties(it, "PrefixListName"), "Entries": list(entries)},
            identifiers=frozenset({id_}),
        )
