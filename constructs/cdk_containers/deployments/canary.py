"""Canary deployments: a small share of the traffic shifts first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, in_seconds

from .bake_times import minutes, minutes_problems
from .percentages import percent_problems
from .traffic_shift import TrafficShiftingDeployment

_CANARY_MINUTES = 10


@frozen
class Canary(TrafficShiftingDeployment):
    """Starts the new version next to the old one, shifts a small share of traffic to it, and then the rest.

    Attributes:
        canary_percent: Share of the traffic that the new version gets first, 0.1–100.0 in tenths. Default: 10, because
            a smaller share has too few requests each minute to measure an error rate.
        canary_bake_time: Time before the rest of the traffic shifts, 0–1440 minutes. Default: 10 minutes, twice the
            time that the alarm for server errors needs to fire.
        bake_time: Time that the old version keeps running after all traffic shifts, 0–1440 minutes; together with
            `canary_bake_time` at most 33 hours. Default: 10 minutes.
        hooks: Lambda functions that decide whether the deployment continues, and pauses that wait for an answer.
            Default: none.
        alarm_rollback: Rolls back when an alarm fires during the deployment: the server error rate of each target
            group, or one of `alarms`. Default: True.
        alarms: More alarms to watch. They must not refer to the service itself, because it could not be created then.
            Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
    """

    _strategy: ClassVar[ecs.DeploymentStrategy] = ecs.DeploymentStrategy.CANARY

    canary_percent: float = 10
    canary_bake_time: DurationLike | None = None

    @property
    def service_options(self) -> Mapping[str, Any]:
        """Options for CDK's service."""
        first = ecs.TrafficShiftConfig(
            step_percent=self.canary_percent, step_bake_time=in_seconds(self._canary_minutes * 60)
        )
        return {**self.common_options, "canary_configuration": first}

    @property
    def steps_before_the_last(self) -> Sequence[tuple[float, int]]:
        """The share of the traffic in percent, and the minutes of the step."""
        return [(self.canary_percent, self._canary_minutes)]

    @property
    def _canary_minutes(self) -> int:
        return minutes(self.canary_bake_time, _CANARY_MINUTES)

    def step_problems(self) -> list[Problem]:
        """Find problems with the canary share."""
        return [
            *percent_problems("canary_percent", self.canary_percent, low=Decimal("0.1"), practice="traffic-shift"),
            *minutes_problems("canary_bake_time", self.canary_bake_time),
        ]
