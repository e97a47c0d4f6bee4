"""A VPC for containers."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, TypeAlias, Union

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems, disabled_problems, is_token
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs, owned_log_group

from .nat_gateways import NatGateways
from .network_checks import imported_subnet_problems, option_problems, room_problems, zones_of
from .subnets import SubnetMasks, SubnetPlan, plan_subnets, private_mask
from .vpc_subnets import ambiguous_subnet_problems, private_subnet_problems, subnet_problems

if TYPE_CHECKING:
    from cdk_containers.model.fleet import AddressRoom

_INTERFACE_ENDPOINTS = {
    "EcrApi": "ECR",
    "EcrDocker": "ECR_DOCKER",
    "Logs": "CLOUDWATCH_LOGS",
    "SecretsManager": "SECRETS_MANAGER",
    "Ssm": "SSM",
    "SsmMessages": "SSM_MESSAGES",
}

_HTTPS = 443
_ASK = "ec2.SubnetSelection(subnet_group_name=…)"
WHICH_SUBNETS = f"network=Network.from_vpc(scope, id, vpc=…, task_subnets={_ASK})"
"""How to say which private subnets of a VPC are for tasks."""


class Network(CheckedConstruct):
    """A VPC over several zones, in whose private subnets tasks run without public addresses.

    Attributes:
        vpc: The VPC.
        task_subnets: The subnets in which tasks run.
        dual_stack: Whether it has IPv6 addresses too; None of a network that exists, if nobody said.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html
    """

    vpc: ec2.IVpc
    task_subnets: ec2.SubnetSelection
    dual_stack: bool | None
    _masks: Sequence[int] = ()
    _taken = 0

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
        dual_stack: bool = False,
        subnet_masks: SubnetMasks | None = None,
    ) -> None:
        """Make a network.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            cidr: Addresses of the VPC, at most a /16. How small it may be depends on the number of subnets: a /25 has
                room for three zones, a /24 for isolated subnets as well. Default: 10.0.0.0/16.
            max_azs: Zones to use, 2–6. Default: 3; an environment-agnostic stack gets 2, which is all that
                CloudFormation promises.
            nat_gateways: How private subnets reach the internet. Default: PER_AZ, one in each zone.
            isolated_subnets: Also make subnets without any way out, for databases. Default: False.
            interface_endpoints: Keep traffic to ECR, CloudWatch Logs, Secrets Manager and Systems Manager inside the
                VPC. Default: False, since each endpoint costs by the hour and zone; the free gateway endpoint for S3,
                through which image layers come, is always there.
            flow_logs: Where the record of connections is kept. Default: a log group that keeps them for a year.
                `Disabled(reason="…")` keeps none.
            dual_stack: Give the VPC, its subnets and what runs in them IPv6 addresses beside those of IPv4. Load
                balancers in it are dual-stack then. From private subnets IPv6 leads out by an egress-only internet
                gateway, which costs nothing; isolated subnets get no way out. Default: False. Switched on later, it
                replaces nothing.
            subnet_masks: How large the subnets are. Default: public and isolated ones /24, and tasks get the rest; all
                are smaller where the network is too small for that.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Network.__init__, locals())
        found.extend(
            option_problems(
                found, cidr=cidr, max_azs=max_azs, nat_gateways=nat_gateways, interface_endpoints=interface_endpoints
            )
        )
        masks = subnet_masks or SubnetMasks()
        if not found.has("subnet_masks"):
            found.extend(masks.problems(), under="subnet_masks")
        plan: SubnetPlan | None = None
        zones = max_azs
        if not any(found.has(option) for option in ("scope", "cidr", "max_azs", "isolated_subnets", "subnet_masks")):
            zones = zones_of(scope, max_azs)
            plan = plan_subnets(IPv4Network(cidr).prefixlen, zones, masks, isolated=isolated_subnets)
            found.extend(room_problems(plan, cidr, zones, masks, isolated=isolated_subnets))
        found.extend(disabled_problems(flow_logs), under="flow_logs")
        if isinstance(flow_logs, Logs):
            found.extend(flow_logs.problems(), under="flow_logs")
        found.raise_for(scope, id)
        assert plan is not None  # noqa: S101  (for the type checker)
        super().__init__(scope, id)

        self.dual_stack = dual_stack
        self._masks = [private_mask(IPv4Network(cidr).prefixlen, zones, plan)] * zones
        self._taken = len(_INTERFACE_ENDPOINTS) if interface_endpoints else 0
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
            subnet_configuration=_subnets(private, plan),
            ip_protocol=ec2.IpProtocol.DUAL_STACK if dual_stack else ec2.IpProtocol.IPV4_ONLY,
        )
        self.vpc = vpc
        self.task_subnets = ec2.SubnetSelection(subnet_group_name="Private")
        vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        if interface_endpoints:
            self._add_interface_endpoints(vpc, cidr)
        self._add_flow_logs(vpc, flow_logs)

    @property
    def address_room(self) -> AddressRoom | None:
        """How many tasks or pods its subnets have addresses for, also while all of them are deployed.

        None of a network that exists. Load balancers in the same subnets take eight addresses each, or more.
        """
        from cdk_containers.model.fleet import address_room  # noqa: PLC0415  (most stacks never ask)

        return address_room(self._masks, taken_per_subnet=self._taken) if self._masks else None

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
        dual_stack: bool | None = None,
    ) -> Network:
        """Use a VPC that exists; tasks run in the private subnets, one for each zone.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            vpc_id: Its id.
            availability_zones: Its zones.
            private_subnet_ids: A subnet in each zone, in the order of the zones, with a way out to the internet.
            public_subnet_ids: A subnet in each zone for public load balancers. Default: none.
            dual_stack: Whether the VPC and these subnets have IPv6 addresses, with routes; load balancers are
                dual-stack then. Default: nobody knows; load balancers have IPv4 addresses unless they say otherwise.

        Raises:
            ConstructError: The numbers of zones and subnets differ.
        """
        found = argument_problems(cls.from_attributes, locals())
        if not found:
            found.extend(imported_subnet_problems(availability_zones, private_subnet_ids, public_subnet_ids))
        found.raise_for(scope, id)
        return _ImportedNetwork(
            scope,
            id,
            vpc_id=vpc_id,
            availability_zones=list(availability_zones),
            private_subnet_ids=list(private_subnet_ids),
            public_subnet_ids=list(public_subnet_ids) if public_subnet_ids else None,
            dual_stack=dual_stack,
        )

    @classmethod
    def from_vpc(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        vpc: ec2.IVpc,
        task_subnets: ec2.SubnetSelection | None = None,
    ) -> Network:
        """Use a VPC of CDK, made or looked up, and say in which of its subnets tasks run.

        Only a VPC with several private subnets in one zone needs it; any other may be given as it is where a `Network`
        belongs.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            vpc: The VPC, such as `ec2.Vpc.from_lookup(…)`.
            task_subnets: Private subnets in which tasks, instances and internal load balancers are, one in each zone:
                `ec2.SubnetSelection(subnet_group_name="App")`. Default: all private subnets.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_vpc, locals())
        if not found:
            found.extend(
                [*private_subnet_problems(vpc, "vpc"), *ambiguous_subnet_problems(vpc, "task_subnets", ask=_ASK)]
                if task_subnets is None
                else subnet_problems(vpc, task_subnets, "task_subnets", one_per_zone=True)
            )
        found.raise_for(scope, id)
        return _VpcNetwork(scope, id, vpc=vpc, task_subnets=task_subnets)

    def _add_interface_endpoints(self, vpc: ec2.Vpc, cidr: str) -> None:
        group = ec2.SecurityGroup(
            self, "Endpoints", vpc=vpc, description="Interface endpoints of the VPC", allow_all_outbound=False
        )
        # Endpoints have addresses of IPv4 alone, in a dual-stack network too.
        group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(_HTTPS), "HTTPS from inside the VPC")
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
        dual_stack: bool | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.dual_stack = dual_stack
        self.vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=vpc_id,
            availability_zones=availability_zones,
            private_subnet_ids=private_subnet_ids,
            public_subnet_ids=public_subnet_ids,
        )
        # Nothing here asks for a route table, which is what CDK warns of for each subnet.
        cdk.Annotations.of(self).acknowledge_warning("@aws-cdk/aws-ec2:noSubnetRouteTableId")
        self.task_subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)


class _VpcNetwork(Network):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        vpc: ec2.IVpc,
        task_subnets: ec2.SubnetSelection | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.vpc = vpc
        self.dual_stack = has_ipv6(vpc)
        self.task_subnets = task_subnets or task_subnets_of(vpc)


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


def has_ipv6(network: NetworkLike) -> bool | None:
    """Tell whether a network has IPv6 addresses; None if nobody knows."""
    if isinstance(network, Network):
        return network.dual_stack
    node = network.node
    scope = node.scope
    if isinstance(scope, Network):
        return scope.dual_stack
    if isinstance(network, ec2.Vpc):
        return node.try_find_child("ipv6cidr") is not None
    return None


def open_ipv6_egress(service: ecs.BaseService, network: NetworkLike) -> None:
    """Let the tasks of a service of CDK out over IPv6 too, where the network has it; CDK opens IPv4 alone."""
    if has_ipv6(network):
        for group in service.connections.security_groups:
            if isinstance(group, ec2.SecurityGroup) and group.node.scope is service:
                ec2.CfnSecurityGroupEgress(
                    group,
                    "Ipv6",
                    group_id=group.security_group_id,
                    ip_protocol="-1",
                    cidr_ipv6="::/0",
                    description="Everything over IPv6",
                )


def _subnets(private: ec2.SubnetType, plan: SubnetPlan) -> list[ec2.SubnetConfiguration]:
    public = ec2.SubnetConfiguration(
        name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=plan.public, map_public_ip_on_launch=False
    )
    # Tasks take an address each: they get the room.
    tasks = ec2.SubnetConfiguration(name="Private", subnet_type=private, cidr_mask=plan.private)
    if plan.isolated is None:
        return [public, tasks]
    isolated = ec2.SubnetType.PRIVATE_ISOLATED
    return [public, tasks, ec2.SubnetConfiguration(name="Isolated", subnet_type=isolated, cidr_mask=plan.isolated)]
