"""Metrics that a cluster has with Container Insights only."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs

NAMESPACE = "ECS/ContainerInsights"


def service_metric(
    service: ecs.BaseService, name: str, period: Duration, *, statistic: str = "Average", label: str | None = None
) -> cloudwatch.Metric:
    """Return a metric of one service.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    """
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        statistic=statistic,
        label=label,
        period=period,
        dimensions_map=_dimensions(service),
    )


_known: WeakKeyDictionary[ecs.BaseService, dict[str, str]] = WeakKeyDictionary()


def _dimensions(service: ecs.BaseService) -> dict[str, str]:
    """Return how CloudWatch names a service, asked of CDK once."""
    if service not in _known:
        _known[service] = {"ClusterName": service.cluster.cluster_name, "ServiceName": service.service_name}
    return _known[service]


def cluster_metric(cluster: ecs.ICluster, name: str, period: Duration, *, label: str) -> cloudwatch.Metric:
    """Return a metric of a whole cluster."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        statistic="Average",
        label=label,
        period=period,
        dimensions_map={"ClusterName": cluster.cluster_name},
    )
