"""Number of tasks of a service: fixed, or a range with target metrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ecs as ecs

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.ecs.clusters import Capacity, FargateCapacity, LaunchType
from cdk_containers.load_balancing import AlbRoute
from cdk_containers.metrics import KnownExpression, KnownMetric, queue_metric, usage_metric
from cdk_containers.scaling.target_metric import add_tracking, known_queries

from ..manifests.models.scaling import Cooldown, Count, QueueDelay, ScalingNumber, ScalingTime
from .making import Making

_IN, _OUT = timedelta(seconds=120), timedelta(seconds=60)


def capacity_of(count: int | Count | None) -> list[Capacity]:
    """Return the capacity on which tasks run."""
    if isinstance(count, Count):
        if count.spot is not None:
            return [FargateCapacity.spot()]
        bounds = count.bounds
        if bounds is not None and bounds.spot_from is not None:
            on_demand = max(bounds.spot_from - 1, 0)
            spot: list[Capacity] = [FargateCapacity.spot()]
            return [*spot, FargateCapacity(base=on_demand, weight=0)] if on_demand else spot
    return [LaunchType.FARGATE]


def write_capacity(service: ecs.BaseService, capacity: Sequence[Capacity]) -> None:
    """Write the whole strategy, because CDK leaves out an item with a base and no weight."""
    if not any(isinstance(share, LaunchType) for share in capacity):
        resource_of(service).add_property_override(
            "CapacityProviderStrategy",
            [{"CapacityProvider": share.provider, "Base": share.base, "Weight": share.weight} for share in capacity],
        )


def least_tasks(count: int | Count | None) -> int:
    """Return the minimum number of tasks."""
    if not isinstance(count, Count):
        return 1 if count is None else count
    if count.spot is not None:
        return count.spot
    return (count.bounds.min or 0) if count.bounds is not None else 1


def scale(
    making: Making,
    service: ecs.BaseService,
    count: int | Count | None,
    *,
    route: AlbRoute | None,
    queues: dict[str, sqs.Queue],
) -> None:
    """Let the number of tasks follow the metrics of the manifest, if it has a range."""
    bounds = count.bounds if isinstance(count, Count) else None
    if not isinstance(count, Count) or bounds is None:
        return
    target = service.auto_scale_task_count(min_capacity=bounds.min or 0, max_capacity=bounds.max or 0)
    for child in target.node.find_all():
        if isinstance(child, cdk.CfnResource) and child.cfn_resource_type.endswith("ScalableTarget"):
            making.name_it("AutoScalingTarget", child)
    # Scaling sets the count, not the template.
    resource_of(service).add_property_deletion_override("DesiredCount")
    common = count.cooldown
    if count.cpu_percentage is not None:
        value, own = _number(count.cpu_percentage)
        target.scale_on_cpu_utilization("Cpu", target_utilization_percent=value, **_cooldowns(common, own))
        _name_policy(making, target, "Cpu", "ECSServiceAverageCPUUtilization")
    if count.memory_percentage is not None:
        value, own = _number(count.memory_percentage)
        target.scale_on_memory_utilization("Memory", target_utilization_percent=value, **_cooldowns(common, own))
        _name_policy(making, target, "Memory", "ECSServiceAverageMemoryUtilization")
    if count.requests is not None and route is not None:
        value, own = _number(count.requests)
        target.scale_on_request_count(
            "Requests", requests_per_target=value, target_group=route.target_group, **_cooldowns(common, own)
        )
        _name_policy(making, target, "Requests", "ALBSumRequestCountPerTarget")
    if count.response_time is not None and route is not None:
        given = count.response_time
        time = given.value if isinstance(given, ScalingTime) else given
        own = given.cooldown if isinstance(given, ScalingTime) else None
        target.scale_to_track_custom_metric(
            "ResponseTime",
            metric=route.target_group.metrics.target_response_time(),
            target_value=(time or timedelta()).total_seconds(),
            **_cooldowns(common, own),
        )
        _name_policy(making, target, "ResponseTime", "ALBAverageResponseTime")
    if count.queue_delay is not None:
        _follow_queues(service, target, count.queue_delay, queues, common)


def _name_policy(making: Making, target: ecs.ScalableTaskCount, id: str, metric: str) -> None:  # noqa: A002
    """Keep the policy that Copilot created: a service allows one for each metric, so a second one would fail."""
    for child in target.node.find_all():
        if isinstance(child, autoscaling.CfnScalingPolicy) and id in child.node.path.rpartition("/Target")[2]:
            making.name_it(f"AutoScalingPolicy{metric}", child)
            if making.setting.compatibility.logical_ids:
                child.policy_name = f"{making.name}-{metric}-ScalingPolicy"


def _follow_queues(
    service: ecs.BaseService,
    target: ecs.ScalableTaskCount,
    delay: QueueDelay,
    queues: dict[str, sqs.Queue],
    common: Cooldown | None,
) -> None:
    """Scale so that each task has as many messages as it can process within the allowed waiting time."""
    latency = (delay.acceptable_latency or timedelta()).total_seconds()
    one = (delay.msg_processing_time or timedelta(seconds=1)).total_seconds()
    for name, queue in queues.items():
        add_tracking(
            target,
            f"Backlog{name}",
            known_queries(_backlog(service, queue)),
            latency / one,
            **_cooldowns(common, delay.cooldown),
        )


def _backlog(service: ecs.BaseService, queue: sqs.Queue) -> KnownExpression:
    """Return the waiting messages per task.

    ECS measures the CPU of each task once a minute, so the number of measurements is the number of tasks. Unlike
    Container Insights, this costs nothing. Without tasks, one is counted, so that the first message starts a task.
    """
    used = usage_metric(service, "CPUUtilization", period=60)
    running = KnownMetric(
        namespace=used.namespace,
        name=used.name,
        statistic="SampleCount",
        period=60,
        dimensions=used.dimensions,
    )
    return KnownExpression(
        expression="waiting / IF(FILL(running, 0) > 0, running, 1)",
        metrics={
            "waiting": queue_metric(queue, "ApproximateNumberOfMessagesVisible", statistic="Average"),
            "running": running,
        },
        label="Messages per task",
    )


def _number(given: int | ScalingNumber) -> tuple[int, Cooldown | None]:
    return (given.value or 0, given.cooldown) if isinstance(given, ScalingNumber) else (given, None)


def _cooldowns(common: Cooldown | None, own: Cooldown | None) -> dict[str, Any]:
    """Return the cooldowns of a policy: its own, those of the manifest, or Copilot's defaults."""

    def of(option: str, default: timedelta) -> cdk.Duration:
        given = [getattr(one, option) for one in (own, common) if one is not None]
        time = next((one for one in given if one is not None), default)
        return cdk.Duration.seconds(int(time.total_seconds()))

    return {"scale_in_cooldown": of("scale_in", _IN), "scale_out_cooldown": of("scale_out", _OUT)}
