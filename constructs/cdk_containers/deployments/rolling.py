"""Rolling deployments: new tasks come up, then old ones go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aws_cdk import aws_cloudwatch as cloudwatch

from ..errors import Problem, Problems
from ..inputs import disabled_problems, field_problems, is_token
from ..practices import Disabled
from ..rollouts import RollingSteps


@dataclass(frozen=True, kw_only=True, slots=True)
class Rolling:
    """New tasks come up while the old ones serve; a version that does not come up, or fails, is rolled back.

    Attributes:
        min_healthy_percent: Share of the wanted tasks that keep running, 0–100. Default: 100; CDK's own default of 50
            halves the service during each deployment.
        max_healthy_percent: Share of the wanted tasks that may run at once, more than the minimum, 101–200. Default:
            200.
        circuit_breaker: Give up when tasks do not become healthy, and roll back. Without it a deployment that cannot
            succeed goes on for hours. Default: True.
        alarm_rollback: Roll back when an alarm goes off during the deployment: the share of server errors of each load
            balancer, and `alarms`. Default: True.
        alarms: More alarms to watch. They must not be made from the service itself: it could not be created. Default:
            none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    min_healthy_percent: int = 100
    max_healthy_percent: int = 200
    circuit_breaker: Literal[True] | Disabled = True
    alarm_rollback: Literal[True] | Disabled = True
    alarms: Sequence[cloudwatch.IAlarm] = ()

    @property
    def rollout_steps(self) -> RollingSteps:
        """In which steps the new version takes over."""
        return RollingSteps(min_healthy_percent=self.min_healthy_percent, max_healthy_percent=self.max_healthy_percent)

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "full-capacity-during-deployment"
        low, high = self.min_healthy_percent, self.max_healthy_percent
        if not is_token(low) and not 0 <= low <= 100:
            found.add("min_healthy_percent", "out of range", given=low, allowed="0–100", practice=practice)
        if not is_token(high) and not 101 <= high <= 200:
            found.add(
                "max_healthy_percent",
                "out of range",
                given=high,
                practice=practice,
                allowed="101–200; spreading tasks over zones again takes more than 100",
            )
        found.extend(disabled_problems(self.circuit_breaker), under="circuit_breaker")
        found.extend(disabled_problems(self.alarm_rollback), under="alarm_rollback")
        if self.alarms and self.alarm_rollback is not True:
            found.add(
                "alarms",
                "alarms that nothing watches",
                given=len(self.alarms),
                allowed="none, while alarm_rollback is off",
                practice="deployment-alarms",
            )
        return list(found)
