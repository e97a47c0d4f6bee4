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

from cdk_containers.core.asked_once import asked_once
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
"""How to choose the private subnets of a VPC for tasks."""


class Network(CheckedConstruct):
    """A VPC over several Availability Zones, with private subnets for tasks without public addresses.

    Attributes:
        vpc: The VPC.
        task_subnets: The subnets in which tasks run.
        dual_stack: Whether it also has IPv6 addresses; None if unknown, for an existing network.

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
        """Create a network.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cidr: Address range of the VPC, at most a /16. The smallest range depends on the number of subnets: a /25
                has room for three zones, a /24 also for isolated subnets. Default: 10.0.0.0/16.
            max_azs: Availability Zones to use, 2–6. Default: 3; an environment-agnostic stack gets 2, because
                CloudFormation guarantees no more.
            nat_gateways: NAT gateways for private subnets. Default: PER_AZ, one in each Availability Zone.
            isolated_subnets: Also creates subnets without internet access, for databases. Default: False.
            interface_endpoints: Keeps traffic to ECR, CloudWatch Logs, Secrets Manager and Systems Manager inside the
                VPC. The free gateway endpoint for S3, which serves image layers, always exists. Default: False, because
                each endpoint costs money per hour and zone.
            flow_logs: Where VPC flow logs go. `Disabled(reason="…")` writes none. Default: a log group that keeps them
                for a year.
            dual_stack: Gives the VPC, its subnets and their workloads IPv6 addresses in addition to IPv4, and makes
                load balancers dual-stack. Private subnets reach the internet over IPv6 through a free egress-only
                internet gateway; isolated subnets do not. If you enable it later, it replaces nothing. Default: False.
            subnet_masks: Sizes of the subnets. Default: /24 for public and isolated subnets, and the rest for tasks;
                smaller if the network has too little room.

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
            # CDK closes the default group with a Lambda custom resource, which causes more findings than it removes.
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
        """Number of tasks or pods for which its subnets have addresses, including during deployments.

        None for an existing network. Load balancers in the same subnets need at least eight addresses each.
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
        """Use an existing VPC; tasks run in the private subnets, one for each zone.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            vpc_id: Its id.
            availability_zones: Its zones.
            private_subnet_ids: A subnet in each zone, in the order of the zones, with outbound internet access.
            public_subnet_ids: A subnet in each zone for public load balancers. Default: none.
            dual_stack: Whether the VPC and these subnets have IPv6 addresses and routes, which makes load balancers
                dual-stack. Default: unknown; load balancers have IPv4 addresses unless you set their type.

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
        """Use a CDK VPC, created or looked up, and choose the subnets in which tasks run.

        Only a VPC with several private subnets in one zone needs this. You can pass any other VPC directly instead of a
        `Network`.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            vpc: The VPC, such as `ec2.Vpc.from_lookup(…)`.
            task_subnets: Private subnets for tasks, instances and internal load balancers, one in each zone:
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
        # Endpoints have only IPv4 addresses, even in a dual-stack network.
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
        # Nothing here needs a route table, which CDK warns about for each subnet.
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
"""A `Network`, or any CDK VPC."""


def different_networks(one: ec2.IVpc, other: ec2.IVpc) -> bool:
    """Tell whether two VPCs are known to be different."""
    ids = [_vpc_id(vpc) for vpc in (one, other)]
    if one is other or ids[0] == ids[1]:
        return False
    made = isinstance(one, ec2.Vpc) and isinstance(other, ec2.Vpc)
    return made or not is_token(ids)


@asked_once
def _vpc_id(vpc: ec2.IVpc) -> str:
    return vpc.vpc_id


def vpc_of(network: NetworkLike) -> ec2.IVpc:
    """Return the VPC of a network."""
    return network.vpc if isinstance(network, Network) else network


def task_subnets_of(network: NetworkLike) -> ec2.SubnetSelection:
    """Return the subnets in which tasks run; `task_subnet_problems` checks whether there are any."""
    if isinstance(network, Network):
        return network.task_subnets
    with_egress = bool(network.private_subnets)
    return ec2.SubnetSelection(
        subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS if with_egress else ec2.SubnetType.PRIVATE_ISOLATED
    )


def has_ipv6(network: NetworkLike) -> bool | None:
    """Tell whether a network has IPv6 addresses; None if unknown."""
    return network.dual_stack if isinstance(network, Network) else _has_ipv6(network)


@asked_once
def _has_ipv6(vpc: ec2.IVpc) -> bool | None:
    node = vpc.node
    scope = node.scope
    if isinstance(scope, Network):
        return scope.dual_stack
    if isinstance(vpc, ec2.Vpc):
        return node.try_find_child("ipv6cidr") is not None
    return None


def open_ipv6_egress(service: ecs.BaseService, network: NetworkLike) -> None:
    """Also allow outbound IPv6 for the tasks of a CDK service if the network has it; CDK allows only IPv4."""
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
    # Each task needs an address, so private subnets get the remaining room.
    tasks = ec2.SubnetConfiguration(name="Private", subnet_type=private, cidr_mask=plan.private)
    if plan.isolated is None:
        return [public, tasks]
    isolated = ec2.SubnetType.PRIVATE_ISOLATED
    return [public, tasks, ec2.SubnetConfiguration(name="Isolated", subnet_type=isolated, cidr_mask=plan.isolated)]
