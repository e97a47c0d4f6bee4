"""The steps of a deployment, as plain numbers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cdk_containers.core.frozen import frozen


@frozen
class RollingSteps:
    """New tasks start and old ones stop, within two bounds.

    Attributes:
        min_healthy_percent: Percentage of the desired tasks that keep running.
        max_healthy_percent: Percentage of the desired tasks that may run at once.
        failures: How many tasks may fail before the circuit breaker stops the deployment.
        failures_in: Unit of `failures`: a share of the desired tasks, with or without the ECS bounds, or tasks.
        success_percent: Percentage of the desired tasks that must be healthy before the deployment succeeds.
        waits_for_old_tasks: Whether the old tasks must have stopped as well.
    """

    min_healthy_percent: int
    max_healthy_percent: int
    failures: int = 50
    failures_in: Literal["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"] = "BOUNDED_PERCENT"
    success_percent: int = 100
    waits_for_old_tasks: bool = True


@frozen
class TrafficShift:
    """One traffic shift: a share of the traffic goes to the new version for some time.

    Attributes:
        percent: Percentage of the production traffic that the new version then has, 0–100.
        bake_seconds: Minimum time until the next shift.
    """

    percent: float
    bake_seconds: int


@frozen
class ShiftSteps:
    """The new version starts next to the old one and takes over the traffic, and the old version stops at the end.

    Attributes:
        shifts: The steps in order. The last has all traffic, and bakes before the old version stops.
    """

    shifts: tuple[TrafficShift, ...]


RolloutSteps: TypeAlias = RollingSteps | ShiftSteps
"""What `plan_rollout` reads; every deployment has it as `rollout_steps`."""
