"""One page that shows how several services are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct, Node

from ..checked_construct import CheckedConstruct
from ..inputs import argument_problems, in_seconds
from ..load_balancing import Route
from .container_insights import service_metric

_WIDTH = 24
_HEIGHT = 6


class _Service(Protocol):
    @property
    def service(self) -> ecs.BaseService: ...
    @property
    def routes(self) -> Sequence[Route]: ...
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

    def add(self, service: _Service) -> None:
        """Add a row for a service."""
        self.dashboard.add_widgets(*_row(service))


def _row(service: _Service) -> list[cloudwatch.IWidget]:
    l2, name, minute = service.service, service.node.id, in_seconds(60)
    graphs: list[tuple[str, list[cloudwatch.IMetric]]] = [
        (
            "CPU and memory, percent",
            [l2.metric_cpu_utilization(period=minute), l2.metric_memory_utilization(period=minute)],
        ),
        (
            "Running tasks",
            [
                service_metric(l2, "RunningTaskCount", minute, label="running"),
                service_metric(l2, "DesiredTaskCount", minute, label="wanted"),
            ],
        ),
    ]
    for route in service.routes:
        graphs += _route_graphs(route, minute)
    width = max(_WIDTH // len(graphs), 3)
    return [
        cloudwatch.GraphWidget(title=f"{name}: {title}", left=metrics, width=width, height=_HEIGHT)
        for title, metrics in graphs
    ]


def _route_graphs(route: Route, minute: Duration) -> list[tuple[str, list[cloudwatch.IMetric]]]:
    """Return what a kind of load balancer knows; where it counts no requests, how many tasks fail its check."""
    counts = [route.requests(minute), route.client_errors(minute), route.server_errors(minute)]
    times = [route.response_time(minute, statistic) for statistic in ("p50", "p99")]
    graphs = [
        (f"Requests on port {route.port}", [metric for metric in counts if metric is not None]),
        (f"Response time on port {route.port}, seconds", [metric for metric in times if metric is not None]),
    ]
    shown = [(title, metrics) for title, metrics in graphs if metrics]
    return shown or [(f"Unhealthy tasks on port {route.port}", [route.unhealthy_tasks(minute)])]
