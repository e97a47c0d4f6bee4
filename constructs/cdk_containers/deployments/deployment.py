"""Options that all deployments share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems
from cdk_containers.core.practices import Disabled
from cdk_containers.model.rollouts import RolloutSteps


@frozen
class Deployment:
    """How a new version takes over: `Rolling`, `BlueGreen`, `Linear`, `Canary` or `CodeDeployBlueGreen`.

    Attributes:
        alarm_rollback: Rolls back when an alarm fires during the deployment: the server error rate of each load
            balancer, or one of `alarms`. Default: True.
        alarms: More alarms to watch. They must not refer to the service itself, because it could not be created then.
            Default: none.
    """

    alarm_rollback: Literal[True] | Disabled = True
    alarms: Sequence[cloudwatch.IAlarm] = ()

    @property
    def shifts_traffic(self) -> bool:
        """Whether the new version has its own target group to which traffic shifts."""
        return False

    @property
    def has_alternate(self) -> bool:
        """Whether the service has a second target group."""
        return self.shifts_traffic

    @property
    def rollout_steps(self) -> RolloutSteps:
        """The steps in which the new version takes over."""
        raise NotImplementedError

    @property
    def service_options(self) -> Mapping[str, Any]:
        """Options for CDK's service."""
        raise NotImplementedError

    @property
    def overrides(self) -> Mapping[str, object]:
        """Properties of the service's resource for which CDK's service has no option."""
        return {}

    @property
    def defaults(self) -> Mapping[str, object]:
        """Values of options that can be disabled, by practice."""
        return {"deployment-alarms": self.alarm_rollback}

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(disabled_problems(self.alarm_rollback), under="alarm_rollback")
        if self.alarms and self.alarm_rollback is not True:
            found.add(
                "alarms",
                "alarms are set, but alarm_rollback is off, so nothing watches them",
                given=len(self.alarms),
                allowed="remove alarms, or turn alarm_rollback on",
                practice="deployment-alarms",
            )
        return list(found)
