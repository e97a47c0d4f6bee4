"""When a rolling deployment counts as successful."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token


@frozen
class EarlySuccess:
    """Completes a rolling deployment before the whole service is stable; ECS finishes the rest in the background.

    Attributes:
        healthy_percent: Share of the desired tasks that must be healthy in the new version, 0–100, and not less than
            `min_healthy_percent`. Default: 100.
        old_tasks: When the tasks of the old version must have stopped: before the deployment succeeds (`BLOCKING`), or
            any time after (`DEFERRED`). Default: `DEFERRED`, which does not wait for slow shutdowns.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/early-success-criteria.html
    """

    healthy_percent: int = 100
    old_tasks: Literal["BLOCKING", "DEFERRED"] = "DEFERRED"

    @property
    def overrides(self) -> Mapping[str, object]:
        """Properties of the service's resource: CDK's service has no option for it."""
        return {
            "DeploymentConfiguration.EarlySuccessCriteria": {
                "Enable": True,
                "HealthyPercent": self.healthy_percent,
                "SourceServiceRevisionCleanup": self.old_tasks,
            }
        }

    def problems(self, *, min_healthy_percent: int = 0) -> list[Problem]:
        """Find problems with these options, given the tasks that a deployment keeps running."""
        found = Problems()
        found.extend(field_problems(self))
        if found or is_token([self.healthy_percent, min_healthy_percent]):
            return list(found)
        if not 0 <= self.healthy_percent <= 100:
            found.add(
                "healthy_percent", "out of range", given=self.healthy_percent, allowed="0–100", practice="early-success"
            )
        elif self.healthy_percent < min_healthy_percent:
            found.add(
                "healthy_percent",
                "ECS refuses a share below min_healthy_percent",
                given=self.healthy_percent,
                allowed=f"{min_healthy_percent} or more, or a lower min_healthy_percent",
                practice="early-success",
            )
        return list(found)
