"""Linear deployments: traffic shifts in equal steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, in_seconds, is_token

from .bake_times import minutes, minutes_problems
from .percentages import percent_problems
from .traffic_shift import TrafficShiftingDeployment

_STEP_MINUTES = 6


@frozen
class Linear(TrafficShiftingDeployment):
    """Starts the new version next to the old one, and shifts traffic to it in equal steps.

    Attributes:
        step_percent: Share of the traffic that shifts in each step, 3.0–100.0 in tenths. Default: 20, which makes five
            steps and half an hour.
        step_bake_time: Time between steps, 0–1440 minutes. Default: 6 minutes, because the alarm for server errors
            evaluates five.
        bake_time: Time that the old version keeps running after the last step, 0–1440 minutes; together with all steps
            at most 33 hours. Default: 10 minutes.
        hooks: Lambda functions that decide whether the deployment continues, and pauses that wait for an answer.
            Default: none.
        alarm_rollback: Rolls back when an alarm fires during the deployment: the server error rate of each target
            group, or one of `alarms`. Default: True.
        alarms: More alarms to watch. They must not refer to the service itself, because it could not be created then.
            Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-linear.html
    """

    _strategy: ClassVar[ecs.DeploymentStrategy] = ecs.DeploymentStrategy.LINEAR

    step_percent: float = 20
    step_bake_time: DurationLike | None = None

    @property
    def service_options(self) -> Mapping[str, Any]:
        """Options for CDK's service."""
        step = ecs.TrafficShiftConfig(
            step_percent=self.step_percent, step_bake_time=in_seconds(self._step_minutes * 60)
        )
        return {**self.common_options, "linear_configuration": step}

    @property
    def steps_before_the_last(self) -> Sequence[tuple[float, int]]:
        """The shares of the traffic in percent, and the minutes of each step; one step if it is a token."""
        if is_token(self.step_percent) or self.step_percent <= 0:
            return ()
        step, steps = Decimal(str(self.step_percent)), list[tuple[float, int]]()
        while (reached := step * (len(steps) + 1)) < 100:
            steps.append((float(reached), self._step_minutes))
        return steps

    @property
    def _step_minutes(self) -> int:
        return minutes(self.step_bake_time, _STEP_MINUTES)

    def step_problems(self) -> list[Problem]:
        """Find problems with the steps."""
        return [
            *percent_problems("step_percent", self.step_percent, low=Decimal("3.0"), practice="traffic-shift"),
            *minutes_problems("step_bake_time", self.step_bake_time),
        ]
