"""What ECS does during a deployment, as its documentation describes it.

Rolling, by https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html: ECS rounds the minimum
number of healthy tasks up and the maximum number of tasks down. It starts as many tasks as the maximum allows and stops
as many as the minimum allows. Whichever is possible first makes room for the other.

Blue/green, linear and canary, by
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html: all tasks of the
new version start next to the old ones, traffic shifts in steps, and the old tasks stop after the last step.

The circuit breaker, by https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: by
default half of the desired tasks may fail, but at least 3 and at most 200. `CircuitBreaker` can change that.

Early success, by https://docs.aws.amazon.com/AmazonECS/latest/developerguide/early-success-criteria.html: a share of
the desired tasks is healthy in the new version. You choose whether the old tasks must have stopped.

The documentation does not specify everything. The model assumes that all tasks of a kind take the same time, that ECS
decides immediately, and that there is capacity for every task. A stopping task counts as running until it has stopped,
and a failed task is replaced after that. ECS stops old tasks as early as the minimum allows, even if it could start new
ones first. While both versions are behind one target group, traffic is spread evenly across healthy tasks. Shifting
traffic takes no time except with VPC Lattice, and lifecycle hooks take none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cdk_containers.core.errors import ConstructError, Problem, Shown
from cdk_containers.core.inputs import argument_problems, has_members

from .rollout import Moment, Rollout
from .steps import RollingSteps, RolloutSteps, ShiftSteps
from .timings import RolloutTimings

_LEAST_FAILURES, _MOST_FAILURES = 3, 200


class Deployment(Protocol):
    """A deployment strategy with its steps, such as `Rolling`."""

    @property
    def rollout_steps(self) -> RolloutSteps:
        """The steps."""
        ...

    def problems(self) -> list[Problem]:
        """The problems of its options."""
        ...


def plan_rollout(
    deployment: Deployment | RolloutSteps, *, tasks: int = 2, timings: RolloutTimings | None = None
) -> Rollout:
    """Show what a deployment does to the tasks of a service, how long it takes, and when a failing deployment stops.

    Args:
        deployment: A deployment such as `Rolling()`, or its steps.
        tasks: Desired count of the service. Default: 2, as for services.
        timings: How long a task takes to start and to stop. Default: `RolloutTimings()`.

    Raises:
        ConstructError: An argument has the wrong type or is out of range, or the deployment can neither start nor stop
            a task.
    """
    found = argument_problems(plan_rollout, locals())
    given: object = deployment
    if not isinstance(deployment, RollingSteps | ShiftSteps):
        if isinstance(given, type) or not has_members(given, "rollout_steps", "problems"):
            kind = (
                f"the class {given.__name__}" if isinstance(given, type) else f"a value of type {type(given).__name__}"
            )
            found.add(
                "deployment",
                "not a deployment",
                given=Shown(kind),
                allowed=("a deployment such as Rolling() or Canary()"),
            )
        else:
            found.extend(deployment.problems(), under="deployment")
    timings = RolloutTimings() if timings is None else timings
    if not found.has("timings"):
        found.extend(timings.problems(), under="timings")
    if found:
        raise ConstructError("plan_rollout", found)
    steps = deployment if isinstance(deployment, RollingSteps | ShiftSteps) else deployment.rollout_steps
    if tasks < 1:
        found.add("tasks", "out of range", given=tasks, allowed="1 or more")
    elif isinstance(steps, RollingSteps) and is_stuck(steps, tasks):
        found.add(
            "deployment",
            "it can neither start a task nor stop one",
            given=Shown(f"{tasks} tasks, {steps.min_healthy_percent}–{steps.max_healthy_percent} %"),
            allowed="bounds with at least one task between them",
            practice="full-capacity-during-deployment",
        )
    elif isinstance(steps, ShiftSteps) and (not steps.shifts or steps.shifts[-1].percent != 100):
        found.add("deployment", "the last shift leaves traffic on the old version", allowed="100 % at last")
    if found:
        raise ConstructError("plan_rollout", found)
    if isinstance(steps, RollingSteps):
        return _roll(steps, tasks, timings)
    return _shift(steps, tasks, timings)


def task_bounds(steps: RollingSteps, tasks: int) -> tuple[int, int]:
    """Return the minimum number of healthy tasks and the maximum number of running tasks."""
    return -(-tasks * steps.min_healthy_percent // 100), tasks * steps.max_healthy_percent // 100


def is_stuck(steps: RollingSteps, tasks: int) -> bool:
    """Tell whether the bounds allow neither starting nor stopping a task."""
    least, most = task_bounds(steps, tasks)
    return least >= tasks >= most


def failures_allowed(tasks: int, steps: RolloutSteps | None = None) -> int:
    """Return how many tasks may fail before the circuit breaker stops a deployment."""
    share, kind = (steps.failures, steps.failures_in) if isinstance(steps, RollingSteps) else (50, "BOUNDED_PERCENT")
    if kind == "COUNT":
        return share
    failures = -(-tasks * share // 100)
    return max(failures, 1) if kind == "UNBOUNDED_PERCENT" else min(max(failures, _LEAST_FAILURES), _MOST_FAILURES)


def _roll(steps: RollingSteps, tasks: int, timings: RolloutTimings) -> Rollout:
    least, most = task_bounds(steps, tasks)
    room, spare = most - tasks, tasks - least
    up, down = timings.healthy_after_seconds, timings.gone_after_seconds
    started, stopped = [0] * tasks, [0] * tasks
    for number in range(tasks):
        # With room, a task can start when one is gone that many before it; with spare tasks, one can stop likewise.
        if room:
            started[number] = stopped[number - room] + down if number >= room else 0
        if number >= spare:
            stopped[number] = started[number - spare] + up
        if not room:
            started[number] = stopped[number] + down
    moments = []
    for time in sorted({0, *started, *stopped, *(time + up for time in started), *(time + down for time in stopped)}):
        healthy_old = tasks - _by(time, stopped)
        healthy_new = _by(time - up, started)
        healthy = healthy_old + healthy_new
        moments.append(
            Moment(
                seconds=time,
                running_old=tasks - _by(time - down, stopped),
                running_new=_by(time, started),
                healthy_old=healthy_old,
                healthy_new=healthy_new,
                percent_new=100 * healthy_new / healthy if healthy else 0,
            )
        )
    at_once = min(room, tasks)
    slots = [0] * at_once + [down] * min(spare, tasks - at_once)
    wanted = -(-tasks * steps.success_percent // 100)
    healthy_enough = next(moment.seconds for moment in moments if moment.healthy_new >= wanted)
    return _rollout(
        tasks,
        moments,
        timings,
        slots,
        allowed=failures_allowed(tasks, steps),
        succeeded=None if steps.waits_for_old_tasks else healthy_enough,
    )


def _shift(steps: ShiftSteps, tasks: int, timings: RolloutTimings) -> Rollout:
    def moment(seconds: int, percent: float, *, healthy_new: int, old: int, stopping: int = 0) -> Moment:
        return Moment(
            seconds=seconds,
            running_old=old + stopping,
            running_new=tasks,
            healthy_old=old,
            healthy_new=healthy_new,
            percent_new=percent,
        )

    time = timings.healthy_after_seconds + timings.registration_seconds
    moments = [moment(0, 0, healthy_new=0, old=tasks)]
    for shift in steps.shifts:
        moments.append(moment(time, shift.percent, healthy_new=tasks, old=tasks))
        time += timings.weight_change_seconds + shift.bake_seconds
    moments.append(moment(time, 100, healthy_new=tasks, old=0, stopping=tasks))
    moments.append(moment(time + timings.gone_after_seconds, 100, healthy_new=tasks, old=0))
    return _rollout(tasks, moments, timings, [0] * tasks, allowed=failures_allowed(tasks))


def _by(time: int, times: Sequence[int]) -> int:
    return sum(at <= time for at in times)


def _rollout(
    tasks: int,
    moments: Sequence[Moment],
    timings: RolloutTimings,
    slots: Sequence[int],
    *,
    allowed: int,
    succeeded: int | None = None,
) -> Rollout:
    """Build a rollout; `slots` are the times from which a task of the new version can start."""
    failing, again = timings.failed_after_seconds, timings.failed_after_seconds + timings.gone_after_seconds
    failures = sorted(slot + failing + turn * again for slot in slots for turn in range(allowed))
    last = {moment.seconds: moment for moment in moments}  # of what happens at one time, only the outcome shows
    return Rollout(
        tasks=tasks,
        moments=tuple(last.values()),
        failures_allowed=allowed,
        given_up_after_seconds=failures[allowed - 1],
        succeeded_after_seconds=moments[-1].seconds if succeeded is None else succeeded,
    )
