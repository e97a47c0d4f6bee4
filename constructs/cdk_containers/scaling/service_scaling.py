"""Target tracking for services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from ..errors import Problem, Problems
from ..inputs import DurationLike, as_duration, field_problems, is_token, seconds

_SCALE_OUT_COOLDOWN = timedelta(seconds=60)
_SCALE_IN_COOLDOWN = timedelta(seconds=300)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceScaling:
    """Keep a service between two numbers of tasks so that each metric stays at its target.

    Attributes:
        min_tasks: Fewest tasks, 1 or more.
        max_tasks: Most tasks, more than the fewest.
        cpu_percent: Average CPU use to keep, 1–100. Default: 60, unless another target is given.
        memory_percent: Average memory use to keep, 1–100. Default: none, since many run-times never give memory back.
        requests_per_target: Requests per task and minute to keep, for services behind one Application Load Balancer.
            Default: none.
        scale_out_cooldown: Time before the next scale-out. Default: 60 s.
        scale_in_cooldown: Time before the next scale-in. Default: 300 s: tasks come fast and go slowly.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """

    min_tasks: int
    max_tasks: int
    cpu_percent: int | None = None
    memory_percent: int | None = None
    requests_per_target: int | None = None
    scale_out_cooldown: DurationLike | None = None
    scale_in_cooldown: DurationLike | None = None

    @property
    def cpu_target(self) -> int | None:
        """The CPU target, the default included."""
        others = (self.memory_percent, self.requests_per_target)
        return 60 if self.cpu_percent is None and others == (None, None) else self.cpu_percent

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "scaling-bounds"
        low, high = self.min_tasks, self.max_tasks
        if not is_token(low) and low < 1:
            found.add(
                "min_tasks",
                "a service that answers requests needs a task",
                given=low,
                allowed="1 or more",
                practice=practice,
            )
        if not is_token([low, high]) and high <= low:
            found.add(
                "max_tasks",
                "not more than min_tasks, so nothing could scale",
                given=high,
                allowed=f"more than {low}; or desired_count for a fixed number",
                practice=practice,
            )
        for option, value, top in (
            ("cpu_percent", self.cpu_percent, 100),
            ("memory_percent", self.memory_percent, 100),
            ("requests_per_target", self.requests_per_target, None),
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
                found.add(option, "out of range", given=f"{value} s", allowed="0 s or more", practice=practice)
        return list(found)


def add_scaling(
    service: ecs.BaseService, scaling: ServiceScaling, target_group: elbv2.ApplicationTargetGroup | None
) -> ecs.ScalableTaskCount:
    """Scale a service; `target_group` is the one whose requests count."""
    count = service.auto_scale_task_count(min_capacity=scaling.min_tasks, max_capacity=scaling.max_tasks)
    out = as_duration(_SCALE_OUT_COOLDOWN if scaling.scale_out_cooldown is None else scaling.scale_out_cooldown)
    in_ = as_duration(_SCALE_IN_COOLDOWN if scaling.scale_in_cooldown is None else scaling.scale_in_cooldown)
    if scaling.cpu_target is not None:
        count.scale_on_cpu_utilization(
            "Cpu", target_utilization_percent=scaling.cpu_target, scale_out_cooldown=out, scale_in_cooldown=in_
        )
    if scaling.memory_percent is not None:
        count.scale_on_memory_utilization(
            "Memory", target_utilization_percent=scaling.memory_percent, scale_out_cooldown=out, scale_in_cooldown=in_
        )
    if scaling.requests_per_target is not None and target_group is not None:
        count.scale_on_request_count(
            "Requests",
            requests_per_target=scaling.requests_per_target,
            target_group=target_group,
            scale_out_cooldown=out,
            scale_in_cooldown=in_,
        )
    return count
