"""A dashboard for several services and jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct, Node

from cdk_containers.core.cdk_modules import sfn, sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems, in_seconds
from cdk_containers.load_balancing import Route
from cdk_containers.metrics import KnownExpression, KnownMetric, insights_metric, queue_metric, usage_metric

_WIDTH = 24
_HEIGHT = 6


class _Service(Protocol):
    @property
    def service(self) -> ecs.BaseService: ...
    @property
    def routes(self) -> Sequence[Route]: ...
    @property
    def node(self) -> Node: ...


class _Job(Protocol):
    @property
    def state_machine(self) -> sfn.StateMachine | None: ...
    @property
    def alarms(self) -> Mapping[str, cloudwatch.Alarm]: ...
    @property
    def node(self) -> Node: ...


class ServiceDashboard(CheckedConstruct):
    """A CloudWatch dashboard with a row for each service: tasks, CPU and memory, requests, errors, response time.

    A worker's row also has its queue. A job's row has the state of its alarms and, with a state machine, its runs.

    Attributes:
        dashboard: The CDK dashboard.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        services: Sequence[_Service] = (),
        jobs: Sequence[_Job] = (),
    ) -> None:
        """Create a dashboard.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            services: Services of this library, in the order of their rows. Default: none.
            jobs: Jobs of this library, in the order of their rows. Default: none.

        Raises:
            ConstructError: There is no service and no job, or a value has the wrong type.
        """
        found = argument_problems(ServiceDashboard.__init__, locals())
        if not found and not services and not jobs:
            found.add(
                "services",
                "there is nothing to show",
                allowed="at least one service or job",
                practice="service-dashboard",
            )
        found.raise_for(scope, id)
        super().__init__(scope, id)

        rows = [*(_row(service) for service in services), *(_job_row(job) for job in jobs)]
        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", widgets=rows)

    def add(self, service: _Service) -> None:
        """Add a row for a service."""
        self.dashboard.add_widgets(*_row(service))

    def add_job(self, job: _Job) -> None:
        """Add a row for a job."""
        self.dashboard.add_widgets(*_job_row(job))


def _row(service: _Service) -> list[cloudwatch.IWidget]:
    l2, name = service.service, service.node.id
    graphs: list[tuple[str, list[KnownMetric | KnownExpression]]] = [
        ("CPU and memory, percent", [usage_metric(l2, "CPUUtilization"), usage_metric(l2, "MemoryUtilization")]),
        (
            "Running tasks",
            [
                insights_metric(l2, "RunningTaskCount", label="running"),
                insights_metric(l2, "DesiredTaskCount", label="wanted"),
            ],
        ),
    ]
    for route in service.routes:
        graphs += _route_graphs(route)
    queue: sqs.IQueue | None = getattr(service, "queue", None)
    if queue is not None:
        messages: list[KnownMetric | KnownExpression] = [
            queue_metric(queue, "ApproximateNumberOfMessagesVisible", label="waiting"),
            queue_metric(queue, "ApproximateNumberOfMessagesNotVisible", label="in work"),
        ]
        graphs += [("Messages", messages)]
    return list(_graphs(name, [(title, [metric.to_cdk() for metric in metrics]) for title, metrics in graphs]))


def _job_row(job: _Job) -> list[cloudwatch.IWidget]:
    name, row = job.node.id, list[cloudwatch.IWidget]()
    if job.state_machine is not None:
        machine, five_minutes = job.state_machine, in_seconds(300)
        runs: list[cloudwatch.IMetric] = [
            machine.metric_started(period=five_minutes),
            machine.metric_succeeded(period=five_minutes),
            machine.metric_failed(period=five_minutes),
            machine.metric_timed_out(period=five_minutes),
        ]
        row += _graphs(name, [("Runs", runs)], width=_WIDTH // 2)
    if job.alarms:
        alarms = list(job.alarms.values())
        row.append(
            cloudwatch.AlarmStatusWidget(title=f"{name}: Alarms", alarms=alarms, width=_WIDTH // 2, height=_HEIGHT)
        )
    return row


def _graphs(
    name: str, graphs: Sequence[tuple[str, Sequence[cloudwatch.IMetric]]], width: int | None = None
) -> Iterator[cloudwatch.IWidget]:
    for title, metrics in graphs:
        yield cloudwatch.GraphWidget(
            title=f"{name}: {title}", left=metrics, width=width or max(_WIDTH // len(graphs), 3), height=_HEIGHT
        )


def _route_graphs(route: Route) -> list[tuple[str, list[KnownMetric | KnownExpression]]]:
    """Return graphs of a route: requests, or unhealthy tasks if the load balancer counts no requests."""
    counts = [route.figure(figure) for figure in ("requests", "client_errors", "server_errors")]
    times = [route.figure("response_time", statistic=statistic) for statistic in ("p50", "p99")]
    unhealthy = [] if any(counts) else [route.figure("unhealthy_tasks")]
    graphs = [
        (f"Requests on port {route.port}", counts),
        (f"Response time on port {route.port}, seconds", times),
        (f"Unhealthy tasks on port {route.port}", unhealthy),
    ]
    known = [(title, [metric for metric in metrics if metric is not None]) for title, metrics in graphs]
    return [(title, metrics) for title, metrics in known if metrics]
