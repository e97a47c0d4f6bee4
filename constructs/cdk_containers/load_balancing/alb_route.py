"""The target group and the listener rule that bring requests to one port of a service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from ..checked_construct import CheckedConstruct
from ..inputs import in_seconds
from .alb_exposure import AlbExposure
from .application_load_balancer import ApplicationLoadBalancer
from .rule_priorities import Conditions


class AlbRoute(CheckedConstruct):
    """One exposure of a service, made: services make it, in their own stack, from `AlbExposure`.

    Attributes:
        exposure: What was asked for.
        load_balancer: The load balancer, shared or the service's own.
        target_group: The tasks of the service, as the load balancer sees them.
        rule: The listener rule.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        exposure: AlbExposure,
        service: ecs.BaseService,
        container_name: str,
        vpc: ec2.IVpc,
        internet_facing: bool,
    ) -> None:
        super().__init__(scope, id)
        self.exposure = exposure
        self.load_balancer = exposure.load_balancer or ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            network=vpc,
            certificates=[exposure.certificate] if exposure.certificate is not None else [],
            https=exposure.https,
            internet_facing=internet_facing,
            ingress=exposure.ingress,
        )
        check = exposure.health_check
        grpc = exposure.protocol_version == "GRPC"
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=vpc,
            port=exposure.port,
            protocol=elbv2.ApplicationProtocol[exposure.target_protocol],
            protocol_version=elbv2.ApplicationProtocolVersion[exposure.protocol_version],
            target_type=elbv2.TargetType.IP,
            deregistration_delay=in_seconds(exposure.deregistration_delay_seconds),
            health_check=elbv2.HealthCheck(
                path=exposure.health_check_path,
                protocol=elbv2.Protocol[exposure.target_protocol],
                interval=in_seconds(check.interval_seconds),
                timeout=in_seconds(check.timeout_seconds),
                healthy_threshold_count=check.healthy_threshold,
                unhealthy_threshold_count=check.unhealthy_threshold,
                healthy_http_codes=None if grpc else check.healthy_codes,
                healthy_grpc_codes=check.healthy_codes if grpc else None,
            ),
        )
        conditions = exposure.rule.conditions
        self.rule = elbv2.ApplicationListenerRule(
            self,
            "Rule",
            listener=self.load_balancer.listener,
            priority=self.load_balancer.claim(scope, conditions, exposure.rule.priority),
            conditions=list(_listener_conditions(conditions)),
            target_groups=[self.target_group],
        )
        self.target_group.add_target(
            service.load_balancer_target(container_name=container_name, container_port=exposure.port)
        )

    @cached_property
    def metrics(self) -> elbv2.IApplicationTargetGroupMetrics:
        """The metrics of this route, without those of others."""
        return self.target_group.metrics

    @cached_property
    def metric_dimensions(self) -> dict[str, str]:
        """What tells this route's metrics from others."""
        return {
            "LoadBalancer": self.target_group.first_load_balancer_full_name,
            "TargetGroup": self.target_group.target_group_full_name,
        }


def _listener_conditions(conditions: Conditions) -> Iterator[elbv2.ListenerCondition]:
    makers = {
        "host": elbv2.ListenerCondition.host_headers,
        "method": elbv2.ListenerCondition.http_request_methods,
        "path": elbv2.ListenerCondition.path_patterns,
        "source-ip": elbv2.ListenerCondition.source_ips,
    }
    for field, values in conditions.items():
        if field in makers:
            yield makers[field](list(values))
        else:
            yield elbv2.ListenerCondition.http_header(field.removeprefix("header "), list(values))
