"""The target group and listener that send connections to one port of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.inputs import in_seconds
from cdk_containers.network import PortRange

from .domain_records import add_certificates, certificate_for, make_records
from .network_load_balancer import NetworkLoadBalancer
from .nlb_exposure import NlbExposure
from .ports import GROUP_PORTS
from .route import Figure, Route, RouteTarget, arn_of

_GROUP_PROTOCOLS = {
    "TCP": elbv2.Protocol.TCP,
    "TLS": elbv2.Protocol.TCP,
    "UDP": elbv2.Protocol.UDP,
    "TCP_UDP": elbv2.Protocol.TCP_UDP,
}


class NlbRoute(Route):
    """One exposure of a service. The service creates it in its own stack from `NlbExposure`.

    Attributes:
        exposure: The options of the exposure.
        load_balancer: The load balancer, shared or the service's own.
        target_group: The tasks of the service, as the load balancer sees them.
        listener: The listener.
        alternate_target_group: The tasks of the other version, if deployments shift traffic; blue and green take turns.
        test_listener: The listener for test traffic, if there is any.
    """

    alternate_target_group: elbv2.NetworkTargetGroup | None = None
    test_listener: elbv2.NetworkListener | None = None

    _NAMESPACE = "AWS/NetworkELB"
    _FIGURES: ClassVar[Mapping[Figure, tuple[str, str]]] = {
        "unhealthy_tasks": ("UnHealthyHostCount", "Maximum"),
        "healthy_tasks": ("HealthyHostCount", "Minimum"),
    }

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        exposure: NlbExposure,
        target: RouteTarget,
    ) -> None:
        super().__init__(scope, id)
        self.exposure = exposure
        self.port = exposure.port
        self.load_balancer = exposure.load_balancer or NetworkLoadBalancer(
            self,
            "LoadBalancer",
            network=target.network,
            internet_facing=target.internet_facing,
            ingress=exposure.ingress,
            ip_address_type=self._ip_address_type(exposure),
        )
        self.load_balancer.claim(scope, exposure.outer_port, exposure.outer_transport)
        checked = exposure.separate_health_check_port
        if not target.by_address:
            checked = target.instance_health_check_port
        self.target_group = self._make_target_group("Targets", target, checked)
        if target.has_alternate:
            self.alternate_target_group = self._make_target_group("GreenTargets", target, checked)
        names = exposure.names
        tls = exposure.protocol == "TLS"
        self._certificate = exposure.certificate
        if names is not None and tls:
            self._certificate = certificate_for(scope, names, names.served[0])
        self.listener = self._make_listener("Listener", exposure.outer_port, self._forward(target))
        self._make_test_listener(scope, target)
        target.leave_to_ecs(self.listener, self.test_listener)
        self.entry = target.entry(
            exposure.port,
            target_group_arn=arn_of(self.target_group),
            advanced_configuration=self._shift(target),
        )
        opened: list[Construct] = []
        for transport in ("tcp", "udp"):
            if transport in exposure.outer_transport.split("_"):
                opened += target.let_in(self, self.load_balancer, target.ports(exposure.port, transport))
        if checked is not None:
            opened += target.let_in(self, self.load_balancer, PortRange(first=checked, last=checked), "Health check")
        listeners = (self.listener, self.test_listener)
        self.ready_when = [ready for ready in (*listeners, *opened) if ready is not None]
        if names is not None:
            if tls:
                add_certificates(self, scope, names, self.listener, has_first=True)
            make_records(scope, names, self.load_balancer.load_balancer, self.load_balancer.ip_address_type)

    @property
    def url(self) -> str:
        """Its URL: its first name, or the DNS name of the load balancer."""
        exposure = self.exposure
        names = exposure.names
        host = self.load_balancer.load_balancer.load_balancer_dns_name if names is None else names.served[0]
        scheme = {"UDP": "udp", "TLS": "tls"}.get(exposure.protocol, "tcp")
        return f"{scheme}://{host}:{exposure.outer_port}"

    @staticmethod
    def _ip_address_type(exposure: NlbExposure) -> elbv2.IpAddressType | None:
        # AWS documents UDP over dual-stack load balancers for targets with IPv6 addresses; ours have those of IPv4.
        return elbv2.IpAddressType.IPV4 if exposure.protocol in ("UDP", "TCP_UDP") else None

    def _make_target_group(
        self,
        id: str,  # noqa: A002
        target: RouteTarget,
        checked: int | None,
    ) -> elbv2.NetworkTargetGroup:
        exposure = self.exposure
        return elbv2.NetworkTargetGroup(
            self,
            id,
            vpc=target.vpc,
            port=GROUP_PORTS["HTTP"],
            protocol=_GROUP_PROTOCOLS[exposure.protocol],
            target_type=target.target_type,
            preserve_client_ip=exposure.preserve_client_ip,
            deregistration_delay=in_seconds(exposure.deregistration_delay_seconds),
            health_check=elbv2.HealthCheck(
                protocol=elbv2.Protocol.HTTP if exposure.health_check_path else elbv2.Protocol.TCP,
                path=exposure.health_check_path,
                port=str(checked or "traffic-port"),
                interval=in_seconds(10),
                timeout=in_seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )

    def _make_listener(
        self,
        id: str,  # noqa: A002
        port: int,
        forward: dict[str, Any],
    ) -> elbv2.NetworkListener:
        exposure = self.exposure
        return elbv2.NetworkListener(
            self,
            id,
            load_balancer=self.load_balancer.load_balancer,
            port=port,
            protocol=elbv2.Protocol[exposure.protocol],
            certificates=None if self._certificate is None else [self._certificate],
            ssl_policy=None if self._certificate is None else elbv2.SslPolicy.TLS13_12_RES_PQ,
            **forward,
        )

    def _forward(self, target: RouteTarget) -> dict[str, Any]:
        """Return where a listener sends connections; `AlbRoute` explains why this must never change."""
        if target.infrastructure_role is None or self.alternate_target_group is None:
            return {"default_target_groups": [self.target_group]}
        return {
            "default_action": elbv2.NetworkListenerAction.weighted_forward(
                [
                    elbv2.NetworkWeightedTargetGroup(target_group=self.target_group, weight=100),
                    elbv2.NetworkWeightedTargetGroup(target_group=self.alternate_target_group, weight=0),
                ]
            )
        }

    def _make_test_listener(self, scope: Construct, target: RouteTarget) -> None:
        exposure, port = self.exposure, self.exposure.test_port
        if port is None or self.alternate_target_group is None:
            return
        self.load_balancer.claim(scope, port, exposure.outer_transport, ingress=exposure.test_ingress or ())
        native = target.infrastructure_role is not None
        forward = self._forward(target) if native else {"default_target_groups": [self.alternate_target_group]}
        self.test_listener = self._make_listener("TestListener", port, forward)

    def _shift(self, target: RouteTarget) -> ecs.CfnService.AdvancedConfigurationProperty | None:
        """Return what ECS shifts traffic with."""
        if target.infrastructure_role is None or self.alternate_target_group is None:
            return None
        return ecs.CfnService.AdvancedConfigurationProperty(
            alternate_target_group_arn=self.alternate_target_group.target_group_arn,
            production_listener_rule=self.listener.listener_arn,
            test_listener_rule=None if self.test_listener is None else self.test_listener.listener_arn,
            role_arn=target.infrastructure_role.role_arn,
        )

    @cached_property
    def _dimensions(self) -> Sequence[Mapping[str, str]]:
        # CDK has no metrics for a group without a listener, such as CodeDeploy's green group.
        groups = [self.target_group, *([self.alternate_target_group] if self.alternate_target_group else [])]
        return [
            {"LoadBalancer": self.load_balancer.full_name, "TargetGroup": group.target_group_full_name}
            for group in groups
        ]
