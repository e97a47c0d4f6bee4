"""What all deployments share."""

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
        alarm_rollback: Roll back when an alarm goes off during the deployment: the share of server errors of each load
            balancer, and `alarms`. Default: True.
        alarms: More alarms to watch. They must not be made from the service itself: it could not be created. Default:
            none.
    """

    alarm_rollback: Literal[True] | Disabled = True
    alarms: Sequence[cloudwatch.IAlarm] = ()

    @property
    def shifts_traffic(self) -> bool:
        """Whether the new version has its own target group, and traffic goes over to it."""
        return False

    @property
    def has_alternate(self) -> bool:
        """Whether the service has a second target group."""
        return self.shifts_traffic

    @property
    def rollout_steps(self) -> RolloutSteps:
        """In which steps the new version takes over."""
        raise NotImplementedError

    @property
    def service_options(self) -> Mapping[str, Any]:
        """What CDK's service is told of it."""
        raise NotImplementedError

    @property
    def overrides(self) -> Mapping[str, object]:
        """Properties of the service's resource that CDK's service has no option for."""
        return {}

    @property
    def defaults(self) -> Mapping[str, object]:
        """Values of the options that may be switched off, by practice."""
        return {"deployment-alarms": self.alarm_rollback}

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
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
