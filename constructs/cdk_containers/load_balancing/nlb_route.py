"""The target group and the listener that bring connections to one port of a service."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from ..inputs import in_seconds
from .network_load_balancer import NetworkLoadBalancer
from .nlb_exposure import NlbExposure
from .ports import EPHEMERAL_PORTS
from .route import Route, RouteTarget


class NlbRoute(Route):
    """One exposure of a service, made: services make it, in their own stack, from `NlbExposure`.

    Attributes:
        exposure: What was asked for.
        load_balancer: The load balancer, shared or the service's own.
        target_group: The tasks of the service, as the load balancer sees them.
        listener: The listener.
    """

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
            network=target.vpc,
            internet_facing=target.internet_facing,
            ingress=exposure.ingress,
        )
        self.load_balancer.claim(scope, exposure.outer_port, exposure.transport)
        udp = exposure.protocol == "UDP"
        checked = exposure.separate_health_check_port
        if not target.by_address:
            checked = target.instance_health_check_port
        self.target_group = elbv2.NetworkTargetGroup(
            self,
            "Targets",
            vpc=target.vpc,
            port=exposure.port,
            protocol=elbv2.Protocol.UDP if udp else elbv2.Protocol.TCP,
            target_type=target.target_type,
            preserve_client_ip=exposure.preserve_client_ip,
            deregistration_delay=in_seconds(exposure.deregistration_delay_seconds),
            health_check=elbv2.HealthCheck(
                protocol=elbv2.Protocol.HTTP if exposure.health_check_path else elbv2.Protocol.TCP,
                path=exposure.health_check_path,
                port=None if checked is None and target.by_address else str(checked or "traffic-port"),
                interval=in_seconds(10),
                timeout=in_seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )
        tls = exposure.certificate is not None
        self.listener = elbv2.NetworkListener(
            self,
            "Listener",
            load_balancer=self.load_balancer.load_balancer,
            port=exposure.outer_port,
            protocol=elbv2.Protocol[exposure.protocol],
            certificates=[exposure.certificate] if exposure.certificate is not None else None,
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ if tls else None,
            default_target_groups=[self.target_group],
        )
        self.target_group.add_target(
            target.service.load_balancer_target(
                container_name=target.container_name,
                container_port=exposure.port,
                protocol=ecs.Protocol.UDP if udp else ecs.Protocol.TCP,
            )
        )
        # CDK opens nothing between a Network Load Balancer and tasks.
        make = ec2.Port.udp_range if udp else ec2.Port.tcp_range
        fixed = exposure.port if target.by_address else target.instance_port
        ports = make(*EPHEMERAL_PORTS) if fixed is None else make(fixed, fixed)
        self.load_balancer.connections.allow_to(target.service, ports, "Load balancer to target")
        if checked is not None:
            self.load_balancer.connections.allow_to(target.service, ec2.Port.tcp(checked), "Health check")

    def unhealthy_tasks(self, period: Duration) -> cloudwatch.IMetric:
        """Number of tasks that fail the health check."""
        return self.target_group.metrics.un_healthy_host_count(period=period, statistic="Maximum")

    def healthy_tasks(self, period: Duration) -> cloudwatch.IMetric:
        """Number of tasks that pass the health check."""
        return self.target_group.metrics.healthy_host_count(period=period, statistic="Minimum")
