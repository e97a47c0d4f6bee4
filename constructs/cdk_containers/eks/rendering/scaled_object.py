"""Scaling of pods with KEDA, on queues, CloudWatch metrics and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

from ..manifests import Manifest

_POLLING_SECONDS = 30
_NEVER_REACHED = "1000000"
"""A target that no queue reaches: messages in progress keep one pod, but add no second."""


@frozen
class Trigger:
    """A KEDA trigger; the trigger with the highest number of pods counts.

    Attributes:
        name: Unique name.
        type: The KEDA scaler.
        metadata: Its settings, all as text.
        metric_type: Whether pods share the value (`AverageValue`), each has its own (`Value`), or it is a percentage.
        asks_aws: Whether KEDA reads the value from AWS, and needs permission to.
    """

    name: str
    type: str
    metadata: Mapping[str, str]
    metric_type: Literal["AverageValue", "Value", "Utilization"] | None = None
    asks_aws: bool = False


def usage_trigger(resource: str, percent: int, *, container: str) -> Trigger:
    """Return the trigger for a utilization of `cpu` or `memory`, in percent of the container's requests."""
    return Trigger(
        name=resource,
        type=resource,
        metric_type="Utilization",
        metadata={"value": str(percent), "containerName": container},
    )


def queue_triggers(queue_url: str, region: str, messages_per_pod: int, *, to_zero: bool) -> list[Trigger]:
    """Return the triggers for a number of waiting messages per pod.

    By default KEDA also counts messages in progress, and then runs twice the pods. If the workload may scale to zero,
    messages in progress keep one pod, which would otherwise be stopped during its work.

    See https://keda.sh/docs/latest/scalers/aws-sqs/
    """
    place = {"queueURL": queue_url, "awsRegion": region}
    waiting = {"queueLength": str(messages_per_pod), "scaleOnInFlight": "false"}
    found = [Trigger(name="messages", type="aws-sqs-queue", asks_aws=True, metadata={**place, **waiting})]
    if to_zero:
        in_work = {"queueLength": _NEVER_REACHED, "scaleOnInFlight": "true"}
        found.append(Trigger(name="messages-in-work", type="aws-sqs-queue", asks_aws=True, metadata=place | in_work))
    return found


def metric_trigger(
    name: str,
    *,
    region: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    statistic: str,
    target: str,
) -> Trigger:
    """Return the trigger for a target of a CloudWatch metric that falls when pods are added.

    See https://keda.sh/docs/latest/scalers/aws-cloudwatch/
    """
    return Trigger(
        name=name,
        type="aws-cloudwatch",
        metric_type="Value",
        asks_aws=True,
        metadata={
            "awsRegion": region,
            "namespace": namespace,
            "metricName": metric,
            "dimensionName": ";".join(dimensions),
            "dimensionValue": ";".join(dimensions.values()),
            "metricStat": statistic,
            "metricStatPeriod": "60",
            "metricCollectionTime": "300",
            "targetMetricValue": target,
            "minMetricValue": "0",
        },
    )


def clock_trigger(name: str, *, start: str, end: str, time_zone: str, pods: int) -> Trigger:
    """Return the trigger for a minimum number of pods between two times.

    See https://keda.sh/docs/latest/scalers/cron/
    """
    metadata = {"timezone": time_zone, "start": start, "end": end, "desiredReplicas": str(pods)}
    return Trigger(name=name, type="cron", metadata=metadata)


def scaled_object(
    *,
    name: str,
    namespace: str,
    min_pods: int,
    max_pods: int,
    triggers: Sequence[Trigger],
    behavior: Mapping[str, Any],
    scale_in_seconds: int,
) -> list[Manifest]:
    """Return the ScaledObject of a deployment with the same name, and KEDA's AWS authentication if it needs one.

    See https://keda.sh/docs/latest/reference/scaledobject-spec/
    """
    metadata = {"name": name, "namespace": namespace}
    made: list[Manifest] = []
    if any(trigger.asks_aws for trigger in triggers):
        made.append(
            {
                "apiVersion": "keda.sh/v1alpha1",
                "kind": "TriggerAuthentication",
                "metadata": dict(metadata),
                "spec": {"podIdentity": {"provider": "aws"}},
            }
        )
    made.append(
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": metadata,
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                "pollingInterval": _POLLING_SECONDS,
                "cooldownPeriod": scale_in_seconds,
                "minReplicaCount": min_pods,
                "maxReplicaCount": max_pods,
                "advanced": {"horizontalPodAutoscalerConfig": {"behavior": dict(behavior)}},
                "triggers": [_rendered(trigger, authentication=name) for trigger in triggers],
            },
        }
    )
    return made


def _rendered(trigger: Trigger, *, authentication: str) -> dict[str, Any]:
    rendered: dict[str, Any] = {"type": trigger.type, "name": trigger.name}
    if trigger.metric_type is not None:
        rendered["metricType"] = trigger.metric_type
    rendered["metadata"] = dict(trigger.metadata)
    if trigger.asks_aws:
        rendered["authenticationRef"] = {"name": authentication}
    return rendered
