"""The alarms of pods: those of their load balancers, as on ECS, and of the pods themselves with Container Insights."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from cdk_containers.load_balancing import Route
from cdk_containers.metrics import KnownMetric, OwnAlarm
from cdk_containers.observability import Alarms, make_server_error_alarms, route_alarms, usage_alarm

from ..clusters import EksCluster
from ..rendering import Loss

_NAMESPACE = "ContainerInsights"


def make_pod_alarms(
    scope: Construct, cluster: EksCluster, *, namespace: str, name: str, routes: Sequence[Route], alarms: Alarms
) -> dict[str, OwnAlarm]:
    """Create the alarms of a long-running workload, by name.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html
    """
    made: dict[str, OwnAlarm] = {}
    if cluster.facts.container_insights:
        place = {"ClusterName": cluster.cluster_name, "Namespace": namespace, "PodName": name}
        for what, percent in (("CPU", alarms.cpu_percent), ("Memory", alarms.memory_percent)):
            metric = KnownMetric(
                namespace=_NAMESPACE,
                name=f"pod_{what.lower()}_utilization_over_pod_limit",
                dimensions=place,
                period=300,
            )
            made[what.capitalize()] = usage_alarm(scope, what, metric, percent, alarms.topic)
    made |= route_alarms(scope, routes, alarms)
    for index, route in enumerate(routes):
        made |= make_server_error_alarms(scope, "" if index == 0 else str(index + 1), route, alarms)
    return made


def pod_alarm_losses(cluster: EksCluster, alarms: object) -> list[Loss]:
    """Report alarms on pods that nothing measures."""
    if not isinstance(alarms, Alarms) or cluster.facts.container_insights:
        return []
    return [
        Loss(
            option="alarms",
            kind="approximated",
            what="nothing in the cluster measures pods for CloudWatch, so there are no alarms on CPU and memory",
            instead="the add-on amazon-cloudwatch-observability, created before the workload",
            practice="service-alarms",
        )
    ]
