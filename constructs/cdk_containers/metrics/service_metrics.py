"""Metrics of ECS: of each service, and of clusters with Container Insights."""

from __future__ import annotations

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
    return {"ClusterName": name_of(cluster_of(service)), "ServiceName": service.service_name}


@asked_once
def cluster_of(service: ecs.BaseService) -> ecs.ICluster:
    """Return the cluster of a service."""
    return service.cluster
