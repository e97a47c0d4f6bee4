"""Scaling of pods with what the cluster has: a Kubernetes autoscaler, or KEDA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.whereabouts import region_of, stack_of
from cdk_containers.load_balancing import AlbRoute, Exposure, Route, exposed_scaling_problems
from cdk_containers.scaling import ScheduledScaling, ServiceScaling, TargetMetric

from ..manifests import Manifest
from ..rendering import (
    LONGEST_SCALE_IN_SECONDS,
    LONGEST_SCALE_OUT_SECONDS,
    ClusterFacts,
    Loss,
    Trigger,
    clock_trigger,
    five_fields,
    horizontal_pod_autoscaler,
    metric_trigger,
    queue_triggers,
    scaled_object,
    scaling_behavior,
    usage_trigger,
)
from ..rendering.losses import Losses

_OUT_SECONDS, _IN_SECONDS = 60, 300
_PRACTICE = "scaling-bounds"


def scaling_problems(
    scaling: ServiceScaling, *, exposures: Sequence[Exposure], reads_queue: bool, facts: ClusterFacts
) -> list[Problem]:
    """Find scaling options without a counterpart, or that need something that the cluster lacks."""
    if wrong := scaling.problems():
        return wrong
    found = Problems()
    found.extend(exposed_scaling_problems(scaling, exposures, reads_queue=reads_queue))
    if scaling.messages_per_task is not None and not reads_queue:
        found.add(
            "messages_per_task",
            "the service reads no queue",
            given=scaling.messages_per_task,
            allowed="a KubernetesWorker; or metrics=[TargetMetric(…)] for your own queue",
            practice="backlog-per-task",
        )
    for option, value, instead in (
        ("steps", scaling.steps, "a target: cpu_percent, requests_per_target, or metrics=[TargetMetric(…)]"),
        ("predictive", scaling.predictive, "schedules, which raise the number ahead of a known load"),
    ):
        if value:
            found.add(
                option,
                "Kubernetes autoscalers support only targets, not steps"
                if option == "steps"
                else "Kubernetes has no predictive scaling",
                given=Shown(type(value).__name__ if option == "predictive" else f"{len(scaling.steps)} given"),
                allowed=instead,
                practice=_PRACTICE,
            )
    if is_token([scaling.min_tasks, scaling.max_tasks]):
        found.add(
            "max_tasks",
            "a Kubernetes object needs the actual numbers",
            allowed="numbers known at synthesis",
            practice=_PRACTICE,
        )
    for option, cooldown, longest in (
        ("scale_out_cooldown", scaling.scale_out_cooldown, LONGEST_SCALE_OUT_SECONDS),
        ("scale_in_cooldown", scaling.scale_in_cooldown, LONGEST_SCALE_IN_SECONDS),
    ):
        if cooldown is not None and (is_token(length := seconds(cooldown)) or length > longest):
            found.add(
                option,
                "longer than a Kubernetes autoscaler supports",
                given=Shown("a token" if is_token(length) else f"{length} s"),
                allowed=f"up to {longest} s, known at synthesis",
                practice=_PRACTICE,
            )
    found.extend(_controller_problems(scaling, facts))
    for index, target in enumerate(scaling.metrics):
        found.extend(_metric_problems(target), under=f"metrics[{index}]")
    found.extend(_schedule_problems(scaling))
    return list(found)


def _controller_problems(scaling: ServiceScaling, facts: ClusterFacts) -> list[Problem]:
    found = Problems()
    for option, value in _of_keda(scaling):
        if value and not facts.keda:
            found.add(
                option,
                "Kubernetes autoscalers support only CPU and memory; this requires KEDA, which is not installed",
                given=value if isinstance(value, int) else Shown(f"{len(value)} given"),
                allowed="cluster.now_has(keda=True) if you install KEDA; or desired_count, or cpu_percent",
                practice=_PRACTICE,
            )
    for option, value in (("cpu_percent", scaling.cpu_target), ("memory_percent", scaling.memory_percent)):
        if value is not None and not facts.metrics_server:
            found.add(
                option,
                "nothing in the cluster measures CPU and memory",
                given=value,
                allowed="the add-on metrics-server, created before the workload; or desired_count",
                practice=_PRACTICE,
            )
    return list(found)


def _of_keda(scaling: ServiceScaling) -> list[tuple[str, Any]]:
    return [
        ("requests_per_target", scaling.requests_per_target),
        ("messages_per_task", scaling.messages_per_task),
        ("metrics", scaling.metrics),
        ("schedules", scaling.schedules),
    ]


def _metric_problems(target: TargetMetric) -> list[Problem]:
    found = Problems()
    metric = target.metric
    if not isinstance(metric, cloudwatch.Metric):
        found.add(
            "metric",
            "KEDA reads a single CloudWatch metric and does not support expressions",
            given=Shown(type(metric).__name__),
            allowed="a cloudwatch.Metric, such as a metric that the application writes",
            practice="scaling-metric",
        )
    elif sum(is_token(value) for value in (metric.dimensions or {}).values()) and len(metric.dimensions or {}) > 1:
        found.add(
            "metric",
            "KEDA reads all dimensions from one text, in which values cannot be filled in at deployment",
            given=Shown(metric.metric_name),
            allowed="dimensions known at synthesis, or one dimension",
            practice="scaling-metric",
        )
    if not target.scale_in:
        found.add(
            "scale_in",
            "a Kubernetes autoscaler removes pods for all its metrics, or for none",
            given=False,
            allowed="True",
            practice="scaling-metric",
        )
    if is_token(target.target_value):
        found.add("target_value", "KEDA reads it as text", allowed="a number known at synthesis")
    return list(found)


def _schedule_problems(scaling: ServiceScaling) -> list[Problem]:
    """Find schedules that are not a pair of raising and lowering the minimum number of pods."""
    found = Problems()
    if not scaling.schedules:
        return []
    pair = _raised(scaling.schedules)
    if pair is None:
        found.add(
            "schedules",
            "KEDA can only raise the minimum number of pods between two times",
            given=Shown(f"{len(scaling.schedules)} given"),
            allowed="two schedules in one time zone: the first raises min_tasks, the second resets it to "
            f"{scaling.min_tasks}",
            practice="schedule-expression",
        )
        return list(found)
    losses = Losses()
    for schedule in pair:
        five_fields(schedule.schedule, losses=losses)
    for loss in losses:
        if loss.kind == "refused":
            found.add("schedules", loss.what, allowed=loss.instead, practice="schedule-expression")
    high = pair[0].min_tasks
    if high is not None and not is_token(high) and high > scaling.max_tasks:
        found.add("schedules", "more than max_tasks", given=high, allowed=f"up to {scaling.max_tasks}")
    return list(found)


def _raised(schedules: Sequence[ScheduledScaling]) -> tuple[ScheduledScaling, ScheduledScaling] | None:
    """Return the schedules that raise and lower the minimum number of pods, if they do."""
    if len(schedules) != 2:
        return None
    low, high = sorted(schedules, key=lambda schedule: schedule.min_tasks or 0)
    same_zone = low.time_zone == high.time_zone
    bounds = [low.max_tasks, high.max_tasks]
    if low.min_tasks is None or high.min_tasks is None or not same_zone or any(bound is not None for bound in bounds):
        return None
    return (high, low) if low.min_tasks < high.min_tasks else None


def scaling_losses(scaling: ServiceScaling | None) -> list[Loss]:
    """Report differences of scaling."""
    losses = Losses()
    if scaling is None:
        return []
    if scaling.requests_per_target is not None or scaling.metrics:
        losses.approximate(
            "scaling.requests_per_target" if scaling.requests_per_target is not None else "scaling.metrics",
            "KEDA reads CloudWatch, whose values arrive at least a minute late",
            instead="a higher minimum, or also cpu_percent",
        )
    if scaling.schedules:
        losses.approximate(
            "scaling.schedules",
            "the schedules raise and lower only the minimum; pods added for a load stay until the load ends",
            instead="no change, if you intend this",
        )
    return list(losses)


def scaling_manifests(
    scope: Construct,
    scaling: ServiceScaling,
    *,
    name: str,
    namespace: str,
    container: str,
    routes: Sequence[Route] = (),
    queue: sqs.IQueue | None = None,
) -> list[Manifest]:
    """Return one object that scales a workload, because two autoscalers of one deployment would conflict."""
    cooldowns = {
        "scale_out_seconds": _seconds(scaling.scale_out_cooldown, _OUT_SECONDS),
        "scale_in_seconds": _seconds(scaling.scale_in_cooldown, _IN_SECONDS),
    }
    targets = {"cpu": scaling.cpu_target, "memory": scaling.memory_percent}
    usage = {resource: percent for resource, percent in targets.items() if percent is not None}
    bounds: Mapping[str, Any] = {
        "name": name,
        "namespace": namespace,
        "min_pods": scaling.min_tasks,
        "max_pods": scaling.max_tasks,
        "behavior": scaling_behavior(**cooldowns),
    }
    if not any(value for _, value in _of_keda(scaling)):
        return [horizontal_pod_autoscaler(**bounds, container=container, usage_percent=usage)]
    triggers = [usage_trigger(resource, percent, container=container) for resource, percent in usage.items()]
    region = region_of(stack_of(scope))
    if scaling.messages_per_task is not None and queue is not None:
        triggers += queue_triggers(
            queue.queue_url, queue.env.region, scaling.messages_per_task, to_zero=scaling.to_zero
        )
    group = next((route.target_group for route in routes if isinstance(route, AlbRoute)), None)
    if scaling.requests_per_target is not None and group is not None:
        triggers.append(
            metric_trigger(
                "requests",
                region=region,
                namespace="AWS/ApplicationELB",
                metric="RequestCountPerTarget",
                dimensions={"TargetGroup": group.target_group_full_name},
                statistic="Sum",
                target=str(scaling.requests_per_target),
            )
        )
    triggers += [_of_metric(index, target, region) for index, target in enumerate(scaling.metrics)]
    triggers += _of_clock(scaling.schedules)
    return scaled_object(**bounds, triggers=triggers, scale_in_seconds=cooldowns["scale_in_seconds"])


def _of_metric(index: int, target: TargetMetric, region: str) -> Trigger:
    metric = target.metric
    assert isinstance(metric, cloudwatch.Metric)  # noqa: S101  (checked before)
    return metric_trigger(
        f"metric-{index + 1}",
        region=metric.region or region,
        namespace=metric.namespace,
        metric=metric.metric_name,
        dimensions=metric.dimensions or {},
        statistic=metric.statistic,
        target=f"{target.target_value:g}",
    )


def _of_clock(schedules: Sequence[ScheduledScaling]) -> list[Trigger]:
    pair = _raised(schedules)
    if pair is None:
        return []
    losses = Losses()
    start, end = (five_fields(schedule.schedule, losses=losses) for schedule in pair)
    zone = pair[0].time_zone or "UTC"
    return [clock_trigger("clock", start=start, end=end, time_zone=zone, pods=pair[0].min_tasks or 0)]


def _seconds(given: Any, default: int) -> int:
    return default if given is None else seconds(given)
