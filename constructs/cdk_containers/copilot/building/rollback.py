"""Deployment settings, and the alarms that roll a deployment back."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs

from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Rolling
from cdk_containers.metrics import KnownMetric, queue_metric, usage_metric

from ..manifests.models.scaling import Deployment, WorkerAlarms, WorkerDeployment
from .making import REASON, Making
from .messaging import Queues


@frozen(kw_only=False)
class _Watched:
    id: str
    logical_id: str
    name: str
    metric: KnownMetric
    threshold: float
    unit: str


def rolling(deployment: Deployment | WorkerDeployment | None) -> Rolling:
    """Return the deployment strategy."""
    recreates = deployment is not None and deployment.rolling == "recreate"
    return Rolling(
        min_healthy_percent=0 if recreates else 100,
        max_healthy_percent=100 if recreates else 200,
        alarm_rollback=Disabled(REASON),
    )


def roll_back(
    making: Making,
    service: ecs.BaseService,
    deployment: Deployment | WorkerDeployment | None,
    queues: Queues | None,
) -> None:
    """Let ECS roll back when an alarm fires: your own alarm, or an alarm created here."""
    given = deployment.rollback_alarms if deployment is not None else None
    if not given:
        return
    names = list(given) if isinstance(given, list) else []
    if not isinstance(given, list):
        for watched in _watched(making, service, given, queues):
            alarm = cloudwatch.CfnAlarm(
                making.scope,
                watched.id,
                # The service refers to the alarm by name, because the alarm needs the service's metric.
                alarm_name=watched.name,
                alarm_description=f"Rolls back deployments of {making.full_name}",
                namespace=watched.metric.namespace,
                metric_name=watched.metric.name,
                dimensions=[
                    cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                    for name, value in watched.metric.dimensions.items()
                ],
                statistic="Average",
                period=60,
                evaluation_periods=3,
                datapoints_to_alarm=2,
                comparison_operator="GreaterThanOrEqualToThreshold",
                threshold=watched.threshold,
                unit=watched.unit,
            )
            making.name_it(watched.logical_id, alarm)
            names.append(watched.name)
    resource: cdk.CfnResource = resource_of(service)
    resource.add_property_override(
        "DeploymentConfiguration.Alarms", {"AlarmNames": names, "Enable": True, "Rollback": True}
    )


def _watched(making: Making, service: ecs.BaseService, given: object, queues: Queues | None) -> list[_Watched]:
    found = []
    for option, what, short, logical_id in (
        ("cpu_utilization", "CPUUtilization", "CPU", "CPURollbackAlarm"),
        ("memory_utilization", "MemoryUtilization", "Mem", "MemoryRollbackAlarm"),
    ):
        threshold = getattr(given, option)
        if threshold is not None:
            name = f"{making.full_name}-CopilotRollback{short}Alarm"
            metric = usage_metric(service, what)
            found.append(_Watched(f"{what}Alarm", logical_id, name, metric, threshold, "Percent"))
    if isinstance(given, WorkerAlarms) and given.messages_delayed is not None and queues is not None:
        found.append(
            _Watched(
                "MessagesDelayedAlarm",
                "MessagesDelayedRollbackAlarm",
                f"{making.full_name}-CopilotRollbackMsgsDelayedAlarm",
                queue_metric(queues.main.queue, "ApproximateNumberOfMessagesDelayed"),
                given.messages_delayed,
                "Count",
            )
        )
    return found
