"""Canary deployments: a small share of the traffic goes over first."""

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
    """The whole new version comes up beside the old one, gets a small share of the traffic first, and then all of it.

    Attributes:
        canary_percent: Share of the traffic that the new version gets first, 0.1–100.0 in tenths. Default: 10; less
            makes a minute's requests too few to tell a share of errors from.
        canary_bake_time: How long it stays so, 0–1440 minutes. Default: 10 minutes, twice the time that the alarm for
            server errors takes.
        bake_time: How long the old version stays after the rest went over, 0–1440 minutes. Default: 10 minutes. The two
            together may be 33 hours.
        hooks: Functions that are asked whether the deployment goes on, and places where it waits for somebody. Default:
            none.
        alarm_rollback: Roll back when an alarm goes off during the deployment: the share of server errors of each
            target group, and `alarms`. Default: True.
        alarms: More alarms to watch. They must not be made from the service itself: it could not be created. Default:
            none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
    """

    _strategy: ClassVar[ecs.DeploymentStrategy] = ecs.DeploymentStrategy.CANARY

    canary_percent: float = 10
    canary_bake_time: DurationLike | None = None

    @property
    def service_options(self) -> Mapping[str, Any]:
        """What CDK's service is told of it."""
        first = ecs.TrafficShiftConfig(
            step_percent=self.canary_percent, step_bake_time=in_seconds(self._canary_minutes * 60)
        )
        return {**self.common_options, "canary_configuration": first}

    @property
    def steps_before_the_last(self) -> Sequence[tuple[float, int]]:
        """The share of the traffic in percent, and the minutes for which it stays."""
        return [(self.canary_percent, self._canary_minutes)]

    @property
    def _canary_minutes(self) -> int:
        return minutes(self.canary_bake_time, _CANARY_MINUTES)

    def step_problems(self) -> list[Problem]:
        """Find what is wrong with the first share."""
        return [
            *percent_problems("canary_percent", self.canary_percent, low=Decimal("0.1"), practice="traffic-shift"),
            *minutes_problems("canary_bake_time", self.canary_bake_time),
        ]
