"""Checks of the network that containers run in."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Partial, Resource, Value

from .service_parts import SERVICE
from .subnets import NAT_GATEWAY, ROUTE, SUBNET, VPC, holds_containers, is_public, subnet_of, subnets_of, zone_of

_SCHEDULE = "AWS::Scheduler::Schedule"
_RULE = "AWS::Events::Rule"
_IMAGES = {"ecr.api", "ecr.dkr", "s3"}


@check(
    "private-subnets", SERVICE, _SCHEDULE, _RULE, fix="Use subnets whose routes lead to a NAT gateway or to endpoints."
)
def runs_in_private_subnets(starter: Resource) -> Outcome | None:
    """The internet gateway has no route to the tasks."""
    return worst(
        lambda value: _subnet(starter, value), [it for network in _networks(starter) for it in _listed(network)]
    )


def _networks(starter: Resource) -> list[Map]:
    if starter.type == SERVICE:
        return [starter.map("NetworkConfiguration", "AwsvpcConfiguration")]
    targets = [starter.map("Target")] if starter.type == _SCHEDULE else starter.maps("Targets")
    return [
        it.map("EcsParameters", "NetworkConfiguration", name)
        for it in targets
        for name in ("AwsvpcConfiguration", "AwsVpcConfiguration")
    ]


def _listed(network: Map) -> list[Value]:
    return network.values("Subnets")


def _subnet(starter: Resource, value: Value) -> Outcome:
    subnet = subnet_of(starter, value)
    if is_public(subnet):
        return fault(f"its tasks run in subnet {subnet.logical_id}, whose routes lead to an internet gateway")
    return ok("its tasks run in private subnets")


@check("multiple-availability-zones", VPC, fix="Add subnets in a second Availability Zone.")
def has_several_zones(vpc: Resource) -> Outcome | None:
    """The network survives the failure of a zone."""
    subnets = vpc.referring(SUBNET)
    if not subnets or not holds_containers(vpc):
        return None
    zones = {zone_of(subnet) for subnet in subnets} if len(subnets) > 1 else {""}
    if len(zones) > 1:
        return ok(f"its subnets are in {len(zones)} zones")
    if len(subnets) > 1 and zones == {""}:
        raise CannotTell("EC2 chooses the zones of its subnets")
    return fault("all its subnets are in one Availability Zone")


@check(
    "nat-gateway-per-az", NAT_GATEWAY, fix="Add a NAT gateway in each zone, and route each private subnet to its own."
)
def serves_its_zone(gateway: Resource) -> Outcome | None:
    """Subnets of another zone do not depend on it."""
    if gateway.text("AvailabilityMode", default="zonal") == "regional" or not gateway.has("SubnetId"):
        return ok("it is in every zone")
    find = gateway.template.estate.find
    here = zone_of(subnet_of(gateway, gateway.value("SubnetId")))
    tables = [find(route.value("RouteTableId"), "AWS::EC2::RouteTable") for route in gateway.referring(ROUTE)]
    served = [subnet for table in tables if table is not None for subnet in subnets_of(table)]
    if not served:
        return None
    away = [subnet.logical_id for subnet in served if zone_of(subnet) != here]
    if away and not here:
        raise CannotTell("EC2 chooses the zone of its subnet")
    if away:
        return fault(f"subnets of other zones depend on it: {', '.join(dict.fromkeys(away))}")
    return ok("only subnets of the same zone use it")


@check("flow-logs", VPC, fix="Add an AWS::EC2::FlowLog with ResourceType VPC and TrafficType ALL.")
def records_its_traffic(vpc: Resource) -> Outcome | None:
    """Traffic is recorded."""
    if not holds_containers(vpc):
        return None
    if vpc.referring("AWS::EC2::FlowLog"):
        return ok("flow logs record its traffic")
    if any(subnet.referring("AWS::EC2::FlowLog") for subnet in vpc.referring(SUBNET)):
        raise CannotTell("flow logs record the traffic of some of its subnets")
    return fault("no flow log records its traffic")


@check(
    "vpc-endpoints", VPC, fix="Add a gateway endpoint for S3, and interface endpoints for ecr.api, ecr.dkr and logs."
)
def has_endpoints(vpc: Resource) -> Outcome | None:
    """Images do not travel through the internet."""
    if not holds_containers(vpc):
        return None
    names = {_service(it) for it in vpc.referring("AWS::EC2::VPCEndpoint")}
    if names & _IMAGES:
        return ok(f"it has endpoints for {', '.join(sorted(names))}")
    return fault("images and logs use the internet: it has no endpoint for S3 or ECR")


def _service(endpoint: Resource) -> str:
    """Return the service of an endpoint, such as `ecr.api`."""
    name = endpoint.value("ServiceName")
    known = name.tail if isinstance(name, Partial) else endpoint.text("ServiceName")
    if not known:
        raise CannotTell("an endpoint names a service that is not known")
    for start in (".ecr.", ".s3"):
        if start in known:
            return known[known.rindex(start) + 1 :]
    return known.rpartition(".")[2]


@check("no-public-ip-on-launch", SUBNET, fix="Set MapPublicIpOnLaunch to false.")
def gives_no_public_addresses(subnet: Resource) -> Outcome | None:
    """Resources in the subnet get no public address automatically."""
    vpc = subnet.template.estate.find(subnet.value("VpcId"), VPC) if subnet.read is not None else None
    if vpc is not None and not holds_containers(vpc):
        return None
    if subnet.flag("MapPublicIpOnLaunch"):
        return fault("everything in it gets a public IP address")
    return ok("nothing gets a public IP address automatically")
