"""Scaling of a service by load, schedule, or forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, as_duration, field_problems, is_token, seconds

from .backlog import Backlog
from .predictive_scaling import PredictiveServiceScaling, add_predictive_scaling
from .scheduled_scaling import ScheduledScaling, add_scheduled_scaling
from .step_scaling import StepScaling, add_step_scaling
from .target_metric import TargetMetric, add_target_metrics, add_tracking, known_queries

_CPU_PERCENT = 60
_SCALE_OUT_COOLDOWN = timedelta(seconds=60)
_SCALE_IN_COOLDOWN = timedelta(seconds=300)

_Policy = TypeVar("_Policy")


@frozen
class ServiceScaling:
    """Keeps the number of tasks between two limits so that each metric stays at its target.

    Attributes:
        min_tasks: Minimum number of tasks. With 0, a service without callers can stop completely; it needs a target or
            a step that starts the first task again.
        max_tasks: Maximum number of tasks, more than `min_tasks`.
        cpu_percent: Average CPU utilization to keep, 1–100. Default: 60, unless there is another target or a step.
        memory_percent: Average memory utilization to keep, 1–100. Default: none, because many runtimes never release
            memory.
        requests_per_target: Requests per task and minute to keep, for services behind one Application Load Balancer.
            Default: none.
        messages_per_task: Waiting messages per task to keep, for a `WorkerService`. Default: none; 10 for a worker
            without another target or step, because one call receives up to 10.
        metrics: Your own metrics to keep at a target. Default: none.
        steps: Step scaling by ranges of a metric. Default: none.
        schedules: Scheduled changes of the limits. Default: none.
        predictive: Start tasks ahead of a load that recurs every day or week. Default: none.
        scale_out_cooldown: Time before the next scale-out. Default: 60 s.
        scale_in_cooldown: Time before the next scale-in. Default: 300 s, so that tasks start fast and stop slowly.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
    """

    min_tasks: int
    max_tasks: int
    cpu_percent: int | None = None
    memory_percent: int | None = None
    requests_per_target: int | None = None
    messages_per_task: int | None = None
    metrics: Sequence[TargetMetric] = ()
    steps: Sequence[StepScaling] = ()
    schedules: Sequence[ScheduledScaling] = ()
    predictive: PredictiveServiceScaling | None = None
    scale_out_cooldown: DurationLike | None = None
    scale_in_cooldown: DurationLike | None = None

    @property
    def follows_nothing(self) -> bool:
        """Whether there is no target and no step."""
        targets = (self.cpu_percent, self.memory_percent, self.requests_per_target, self.messages_per_task)
        return all(target is None for target in targets) and not self.metrics and not self.steps

    @property
    def cpu_target(self) -> int | None:
        """The CPU target, the default included."""
        return _CPU_PERCENT if self.follows_nothing else self.cpu_percent

    @property
    def to_zero(self) -> bool:
        """Whether it may scale to zero tasks when there is no work."""
        return not is_token(self.min_tasks) and self.min_tasks == 0

    @property
    def counts_requests(self) -> str | None:
        """The option, if any, that needs a load balancer to count requests."""
        if self.requests_per_target is not None:
            return "requests_per_target"
        planned = self.predictive is not None and self.predictive.requests_per_target is not None
        return "predictive.requests_per_target" if planned else None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "scaling-bounds"
        found.extend(self._bound_problems())
        for option, value, top in (
            ("cpu_percent", self.cpu_percent, 100),
            ("memory_percent", self.memory_percent, 100),
            ("requests_per_target", self.requests_per_target, None),
            ("messages_per_task", self.messages_per_task, None),
        ):
            if value is not None and not is_token(value) and (value < 1 or (top is not None and value > top)):
                found.add(
                    option, "out of range", given=value, allowed=f"1–{top}" if top else "1 or more", practice=practice
                )
        for option, duration in (
            ("scale_out_cooldown", self.scale_out_cooldown),
            ("scale_in_cooldown", self.scale_in_cooldown),
        ):
            if duration is not None and not is_token(value := seconds(duration)) and value < 0:
                found.add(option, "out of range", given=Shown(f"{value} s"), allowed="0 s or more", practice=practice)
        policies: dict[str, Sequence[TargetMetric | StepScaling | ScheduledScaling]] = {
            "metrics": self.metrics,
            "steps": self.steps,
            "schedules": self.schedules,
        }
        for option, given in policies.items():
            for index, policy in enumerate(given):
                found.extend(policy.problems(), under=f"{option}[{index}]")
        if self.predictive is not None:
            found.extend(self.predictive.problems(), under="predictive")
        return list(found) or self._schedule_problems()

    def _bound_problems(self) -> list[Problem]:
        found = Problems()
        practice = "scaling-bounds"
        low, high = self.min_tasks, self.max_tasks
        if not is_token(low) and low < 0:
            found.add("min_tasks", "out of range", given=low, allowed="0 or more", practice=practice)
        if not is_token([low, high]) and high <= low:
            found.add(
                "max_tasks",
                "not more than min_tasks, so the service could not scale",
                given=high,
                allowed=f"more than {low}; or desired_count for a fixed number",
                practice=practice,
            )
        if self.to_zero and not (self.messages_per_task is not None or self.metrics or self.steps):
            found.add(
                "min_tasks",
                "nothing would start the first task, because without tasks there is no CPU or memory metric to follow",
                given=low,
                allowed="1 or more; or a target or step on a metric that exists without tasks",
                practice="scale-to-zero",
            )
        return list(found)

    def _schedule_problems(self) -> list[Problem]:
        """Find limits that cross the others, whichever schedule ran before."""
        found = Problems()
        lows = [self.min_tasks, *(entry.min_tasks for entry in self.schedules if entry.min_tasks is not None)]
        highs = [self.max_tasks, *(entry.max_tasks for entry in self.schedules if entry.max_tasks is not None)]
        for index, entry in enumerate(self.schedules):
            low, high = entry.min_tasks, entry.max_tasks
            if low is not None and high is None and not is_token([low, *highs]) and low > max(highs):
                found.add(
                    f"schedules[{index}].min_tasks",
                    "more than the maximum at any time",
                    given=low,
                    allowed=f"up to {max(highs)}, or also set max_tasks",
                    practice="scaling-bounds",
                )
            if high is not None and low is None and not is_token([high, *lows]) and high < min(lows):
                found.add(
                    f"schedules[{index}].max_tasks",
                    "fewer than the minimum at any time",
                    given=high,
                    allowed=f"{min(lows)} or more, or also set min_tasks",
                    practice="scaling-bounds",
                )
        return list(found)


def add_scaling(
    service: ecs.BaseService,
    scaling: ServiceScaling,
    *,
    target_group: elbv2.ApplicationTargetGroup | None = None,
    queue: sqs.IQueue | None = None,
) -> ecs.ScalableTaskCount:
    """Scale a service by the requests of `target_group` and the messages of `queue`, if they apply."""
    count = service.auto_scale_task_count(min_capacity=scaling.min_tasks, max_capacity=scaling.max_tasks)
    cooldowns: dict[str, Any] = {
        "scale_out_cooldown": as_duration(_or(scaling.scale_out_cooldown, _SCALE_OUT_COOLDOWN)),
        "scale_in_cooldown": as_duration(_or(scaling.scale_in_cooldown, _SCALE_IN_COOLDOWN)),
    }
    if scaling.cpu_target is not None:
        count.scale_on_cpu_utilization("Cpu", target_utilization_percent=scaling.cpu_target, **cooldowns)
    if scaling.memory_percent is not None:
        count.scale_on_memory_utilization("Memory", target_utilization_percent=scaling.memory_percent, **cooldowns)
    if scaling.requests_per_target is not None and target_group is not None:
        count.scale_on_request_count(
            "Requests", requests_per_target=scaling.requests_per_target, target_group=target_group, **cooldowns
        )
    if scaling.messages_per_task is not None and queue is not None:
        backlog = Backlog(queue=queue, service=service)
        queries = known_queries(backlog.to_track(to_zero=scaling.to_zero))
        add_tracking(count, "Messages", queries, scaling.messages_per_task, **cooldowns)
        if scaling.to_zero:
            add_step_scaling(count, "FirstTask", backlog.first_task)
    add_target_metrics(count, scaling.metrics, **cooldowns)
    for name, steps in _named("Steps", scaling.steps):
        add_step_scaling(count, name, steps)
    for name, schedule in _named("Schedule", scaling.schedules):
        add_scheduled_scaling(count, name, schedule)
    if scaling.predictive is not None:
        add_predictive_scaling(count, "Predictive", scaling.predictive, target_group)
    return count


def _or(given: DurationLike | None, default: DurationLike) -> DurationLike:
    return default if given is None else given  # a cooldown of 0 is valid, but falsy


def _named(name: str, policies: Sequence[_Policy]) -> Iterator[tuple[str, _Policy]]:
    """Name policies by position. The first one has the plain name."""
    for number, policy in enumerate(policies, start=1):
        yield name if number == 1 else f"{name}{number}", policy
