"""How the number of pods follows queues, metrics of CloudWatch and the clock: by KEDA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

from ..manifests import Manifest

_POLLING_SECONDS = 30
_NEVER_REACHED = "1000000"
"""So long is no queue: messages in work keep one pod, and ask for no second."""


@frozen
class Trigger:
    """One thing that the number of pods follows; the one that asks for most of them counts.

    Attributes:
        name: What tells it from the others.
        type: The scaler of KEDA.
        metadata: Its settings, all of them text.
        metric_type: Whether pods share the value (`AverageValue`), each has its own (`Value`), or it is a percentage.
        asks_aws: Whether KEDA asks AWS for the value, and needs the right to.
    """

    name: str
    type: str
    metadata: Mapping[str, str]
    metric_type: Literal["AverageValue", "Value", "Utilization"] | None = None
    asks_aws: bool = False


def usage_trigger(resource: str, percent: int, *, container: str) -> Trigger:
    """Return the trigger that keeps the use of `cpu` or `memory`, in percent of what a container requests."""
    return Trigger(
        name=resource,
        type=resource,
        metric_type="Utilization",
        metadata={"value": str(percent), "containerName": container},
    )


def queue_triggers(queue_url: str, region: str, messages_per_pod: int, *, to_zero: bool) -> list[Trigger]:
    """Return the triggers that keep a number of waiting messages for each pod.

    KEDA counts messages in work too unless told otherwise, and then keeps twice the pods. Where no pod may be left,
    messages in work keep one, which else would be taken from its work.

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
    """Return the trigger that keeps a metric of CloudWatch at a target, as one that falls when pods are added.

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
    """Return the trigger that keeps a number of pods, or more, from one time to another.

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
    """Return what scales a deployment of the same name, and what KEDA asks AWS as, if it does.

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
