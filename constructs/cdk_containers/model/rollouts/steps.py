"""In which steps a new version takes over: what a deployment says of itself, as plain numbers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cdk_containers.core.frozen import frozen


@frozen
class RollingSteps:
    """New tasks come up and old ones go, within two bounds.

    Attributes:
        min_healthy_percent: Share of the wanted tasks that keep running.
        max_healthy_percent: Share of the wanted tasks that may run at once.
        failures: How many tasks may fail before the circuit breaker gives the deployment up.
        failures_in: What that counts: a share of the wanted tasks, within the bounds of ECS or not, or tasks.
        success_percent: Share of the wanted tasks that have to be healthy before the deployment has succeeded.
        waits_for_old_tasks: Whether the old tasks have to be gone as well.
    """

    min_healthy_percent: int
    max_healthy_percent: int
    failures: int = 50
    failures_in: Literal["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"] = "BOUNDED_PERCENT"
    success_percent: int = 100
    waits_for_old_tasks: bool = True


@frozen
class TrafficShift:
    """A share of the traffic goes to the new version, and stays there for a while.

    Attributes:
        percent: Share of the production traffic that the new version has from here on, 0–100.
        bake_seconds: How long it stays so, at the least.
    """

    percent: float
    bake_seconds: int


@frozen
class ShiftSteps:
    """The whole new version comes up beside the old one, takes the traffic over, and the old one goes at the end.

    Attributes:
        shifts: The steps in their order; the last has all the traffic, and bakes before the old version goes.
    """

    shifts: tuple[TrafficShift, ...]


RolloutSteps: TypeAlias = RollingSteps | ShiftSteps
"""What `plan_rollout` reads; every deployment has it as `rollout_steps`."""
