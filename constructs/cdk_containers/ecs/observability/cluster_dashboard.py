"""A dashboard of a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Shown
from cdk_containers.core.inputs import argument_problems, in_seconds
from cdk_containers.metrics import INSIGHTS, cluster_metric

from ..clusters import Cluster
from .cluster_events import ClusterEvents

_WIDTH = 24
_HEIGHT = 6
_QUERY = (
    "fields @timestamp, `detail-type` as what, coalesce(detail.eventName, detail.stopCode) as event, "
    "coalesce(detail.group, resources.0) as whose, coalesce(detail.reason, detail.stoppedReason) as reason"
)


class ClusterDashboard(CheckedConstruct):
    """A CloudWatch dashboard of a cluster: tasks and deployments by service, CPU, memory, instances and events.

    It shows new services automatically, including those of other apps.

    Attributes:
        dashboard: The CDK dashboard.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    """

    def __init__(self, scope: Construct, id: str, *, cluster: Cluster, events: ClusterEvents | None = None) -> None:  # noqa: A002
        """Create a dashboard.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: The cluster. The dashboard shows instances if the cluster has them at this point, or if it is
                imported.
            events: Its events; the dashboard shows the latest. Default: none.

        Raises:
            ConstructError: A value has the wrong type.
        """
        found = argument_problems(ClusterDashboard.__init__, locals())
        if not found and events is not None and events.cluster is not cluster:
            found.add(
                "events",
                "these are the events of another cluster",
                given=Shown(events.cluster.node.path),
                allowed=f"the ClusterEvents of {cluster.node.path}",
                practice="cluster-dashboard",
            )
        found.raise_for(scope, id)
        super().__init__(scope, id)

        l2, minute = cluster.cluster, in_seconds(60)
        rows = [_tasks(l2, minute), _resources(l2)]
        if cluster.instance_security_groups or cluster.is_imported:
            rows.append(_instances(l2, minute))
        if events is not None:
            rows.append(
                [
                    cloudwatch.LogQueryWidget(
                        title="Deployments, stopped tasks and trouble of services",
                        log_group_names=[events.log_group.log_group_name],
                        query_lines=[_QUERY, "sort @timestamp desc", "limit 50"],
                        width=_WIDTH,
                        height=2 * _HEIGHT,
                    )
                ]
            )
        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", widgets=rows)


def _tasks(cluster: ecs.ICluster, minute: Duration) -> list[cloudwatch.IWidget]:
    return _row(
        [
            (title, [_by_service(cluster, name, minute)])
            for title, name in (
                ("Running tasks by service", "RunningTaskCount"),
                ("Pending tasks by service", "PendingTaskCount"),
                ("Deployments by service", "DeploymentCount"),
            )
        ]
    )


def _resources(cluster: ecs.ICluster) -> list[cloudwatch.IWidget]:
    return _row(
        [
            (
                f"{title}, reserved and used",
                [
                    cluster_metric(cluster, f"{name}Reserved", label="reserved").to_cdk(),
                    cluster_metric(cluster, f"{name}Utilized", label="used").to_cdk(),
                ],
            )
            for title, name in (("CPU units", "Cpu"), ("MiB of memory", "Memory"))
        ]
    )


def _instances(cluster: ecs.ICluster, minute: Duration) -> list[cloudwatch.IWidget]:
    def of_instances(name: str, label: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ECS",
            metric_name=name,
            statistic="Average",
            label=label,
            period=minute,
            dimensions_map={"ClusterName": cluster.cluster_name},
        )

    return _row(
        [
            ("Instances", [cluster_metric(cluster, "ContainerInstanceCount", label="instances").to_cdk()]),
            (
                "CPU of instances, percent",
                [of_instances("CPUReservation", "reserved"), of_instances("CPUUtilization", "used")],
            ),
            (
                "Memory of instances, percent",
                [of_instances("MemoryReservation", "reserved"), of_instances("MemoryUtilization", "used")],
            ),
        ]
    )


def _by_service(cluster: ecs.ICluster, name: str, minute: Duration) -> cloudwatch.IMetric:
    """Return a metric of each service in the cluster, because Container Insights has no total for the cluster."""
    schema = f"{{{INSIGHTS},ClusterName,ServiceName}}"
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{schema} MetricName=\"{name}\" ClusterName=\"{cluster.cluster_name}\"', 'Average', 60)",
        using_metrics={},
        label="",
        period=minute,
    )


def _row(graphs: Sequence[tuple[str, Sequence[cloudwatch.IMetric]]]) -> list[cloudwatch.IWidget]:
    width = _WIDTH // len(graphs)
    return [cloudwatch.GraphWidget(title=title, left=metrics, width=width, height=_HEIGHT) for title, metrics in graphs]
