"""Planned duration of a deployment, from the deployment configuration of the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_containers.core.errors import ConstructError
from cdk_containers.core.frozen import frozen
from cdk_containers.model.rollouts import RollingSteps, RolloutSteps, ShiftSteps, TrafficShift, plan_rollout

_FAILURES: Mapping[str, Any] = {"type": "BOUNDED_PERCENT", "value": 50}


@frozen
class Plan:
    """Planned times, in seconds from the start.

    Attributes:
        total: End of the deployment.
        shifts: Times and shares of traffic of the new version; empty if tasks are replaced one after the other.
        bake: Time when all traffic is on the new version and the last bake time begins.
    """

    total: int
    shifts: tuple[tuple[int, float], ...] = ()
    bake: int = 0


def planned(configuration: Mapping[str, Any], tasks: int) -> Plan | None:
    """Return the plan of a deployment without failures; None if there is none, for example without tasks.

    The times of tasks are assumptions, see `RolloutTimings`, because the application is not known.
    """
    if tasks < 1:
        return None
    steps = rollout_steps(configuration)
    try:
        rollout = plan_rollout(steps, tasks=tasks)
    except ConstructError:
        return None
    if isinstance(steps, RollingSteps):
        return Plan(total=rollout.succeeded_after_seconds)
    shares: dict[float, int] = {}
    for moment in rollout.moments:
        if moment.percent_new > 0:
            shares.setdefault(moment.percent_new, moment.seconds)
    return Plan(
        total=rollout.succeeded_after_seconds,
        shifts=tuple((seconds, share) for share, seconds in shares.items()),
        bake=rollout.all_traffic_after_seconds,
    )


def rollout_steps(configuration: Mapping[str, Any]) -> RolloutSteps:
    """Return the steps of a deployment from its ECS configuration."""
    bake = 60 * (configuration.get("bakeTimeInMinutes") or 0)
    match configuration.get("strategy"):
        case "BLUE_GREEN":
            return ShiftSteps(shifts=(TrafficShift(percent=100, bake_seconds=bake),))
        case "CANARY":
            canary = configuration.get("canaryConfiguration", {})
            first = TrafficShift(
                percent=canary.get("canaryPercent", 5), bake_seconds=60 * canary.get("canaryBakeTimeInMinutes", 10)
            )
            return ShiftSteps(shifts=(first, TrafficShift(percent=100, bake_seconds=bake)))
        case "LINEAR":
            return ShiftSteps(shifts=tuple(_linear(configuration.get("linearConfiguration", {}), bake)))
    breaker = configuration.get("deploymentCircuitBreaker", {}).get("thresholdConfiguration") or _FAILURES
    early = configuration.get("earlySuccessCriteria", {})
    early = early if early.get("enable") else {}
    return RollingSteps(
        min_healthy_percent=configuration.get("minimumHealthyPercent", 100),
        max_healthy_percent=configuration.get("maximumPercent", 200),
        failures=breaker.get("value", 50),
        failures_in=breaker.get("type", "BOUNDED_PERCENT"),
        success_percent=early.get("healthyPercent", 100),
        waits_for_old_tasks=early.get("sourceServiceRevisionCleanup", "BLOCKING") == "BLOCKING",
    )


def _linear(told: Mapping[str, Any], bake: int) -> Iterator[TrafficShift]:
    step, each = told.get("stepPercent", 10), 60 * told.get("stepBakeTimeInMinutes", 6)
    share = step
    while share < 100:
        yield TrafficShift(percent=share, bake_seconds=each)
        share += step
    yield TrafficShift(percent=100, bake_seconds=bake)
