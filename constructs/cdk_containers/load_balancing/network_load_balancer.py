"""A Network Load Balancer that one service has, or several share."""

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
    "A public load balancer is there to be reached from the internet; it passes connections on to the ports of "
    "services only. `ingress` names who may reach it, if not everybody",
    cdk_nag=("AwsSolutions-EC23",),
)

ANOTHER_PORT_OR_BOTH = 'another port; or one exposure with protocol="TCP_UDP", which takes both'
"""What to do where TCP and UDP want the same port, which has one listener."""


@jsii.implements(ec2.IConnectable)
class NetworkLoadBalancer(SharedLoadBalancer):
    """A load balancer for TCP, UDP and TLS: in a security group, over all zones, and hard to delete by mistake.

    Services take a listener on it with `NlbExposure(load_balancer=…)`.

    Attributes:
        load_balancer: The load balancer itself.
        security_group: Its security group, which opens to `ingress` for each listener that is added.
        ip_address_type: Which addresses it has.
        access_logs_bucket: Where the record of TLS connections goes, if there is one.
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
        """Make a load balancer.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            network: Where it is, a `Network` or a VPC of CDK.
            internet_facing: Whether it has public addresses, or is for callers inside the network. Default: True.
            ingress: Who may reach it, as `ec2.Peer`. Default: everybody if it is internet-facing, over IPv6 too if it
                is dual-stack; nobody if it is internal (then `caller.connections.allow_to(…)` lets callers in), or if
                it has `security_groups` of yours.
            access_logs: Where the record of connections goes; AWS records those of TLS listeners only. Default: a
                bucket that keeps it for a year. `Disabled(reason="…")` keeps none.
            deletion_protection: `Disabled(reason="…")` lets its stack delete it. Default: True.
            cross_zone: Spread connections over the tasks of all zones. Default: True.
            ip_address_type: Which addresses callers reach it at, `IPV4` or `DUAL_STACK`. Default: `DUAL_STACK` in a
                dual-stack network, `IPV4` in others. It changes in place.
            vpc_subnets: The subnets it is in. Default: public ones if it is internet-facing, those of tasks if it is
                internal.
            security_groups: Security groups that exist, instead of a new one. Their rules are yours; `ingress`
                adds to those of the first, and services to those of all. Default: a new one.

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
                    "only an Application Load Balancer can have this",
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
            # What CDK renders for IPv4 is nothing, which is the same.
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
        """Use a load balancer that exists, of another app or made by hand; each exposure adds a listener to it.

        The ports on which it listens already are not known here: ELB refuses a second listener on one of them.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            load_balancer_arn: Its ARN.
            security_group_id: Its security group.
            dns_name: Its DNS name.
            vpc: Where it is.
            ingress: Who may reach the listeners that services add, as `ec2.Peer`. Default: nobody is let in but by
                the rules that its security group has.
            security_group_allows_all_outbound: Whether its security group may connect to everything, as those made by
                hand mostly may. With False, each service adds the rule by which it is reached; load balancers of this
                library need that. Default: not known, which adds nothing and warns.
            canonical_hosted_zone_id: The hosted zone of its DNS name, which `aws elbv2 describe-load-balancers` shows.
                Services with a `domain` need it. Default: not known.
            ip_address_type: Which addresses it has; names of services get records for them. Default: `IPV4`.

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
        """What its metrics call it."""
        arn = self.imported_arn
        if arn is None:
            return cast("elbv2.NetworkLoadBalancer", self.load_balancer).load_balancer_full_name
        return cdk.Fn.select(1, cdk.Fn.split("loadbalancer/", arn)) if is_token(arn) else arn.split("loadbalancer/")[-1]

    @property
    def connections(self) -> ec2.Connections:
        """Who may connect to the load balancer, and it to whom."""
        return self._connections

    @cached_property
    def _connections(self) -> Connections:
        return Connections(security_groups=self._security_groups)

    @property
    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        return self.load_balancer.connections.security_groups

    def claim_problems(self, port: int, protocol: str, *, option: str = "listener_port") -> list[Problem]:
        """Find a listener that another service has already.

        Args:
            port: Its port.
            protocol: Its protocol under TLS: `tcp`, `udp`, or `tcp_udp` for both.
            option: The option that the port comes from.
        """
        found = Problems()
        owner, taken = self._ports.get(port, (None, protocol))
        if owner is not None:
            found.add(
                option,
                f"{owner.node.path} listens on this port of the load balancer already",
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
            ingress: Who may reach it, if not those who may reach the load balancer.
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
