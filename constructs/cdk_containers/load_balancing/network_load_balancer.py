"""A Network Load Balancer for one service, or shared by several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.cdk_modules import s3
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import argument_problems, arn_problems, disabled_problems, is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.network import (
    WHICH_SUBNETS,
    Connections,
    NetworkLike,
    public_subnet_problems,
    selection_problems,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
    which_subnets_problems,
)

from .access_logs import AccessLogs, write_access_logs
from .addresses import default_ip_address_type, everybody, ip_address_problems
from .existing import ExistingLoadBalancer
from .exposure import SharedLoadBalancer

_WORLD = ("0.0.0.0/0", "::/0")
_OPEN_TO_THE_WORLD = Acknowledgement(
    "A public load balancer must be reachable from the internet; it forwards connections only to the ports of "
    "services. `ingress` restricts who may reach it",
    cdk_nag=("AwsSolutions-EC23",),
)

ANOTHER_PORT_OR_BOTH = 'another port; or one exposure with protocol="TCP_UDP", which takes both'
"""What to do if TCP and UDP need the same port, which has one listener."""


@jsii.implements(ec2.IConnectable)
class NetworkLoadBalancer(SharedLoadBalancer):
    """A load balancer for TCP, UDP and TLS with a security group, cross-zone balancing and deletion protection.

    Services add a listener to it with `NlbExposure(load_balancer=…)`.

    Attributes:
        load_balancer: The CDK load balancer.
        security_group: Its security group, which allows `ingress` in on each listener.
        ip_address_type: Which addresses it has.
        access_logs_bucket: The bucket for logs of TLS connections, if there is one.
        internet_facing: Whether it has public addresses.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html
    """

    load_balancer: elbv2.INetworkLoadBalancer
    security_group: ec2.ISecurityGroup
    ip_address_type: elbv2.IpAddressType
    access_logs_bucket: s3.IBucket | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        network: NetworkLike,
        internet_facing: bool = True,
        ingress: Sequence[ec2.IPeer] | None = None,
        access_logs: AccessLogs | Disabled | None = None,
        deletion_protection: Literal[True] | Disabled = True,
        cross_zone: bool = True,
        ip_address_type: elbv2.IpAddressType | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> None:
        """Create a load balancer.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            network: The network, as a `Network` or a CDK VPC.
            internet_facing: Whether it has public addresses. False makes it internal, for callers inside the network.
                Default: True.
            ingress: Allowed sources, as `ec2.Peer`. For an internal load balancer, let callers in with
                `caller.connections.allow_to(…)`. Default: any address if it is internet-facing (IPv6 too if it is
                dual-stack); no one if it is internal or has `security_groups` of yours.
            access_logs: Where access logs go; AWS logs only connections of TLS listeners. `Disabled(reason="…")` writes
                none. Default: a bucket that keeps them for a year.
            deletion_protection: Elastic Load Balancing refuses to delete it. `Disabled(reason="…")` allows deletion.
                Default: True.
            cross_zone: Spreads connections over the tasks of all Availability Zones. Default: True.
            ip_address_type: Type of its addresses, `IPV4` or `DUAL_STACK`. You can change it in place. Default:
                `DUAL_STACK` in a dual-stack network, `IPV4` in others.
            vpc_subnets: Its subnets. Default: public subnets if it is internet-facing, the subnets of tasks if it is
                internal.
            security_groups: Existing security groups. You manage their rules; `ingress` adds rules to the first group,
                and services add rules to all. Default: a new one.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(NetworkLoadBalancer.__init__, locals())
        if not internet_facing and not found.has("network"):
            found.extend(task_subnet_problems(network))
            found.extend(which_subnets_problems(network, "network", ask=WHICH_SUBNETS))
        found.extend(disabled_problems(access_logs), under="access_logs")
        found.extend(disabled_problems(deletion_protection), under="deletion_protection")
        if isinstance(access_logs, AccessLogs):
            found.extend(access_logs.problems(), under="access_logs")
        if not any(found.has(option) for option in ("network", "vpc_subnets", "ip_address_type", "ingress")):
            if vpc_subnets is not None:
                found.extend(selection_problems(network, vpc_subnets, "vpc_subnets", public=internet_facing))
            else:
                found.extend(
                    public_subnet_problems(network, "network") if internet_facing else task_subnet_problems(network)
                )
            if ip_address_type == elbv2.IpAddressType.DUAL_STACK_WITHOUT_PUBLIC_IPV4:
                found.add(
                    "ip_address_type",
                    "only an Application Load Balancer supports this",
                    given=Shown(ip_address_type.name),
                    allowed="IPV4 or DUAL_STACK",
                    practice="dual-stack-addresses",
                )
            else:
                found.extend(ip_address_problems(ip_address_type, network, ingress, internet_facing=internet_facing))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.ip_address_type = ip_address_type or default_ip_address_type(network)
        if ingress is None:
            ingress = everybody(self.ip_address_type) if internet_facing and not security_groups else []
        self.internet_facing = internet_facing
        self._ingress = tuple(ingress)
        self._ports: dict[int, tuple[Construct, str]] = {}
        self.vpc = vpc = vpc_of(network)
        groups = list(security_groups) or [
            ec2.SecurityGroup(
                self, "SecurityGroup", vpc=vpc, description="Network Load Balancer", allow_all_outbound=False
            )
        ]
        self.security_group = groups[0]
        dual_stack = self.ip_address_type == elbv2.IpAddressType.DUAL_STACK
        self.load_balancer = load_balancer = elbv2.NetworkLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            internet_facing=internet_facing,
            vpc_subnets=vpc_subnets or (None if internet_facing else task_subnets_of(network)),
            security_groups=groups,
            # CDK renders nothing for IPv4, which means the same.
            ip_address_type=self.ip_address_type if dual_stack else None,
            # Without it a dual-stack load balancer gets no listener for UDP.
            enable_prefix_for_ipv6_source_nat=True if dual_stack else None,
            cross_zone_enabled=cross_zone,
            deletion_protection=deletion_protection is True,
        )
        if isinstance(deletion_protection, Disabled):
            record_opt_out(load_balancer, "deletion-protection", deletion_protection)
        if isinstance(access_logs, Disabled):
            record_opt_out(load_balancer, "access-logs", access_logs)
        else:
            self.access_logs_bucket = write_access_logs(
                self, load_balancer, access_logs or AccessLogs(), by="delivery.logs.amazonaws.com"
            )
        if any(peer.unique_id in _WORLD for peer in self._ingress):
            acknowledge(self.security_group, _OPEN_TO_THE_WORLD)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        load_balancer_arn: str,
        security_group_id: str,
        dns_name: str,
        vpc: ec2.IVpc,
        ingress: Sequence[ec2.IPeer] = (),
        security_group_allows_all_outbound: bool | None = None,
        canonical_hosted_zone_id: str | None = None,
        ip_address_type: elbv2.IpAddressType = elbv2.IpAddressType.IPV4,
    ) -> NetworkLoadBalancer:
        """Use an existing load balancer, of another app or made by hand; each exposure adds a listener to it.

        Its existing listeners are not known here, and Elastic Load Balancing refuses a second listener on the same
        port.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            load_balancer_arn: Its ARN.
            security_group_id: Its security group.
            dns_name: Its DNS name.
            vpc: Its VPC.
            ingress: Allowed sources of the listeners that services add, as `ec2.Peer`. Default: only the existing rules
                of its security group.
            security_group_allows_all_outbound: Whether its security group allows all outbound traffic, as groups
                created by hand usually do. With False, each service adds an egress rule for itself; load balancers of
                this library need that. Default: unknown, which adds nothing and warns.
            canonical_hosted_zone_id: The hosted zone of its DNS name, which `aws elbv2 describe-load-balancers` shows.
                Services with a `domain` need it. Default: not known.
            ip_address_type: Which addresses it has; DNS records of services follow it. Default: `IPV4`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, type="net", load_balancer_arn=load_balancer_arn))
        found.raise_for(scope, id)
        return _ImportedNetworkLoadBalancer(
            scope,
            id,
            existing=ExistingLoadBalancer(
                arn=load_balancer_arn,
                security_group_id=security_group_id,
                dns_name=dns_name,
                vpc=vpc,
                allows_all_outbound=security_group_allows_all_outbound,
                hosted_zone_id=canonical_hosted_zone_id,
                ip_address_type=ip_address_type,
            ),
            ingress=ingress,
        )

    @property
    def full_name(self) -> str:
        """Its name in CloudWatch metrics."""
        arn = self.imported_arn
        if arn is None:
            return cast("elbv2.NetworkLoadBalancer", self.load_balancer).load_balancer_full_name
        return cdk.Fn.select(1, cdk.Fn.split("loadbalancer/", arn)) if is_token(arn) else arn.split("loadbalancer/")[-1]

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of the load balancer."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=self._security_groups)

    @property
    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        return self.load_balancer.connections.security_groups

    def claim_problems(self, port: int, protocol: str, *, option: str = "listener_port") -> list[Problem]:
        """Find a listener that another service already has.

        Args:
            port: Its port.
            protocol: Its protocol under TLS: `tcp`, `udp`, or `tcp_udp` for both.
            option: The option that contains the port.
        """
        found = Problems()
        owner, taken = self._ports.get(port, (None, protocol))
        if owner is not None:
            found.add(
                option,
                f"{owner.node.path} already listens on this port of the load balancer",
                given=Shown(f"{port}/{protocol}"),
                allowed="another port" if taken == protocol else ANOTHER_PORT_OR_BOTH,
                practice="listener-rule-priority",
            )
        return list(found)

    def claim(self, owner: Construct, port: int, protocol: str, *, ingress: Sequence[ec2.IPeer] | None = None) -> None:
        """Take a port for a service, and open it.

        Args:
            owner: The service.
            port: The port.
            protocol: Its protocol under TLS: `tcp`, `udp`, or `tcp_udp` for both.
            ingress: Allowed sources, if they differ from those of the load balancer.
        """
        self._ports[port] = (owner, protocol)
        for peer in self._ingress if ingress is None else ingress:
            if protocol != "udp":
                self.security_group.add_ingress_rule(peer, ec2.Port.tcp(port), f"Connections on port {port}")
            if protocol != "tcp":
                self.security_group.add_ingress_rule(peer, ec2.Port.udp(port), f"Connections on port {port}")


class _ImportedNetworkLoadBalancer(NetworkLoadBalancer):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        existing: ExistingLoadBalancer,
        ingress: Sequence[ec2.IPeer],
    ) -> None:
        SharedLoadBalancer.__init__(self, scope, id)
        self._take_over(existing)
        self._ingress = tuple(ingress)
        self._ports = {}
        self.security_group = ec2.SecurityGroup.from_security_group_id(
            self,
            "SecurityGroup",
            existing.security_group_id,
            allow_all_outbound=existing.allows_all_outbound is not False,
        )
        self.load_balancer = elbv2.NetworkLoadBalancer.from_network_load_balancer_attributes(
            self,
            "LoadBalancer",
            load_balancer_arn=existing.arn,
            load_balancer_dns_name=existing.dns_name,
            load_balancer_canonical_hosted_zone_id=existing.hosted_zone_id,
            load_balancer_security_groups=[existing.security_group_id],
            vpc=existing.vpc,
        )

    @property
    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        return [self.security_group]
