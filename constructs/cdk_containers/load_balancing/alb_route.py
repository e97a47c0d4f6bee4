"""The target group and the listener rule that bring requests to one port of a service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from ..inputs import in_seconds
from .alb_exposure import AlbExposure
from .application_load_balancer import ApplicationLoadBalancer
from .route import Route, RouteTarget
from .rule_priorities import Conditions


class AlbRoute(Route):
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
        target: RouteTarget,
    ) -> None:
        super().__init__(scope, id)
        self.exposure = exposure
        self.port = exposure.port
        self.load_balancer = exposure.load_balancer or ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            network=target.vpc,
            certificates=[exposure.certificate] if exposure.certificate is not None else [],
            https=exposure.https,
            internet_facing=target.internet_facing,
            ingress=exposure.ingress,
        )
        check = exposure.health_check
        grpc = exposure.protocol_version == "GRPC"
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=target.vpc,
            port=exposure.port,
            protocol=elbv2.ApplicationProtocol[exposure.target_protocol],
            protocol_version=elbv2.ApplicationProtocolVersion[exposure.protocol_version],
            target_type=target.target_type,
            deregistration_delay=in_seconds(exposure.deregistration_delay_seconds),
            health_check=elbv2.HealthCheck(
                path=exposure.health_check_path,
                port=None if target.by_address else "traffic-port",
                protocol=elbv2.Protocol[exposure.target_protocol],
                interval=in_seconds(check.interval_seconds),
                timeout=in_seconds(check.timeout_seconds),
                healthy_threshold_count=check.healthy_threshold,
                unhealthy_threshold_count=check.unhealthy_threshold,
                healthy_http_codes=None if grpc else check.healthy_codes or "200",
                healthy_grpc_codes=check.healthy_codes or "0" if grpc else None,
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
            target.service.load_balancer_target(container_name=target.container_name, container_port=exposure.port)
        )

    def requests(self, period: Duration) -> cloudwatch.IMetric:
        """Number of requests."""
        return self._metric("RequestCount", "Sum", period)

    def client_errors(self, period: Duration) -> cloudwatch.IMetric:
        """Number of requests that tasks answered with a 4xx status."""
        return self._metric("HTTPCode_Target_4XX_Count", "Sum", period)

    def server_errors(self, period: Duration) -> cloudwatch.IMetric:
        """Number of requests that tasks answered with a 5xx status."""
        return self._metric("HTTPCode_Target_5XX_Count", "Sum", period)

    def response_time(self, period: Duration, statistic: str) -> cloudwatch.IMetric:
        """Time to the answer of a task, in seconds."""
        return self._metric("TargetResponseTime", statistic, period)

    def unhealthy_tasks(self, period: Duration) -> cloudwatch.IMetric:
        """Number of tasks that fail the health check."""
        return self._metric("UnHealthyHostCount", "Maximum", period)

    def _metric(self, name: str, statistic: str, period: Duration) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApplicationELB",
            metric_name=name,
            statistic=statistic,
            period=period,
            dimensions_map=self._dimensions,
        )

    @cached_property
    def _dimensions(self) -> dict[str, str]:
        # CDK takes the name apart from the listener's ARN, with functions that a reference to another stack does not
        # go through in every tool.
        return {
            "LoadBalancer": self.load_balancer.full_name or self.target_group.first_load_balancer_full_name,
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
