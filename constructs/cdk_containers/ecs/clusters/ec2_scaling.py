"""How a capacity scales."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, disabled_problems, field_problems, is_token, seconds
from cdk_containers.core.practices import Disabled


@frozen
class ManagedScaling:
    """ECS scales the number of instances with the tasks.

    Attributes:
        target_capacity_percent: Target utilization of the instances by tasks in percent, 1–100. Less than 100 keeps
            spare instances. Default: 100.
        minimum_step: Minimum number of instances that one scaling action adds, 1–10000. Default: 1.
        maximum_step: Maximum number of instances that one scaling action adds, 1–10000. Default: 10000.
        instance_warmup: Time after which a new instance counts, 0–10000 s. Default: 300 s.
        termination_protection: Protects instances with tasks from scale-in. With `Disabled(reason="…")`, scale-in may
            terminate them, and you can delete a stack with running instances at once. Default: True.
        draining: Moves tasks off an instance before it terminates. Default: True.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
    """

    target_capacity_percent: int = 100
    minimum_step: int = 1
    maximum_step: int = 10_000
    instance_warmup: DurationLike | None = None
    termination_protection: Literal[True] | Disabled = True
    draining: Literal[True] | Disabled = True

    @property
    def instance_warmup_seconds(self) -> int:
        """Time after which a new instance counts, in seconds."""
        return 300 if self.instance_warmup is None else seconds(self.instance_warmup)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option, value, low, high in (
            ("target_capacity_percent", self.target_capacity_percent, 1, 100),
            ("minimum_step", self.minimum_step, 1, 10_000),
            ("maximum_step", self.maximum_step, 1, 10_000),
            ("instance_warmup", self.instance_warmup_seconds, 0, 10_000),
        ):
            if not is_token(value) and not low <= value <= high:
                found.add(
                    option, "out of range", given=value, allowed=f"{low}–{high}", practice="managed-instance-scaling"
                )
        if not is_token([self.minimum_step, self.maximum_step]) and self.minimum_step > self.maximum_step:
            found.add(
                "minimum_step",
                "more than the maximum step",
                given=self.minimum_step,
                allowed=f"up to {self.maximum_step}",
                practice="managed-instance-scaling",
            )
        found.extend(disabled_problems(self.termination_protection), under="termination_protection")
        found.extend(disabled_problems(self.draining), under="draining")
        return list(found)


@frozen
class PredictiveScaling:
    """Starts instances ahead of a load that recurs every day or week.

    Attributes:
        cpu_percent: Average CPU utilization of the instances to keep in percent, 1–100. Default: 60.
        forecast_only: Forecasts without acting, so that you can check the forecast first. Default: False.
        buffer: How long before the forecast load instances start, 0–3600 s. Default: 300 s.

    See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-predictive-scaling.html
    """

    cpu_percent: int = 60
    forecast_only: bool = False
    buffer: DurationLike | None = None

    @property
    def buffer_seconds(self) -> int:
        """Time before the forecast load, in seconds."""
        return 300 if self.buffer is None else seconds(self.buffer)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option, value, low, high in (
            ("cpu_percent", self.cpu_percent, 1, 100),
            ("buffer", self.buffer_seconds, 0, 3600),
        ):
            if not is_token(value) and not low <= value <= high:
                found.add(option, "out of range", given=value, allowed=f"{low}–{high}", practice="scaling-bounds")
        return list(found)


@frozen
class GroupScaling:
    """The Auto Scaling group scales on its own load, and ECS does not manage it.

    Use it for daemons, and for applications older than ECS managed scaling. You can combine dynamic and predictive
    scaling; the larger number wins.

    Attributes:
        cpu_percent: Average CPU utilization of the instances to keep in percent, 1–100. Default: 60; None follows only
            the forecast.
        predictive: Starts instances ahead of a load that recurs every day or week. Default: none.

    See https://docs.aws.amazon.com/autoscaling/ec2/userguide/scale-your-group.html
    """

    cpu_percent: int | None = 60
    predictive: PredictiveScaling | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if self.cpu_percent is not None and not is_token(self.cpu_percent) and not 1 <= self.cpu_percent <= 100:
            found.add("cpu_percent", "out of range", given=self.cpu_percent, allowed="1–100", practice="scaling-bounds")
        if self.cpu_percent is None and self.predictive is None:
            found.add(
                "cpu_percent",
                "nothing would scale the group",
                allowed="cpu_percent, predictive, or both",
                practice="scaling-bounds",
            )
        if self.predictive is not None:
            found.extend(self.predictive.problems(), under="predictive")
        return list(found)
