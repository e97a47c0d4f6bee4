"""ECS metrics of services, and of clusters with Container Insights."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.asked_once import asked_once

from .known_metric import KnownMetric

INSIGHTS = "ECS/ContainerInsights"


def usage_metric(service: ecs.BaseService, name: str, *, period: int = 60) -> KnownMetric:
    """Return `CPUUtilization` or `MemoryUtilization` of a service, in percent.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
    """
    return KnownMetric(namespace="AWS/ECS", name=name, dimensions=_service(service), period=period)


def insights_metric(service: ecs.BaseService, name: str, *, period: int = 60, label: str | None = None) -> KnownMetric:
    """Return a metric of a service in a cluster with Container Insights.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    """
    return KnownMetric(namespace=INSIGHTS, name=name, dimensions=_service(service), period=period, label=label)


def cluster_metric(cluster: ecs.ICluster, name: str, *, label: str) -> KnownMetric:
    """Return a metric of a whole cluster with Container Insights."""
    return KnownMetric(namespace=INSIGHTS, name=name, dimensions={"ClusterName": name_of(cluster)}, label=label)


@asked_once
def name_of(cluster: ecs.ICluster) -> str:
    """Return the name of a cluster."""
    return cluster.cluster_name


@asked_once
def _service(service: ecs.BaseService) -> dict[str, str]:
    name = _cluster_names.get(service)
    return {
        "ClusterName": service.cluster.cluster_name if name is None else name,
        "ServiceName": service.service_name,
    }


def remember_cluster(service: ecs.BaseService, cluster_name: str) -> None:
    """Cache the name of a service's cluster, to avoid a call to CDK."""
    _cluster_names[service] = cluster_name


_cluster_names: WeakKeyDictionary[ecs.BaseService, str] = WeakKeyDictionary()
