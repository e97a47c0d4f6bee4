"""One page that shows how several services are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct, Node

from ..checked_construct import CheckedConstruct
from ..inputs import argument_problems, in_seconds
from ..load_balancing.alb_route import AlbRoute

_WIDTH = 24
_HEIGHT = 6


class _Service(Protocol):
    @property
    def service(self) -> ecs.BaseService: ...
    @property
    def routes(self) -> Sequence[AlbRoute]: ...
    @property
    def node(self) -> Node: ...


class ServiceDashboard(CheckedConstruct):
    """A CloudWatch dashboard with a row for each service: tasks, CPU and memory, requests, errors, response time.

    Attributes:
        dashboard: The dashboard itself.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
    """

    def __init__(self, scope: Construct, id: str, *, services: Sequence[_Service]) -> None:  # noqa: A002
        """Make a dashboard.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            services: Services of this library, in the order of their rows.

        Raises:
            ConstructError: There is no service, or something else was given.
        """
        found = argument_problems(ServiceDashboard.__init__, locals())
        if not found and not services:
            found.add("services", "there is none", allowed="at least one service", practice="service-dashboard")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", widgets=[_row(service) for service in services])


def _row(service: _Service) -> list[cloudwatch.IWidget]:
    l2 = service.service
    name = service.node.id
    of_service = {"ClusterName": l2.cluster.cluster_name, "ServiceName": l2.service_name}
    graphs = [
        (
            "CPU and memory, percent",
            [
                _metric("AWS/ECS", "CPUUtilization", "Average", of_service),
                _metric("AWS/ECS", "MemoryUtilization", "Average", of_service),
            ],
        ),
        ("Running tasks", [_metric("ECS/ContainerInsights", "RunningTaskCount", "Average", of_service)]),
    ]
    for route in service.routes:
        of_route = route.metric_dimensions
        requests = [
            _metric("AWS/ApplicationELB", name, "Sum", of_route)
            for name in ("RequestCount", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count")
        ]
        times = [
            _metric("AWS/ApplicationELB", "TargetResponseTime", statistic, of_route) for statistic in ("p50", "p99")
        ]
        graphs += [
            (f"Requests on port {route.exposure.port}", requests),
            (f"Response time on port {route.exposure.port}, seconds", times),
        ]
    width = max(_WIDTH // len(graphs), 3)
    return [
        cloudwatch.GraphWidget(title=f"{name}: {title}", left=metrics, width=width, height=_HEIGHT)
        for title, metrics in graphs
    ]


def _metric(namespace: str, name: str, statistic: str, dimensions: dict[str, str]) -> cloudwatch.IMetric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        statistic=statistic,
        dimensions_map=dimensions,
        period=in_seconds(60),
    )
