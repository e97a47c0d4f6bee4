"""A Network Load Balancer that one service has, or several share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ..errors import Problem, Problems, Shown
from ..inputs import argument_problems, disabled_problems
from ..network import NetworkLike
from ..network.network import task_subnets_of, vpc_of
from ..opt_outs import Acknowledgement, acknowledge, record_opt_out
from ..practices import Disabled
from .access_logs import AccessLogs, write_access_logs
from .exposure import SharedLoadBalancer

_WORLD = ("0.0.0.0/0", "::/0")
_OPEN_TO_THE_WORLD = Acknowledgement(
    "A public load balancer is there to be reached from the internet; it passes connections on to the ports of "
    "services only. `ingress` names who may reach it, if not everybody",
    cdk_nag=("AwsSolutions-EC23",),
)


@jsii.implements(ec2.IConnectable)
class NetworkLoadBalancer(SharedLoadBalancer):
    """A load balancer for TCP, UDP and TLS: in a security group, over all zones, and hard to delete by mistake.

    Services take a listener on it with `NlbExposure(load_balancer=…)`.

    Attributes:
        load_balancer: The load balancer itself.
        security_group: Its security group, which opens to `ingress` for each listener that is added.
        access_logs_bucket: Where the record of TLS connections goes, if there is one.
        internet_facing: Whether it has public addresses.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html
    """

    load_balancer: elbv2.NetworkLoadBalancer
    security_group: ec2.SecurityGroup
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
    ) -> None:
        """Make a load balancer.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            network: Where it is, a `Network` or a VPC of CDK.
            internet_facing: Whether it has public addresses, or is for callers inside the network. Default: True.
            ingress: Who may reach it, as `ec2.Peer`. Default: everybody if it is internet-facing, nobody if it is
                internal (then `connections.allow_from(…)` lets callers in).
            access_logs: Where the record of connections goes; AWS records those of TLS listeners only. Default: a
                bucket that keeps it for a year. `Disabled(reason="…")` keeps none.
            deletion_protection: `Disabled(reason="…")` lets its stack delete it. Default: True.
            cross_zone: Spread connections over the tasks of all zones. Default: True.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(NetworkLoadBalancer.__init__, locals())
        found.extend(disabled_problems(access_logs), under="access_logs")
        found.extend(disabled_problems(deletion_protection), under="deletion_protection")
        if isinstance(access_logs, AccessLogs):
            found.extend(access_logs.problems(), under="access_logs")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        if ingress is None:
            ingress = [ec2.Peer.any_ipv4()] if internet_facing else []
        self.internet_facing = internet_facing
        self._ingress = tuple(ingress)
        self._ports: dict[tuple[int, str], Construct] = {}
        vpc = vpc_of(network)
        self.security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description="Network Load Balancer", allow_all_outbound=False
        )
        self.load_balancer = elbv2.NetworkLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            internet_facing=internet_facing,
            vpc_subnets=None if internet_facing else task_subnets_of(network),
            security_groups=[self.security_group],
            cross_zone_enabled=cross_zone,
            deletion_protection=deletion_protection is True,
        )
        if isinstance(deletion_protection, Disabled):
            record_opt_out(self.load_balancer, "deletion-protection", deletion_protection)
        if isinstance(access_logs, Disabled):
            record_opt_out(self.load_balancer, "access-logs", access_logs)
        else:
            self.access_logs_bucket = write_access_logs(
                self, self.load_balancer, access_logs or AccessLogs(), by="delivery.logs.amazonaws.com"
            )
        if any(peer.unique_id in _WORLD for peer in self._ingress):
            acknowledge(self.security_group, _OPEN_TO_THE_WORLD)

    @property
    def connections(self) -> ec2.Connections:
        """Who may connect to the load balancer, and it to whom."""
        return self.load_balancer.connections

    def claim_problems(self, port: int, protocol: str, *, option: str = "listener_port") -> list[Problem]:
        """Find a listener that another service has already.

        Args:
            port: Its port.
            protocol: Its protocol under TLS, `tcp` or `udp`.
            option: The option that the port comes from.
        """
        found = Problems()
        owner = self._ports.get((port, protocol))
        if owner is not None:
            found.add(
                option,
                f"{owner.node.path} listens on this port of the load balancer already",
                given=Shown(f"{port}/{protocol}"),
                allowed="another port",
                practice="listener-rule-priority",
            )
        return list(found)

    def claim(self, owner: Construct, port: int, protocol: str, *, ingress: Sequence[ec2.IPeer] | None = None) -> None:
        """Take a port for a service, and open it.

        Args:
            owner: The service.
            port: The port.
            protocol: Its protocol under TLS, `tcp` or `udp`.
            ingress: Who may reach it, if not those who may reach the load balancer.
        """
        self._ports[port, protocol] = owner
        opened = ec2.Port.udp(port) if protocol == "udp" else ec2.Port.tcp(port)
        for peer in self._ingress if ingress is None else ingress:
            self.security_group.add_ingress_rule(peer, opened, f"Connections on port {port}")
