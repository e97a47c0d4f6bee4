"""A VPC for containers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Network
from typing import TypeAlias, Union

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from ..checked_construct import CheckedConstruct
from ..errors import Problem, Problems
from ..inputs import argument_problems, disabled_problems, is_token
from ..logs import Logs, owned_log_group
from ..opt_outs import record_opt_out
from ..practices import Disabled


class NatGateways(StrEnum):
    """How private subnets reach the internet."""

    PER_AZ = "PER_AZ"
    """One in each zone: a zone that fails takes only itself down, and no traffic pays for crossing zones."""
    SINGLE = "SINGLE"
    """One for all zones: a third of the price; when its zone fails, no task reaches the internet."""
    NONE = "NONE"
    """None: tasks reach only AWS, through the interface endpoints, which then have to be on."""


_INTERFACE_ENDPOINTS = {
    "EcrApi": "ECR",
    "EcrDocker": "ECR_DOCKER",
    "Logs": "CLOUDWATCH_LOGS",
    "SecretsManager": "SECRETS_MANAGER",
    "Ssm": "SSM",
    "SsmMessages": "SSM_MESSAGES",
}

_HTTPS = 443


class Network(CheckedConstruct):
    """A VPC over several zones, in whose private subnets tasks run without public addresses.

    Attributes:
        vpc: The VPC.
        task_subnets: The subnets in which tasks run.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html
    """

    vpc: ec2.IVpc
    task_subnets: ec2.SubnetSelection

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cidr: str = "10.0.0.0/16",
        max_azs: int = 3,
        nat_gateways: NatGateways = NatGateways.PER_AZ,
        isolated_subnets: bool = False,
        interface_endpoints: bool = False,
        flow_logs: Logs | Disabled | None = None,
    ) -> None:
        """Make a network.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            cidr: Addresses of the VPC, /16 to /28. Default: 10.0.0.0/16.
            max_azs: Zones to use, 2–6. Default: 3; an environment-agnostic stack gets 2, which is all that
                CloudFormation promises.
            nat_gateways: How private subnets reach the internet. Default: PER_AZ, one in each zone.
            isolated_subnets: Also make subnets without any way out, for databases. Default: False.
            interface_endpoints: Keep traffic to ECR, CloudWatch Logs, Secrets Manager and Systems Manager inside the
                VPC. Default: False, since each endpoint costs by the hour and zone; the free gateway endpoint for S3,
                through which image layers come, is always there.
            flow_logs: Where the record of connections is kept. Default: a log group that keeps them for a year.
                `Disabled(reason="…")` keeps none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Network.__init__, locals())
        found.extend(
            _own_problems(
                found, cidr=cidr, max_azs=max_azs, nat_gateways=nat_gateways, interface_endpoints=interface_endpoints
            )
        )
        found.extend(disabled_problems(flow_logs), under="flow_logs")
        if isinstance(flow_logs, Logs):
            found.extend(flow_logs.problems(), under="flow_logs")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        egress = nat_gateways is not NatGateways.NONE
        private = ec2.SubnetType.PRIVATE_WITH_EGRESS if egress else ec2.SubnetType.PRIVATE_ISOLATED
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            max_azs=max_azs,
            nat_gateways={"PER_AZ": max_azs, "SINGLE": 1, "NONE": 0}[nat_gateways],
            # Closing the default group through CDK takes a Lambda custom resource, with more findings than it removes.
            restrict_default_security_group=False,
            subnet_configuration=_subnets(private, isolated=isolated_subnets),
        )
        self.vpc = vpc
        self.task_subnets = ec2.SubnetSelection(subnet_group_name="Private")
        vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        if interface_endpoints:
            self._add_interface_endpoints(vpc, ec2.Peer.ipv4(cidr))
        self._add_flow_logs(vpc, flow_logs)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        vpc_id: str,
        availability_zones: Sequence[str],
        private_subnet_ids: Sequence[str],
        public_subnet_ids: Sequence[str] | None = None,
    ) -> Network:
        """Use a VPC that exists; tasks run in the private subnets, one for each zone.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            vpc_id: Its id.
            availability_zones: Its zones.
            private_subnet_ids: A subnet in each zone, in the order of the zones, with a way out to the internet.
            public_subnet_ids: A subnet in each zone for public load balancers. Default: none.

        Raises:
            ConstructError: The numbers of zones and subnets differ.
        """
        found = argument_problems(cls.from_attributes, locals())
        if not found.has("availability_zones") and not availability_zones:
            found.add(
                "availability_zones", "there is none", allowed="one or more", practice="multiple-availability-zones"
            )
        for option, ids in (("private_subnet_ids", private_subnet_ids), ("public_subnet_ids", public_subnet_ids)):
            if (
                ids is not None
                and not found
                and not is_token([*ids, *availability_zones])
                and len(ids) != len(availability_zones)
            ):
                found.add(
                    option,
                    "not one subnet for each zone",
                    given=list(ids),
                    allowed=f"a subnet in each of {len(availability_zones)} zones",
                    practice="private-subnets",
                )
        found.raise_for(scope, id)
        return _ImportedNetwork(
            scope,
            id,
            vpc_id=vpc_id,
            availability_zones=list(availability_zones),
            private_subnet_ids=list(private_subnet_ids),
            public_subnet_ids=list(public_subnet_ids) if public_subnet_ids else None,
        )

    def _add_interface_endpoints(self, vpc: ec2.Vpc, inside: ec2.IPeer) -> None:
        group = ec2.SecurityGroup(
            self, "Endpoints", vpc=vpc, description="Interface endpoints of the VPC", allow_all_outbound=False
        )
        group.add_ingress_rule(inside, ec2.Port.tcp(_HTTPS), "HTTPS from inside the VPC")
        for name, service in _INTERFACE_ENDPOINTS.items():
            vpc.add_interface_endpoint(
                name,
                service=getattr(ec2.InterfaceVpcEndpointAwsService, service),
                security_groups=[group],
                open=False,
                subnets=self.task_subnets,
            )

    def _add_flow_logs(self, vpc: ec2.Vpc, flow_logs: Logs | Disabled | None) -> None:
        if isinstance(flow_logs, Disabled):
            record_opt_out(vpc, "flow-logs", flow_logs)
            return
        role = iam.Role(self, "FlowLogRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        group = owned_log_group(self, "FlowLogGroup", flow_logs or Logs())
        vpc.add_flow_log("FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role))


class _ImportedNetwork(Network):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        vpc_id: str,
        availability_zones: list[str],
        private_subnet_ids: list[str],
        public_subnet_ids: list[str] | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=vpc_id,
            availability_zones=availability_zones,
            private_subnet_ids=private_subnet_ids,
            public_subnet_ids=public_subnet_ids,
        )
        self.task_subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)


NetworkLike: TypeAlias = Union[Network, ec2.IVpc]  # noqa: UP007  (an interface of CDK has no `|` at run time)
"""A `Network`, or any VPC of CDK."""


def different_networks(one: ec2.IVpc, other: ec2.IVpc) -> bool:
    """Tell whether two VPCs are known not to be the same."""
    if one is other or one.vpc_id == other.vpc_id:
        return False
    made = isinstance(one, ec2.Vpc) and isinstance(other, ec2.Vpc)
    return made or not is_token([one.vpc_id, other.vpc_id])


def vpc_of(network: NetworkLike) -> ec2.IVpc:
    """Return the VPC of a network."""
    return network.vpc if isinstance(network, Network) else network


def task_subnets_of(network: NetworkLike) -> ec2.SubnetSelection:
    """Return the subnets in which tasks run; `task_subnet_problems` says whether there are any."""
    if isinstance(network, Network):
        return network.task_subnets
    with_egress = bool(network.private_subnets)
    return ec2.SubnetSelection(
        subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS if with_egress else ec2.SubnetType.PRIVATE_ISOLATED
    )


def task_subnet_problems(network: NetworkLike) -> list[Problem]:
    """Find a VPC with only public subnets, in which a task without a public address reaches nothing."""
    found = Problems()
    if not isinstance(network, Network) and not network.private_subnets and not network.isolated_subnets:
        found.add(
            "network",
            "the VPC has no private subnets",
            practice="private-subnets",
            allowed="a VPC with private subnets, since tasks get no public address",
        )
    return list(found)


def public_subnet_problems(network: NetworkLike, option: str) -> list[Problem]:
    """Find a VPC without a place for a load balancer that faces the internet."""
    found = Problems()
    if not vpc_of(network).public_subnets:
        found.add(
            option,
            "the VPC has no public subnets, where a load balancer that faces the internet has to be",
            practice="private-subnets",
            allowed="a network with public subnets, or a load balancer with internet_facing=False",
        )
    return list(found)


def _subnets(private: ec2.SubnetType, *, isolated: bool) -> list[ec2.SubnetConfiguration]:
    public = ec2.SubnetConfiguration(
        name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False
    )
    # Tasks take an address each: they get the room.
    tasks = ec2.SubnetConfiguration(name="Private", subnet_type=private)
    data = ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
    return [public, tasks, data] if isolated else [public, tasks]


def _own_problems(
    known: Problems,
    *,
    cidr: str,
    max_azs: int,
    nat_gateways: NatGateways,
    interface_endpoints: bool,
) -> list[Problem]:
    found = Problems()
    if not known.has("cidr"):
        try:
            size = IPv4Network(cidr).prefixlen
        except ValueError:
            found.add(
                "cidr",
                "not a block of IPv4 addresses",
                given=cidr,
                allowed="a block such as 10.0.0.0/16, known at synthesis",
            )
        else:
            if not 16 <= size <= 28:
                found.add("cidr", "AWS refuses a VPC of this size", given=cidr, allowed="/16 to /28")
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
