"""Scheduled scaling: changes the limits at set times."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token, schedule_examples, schedule_problem, time_zone_problem
from cdk_containers.core.opt_outs import warn_of_past_schedule

_PRACTICE = "schedule-expression"
_BOUNDS = "scaling-bounds"


@frozen
class ScheduledScaling:
    """Changes the limits at a set time, until another schedule or a deployment changes them again.

    Attributes:
        schedule: Schedule: `cron(0 7 ? * MON-FRI *)`, `rate(1 day)`, or once, `at(2027-11-26T06:00:00)`.
        time_zone: Time zone of `cron` and `at`, such as `Europe/Berlin`, with its daylight saving time. Default: UTC.
        min_tasks: Minimum number of tasks from then on. Default: as before.
        max_tasks: Maximum number of tasks from then on; 0 switches the service off. Default: as before.

    See https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
    """

    schedule: str
    time_zone: str | None = None
    min_tasks: int | None = None
    max_tasks: int | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if (wrong := schedule_problem(self.schedule)) is not None:
            found.add("schedule", wrong, given=self.schedule, allowed=schedule_examples(), practice=_PRACTICE)
        if self.time_zone is not None:
            if (wrong := time_zone_problem(self.time_zone)) is not None:
                found.add(
                    "time_zone",
                    wrong,
                    given=self.time_zone,
                    allowed="a name of the IANA list, such as Europe/Berlin",
                    practice=_PRACTICE,
                )
            elif self.schedule.startswith("rate("):
                found.add(
                    "time_zone",
                    "a rate has no time of day, so the time zone has no effect",
                    given=self.time_zone,
                    allowed="remove it, or use a schedule with cron(…) or at(…)",
                    practice=_PRACTICE,
                )
        low, high = self.min_tasks, self.max_tasks
        if low is None and high is None:
            found.add("min_tasks", "nothing would change", allowed="min_tasks, max_tasks, or both", practice=_BOUNDS)
        for option, value in (("min_tasks", low), ("max_tasks", high)):
            if value is not None and not is_token(value) and value < 0:
                found.add(option, "out of range", given=value, allowed="0 or more", practice=_BOUNDS)
        if low is not None and high is not None and not is_token([low, high]) and low > high:
            found.add("max_tasks", "less than min_tasks", given=high, allowed=f"{low} or more", practice=_BOUNDS)
        return list(found)


def add_scheduled_scaling(count: ecs.ScalableTaskCount, name: str, scaling: ScheduledScaling) -> None:
    """Add the scheduled action."""
    count.scale_on_schedule(
        name,
        schedule=autoscaling.Schedule.expression(scaling.schedule),
        time_zone=cdk.TimeZone.of(scaling.time_zone) if scaling.time_zone is not None else None,
        min_capacity=scaling.min_tasks,
        max_capacity=scaling.max_tasks,
    )
    warn_of_past_schedule(count, scaling.schedule, scaling.time_zone)
