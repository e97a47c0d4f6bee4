"""When a rolling deployment fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token


@frozen
class CircuitBreaker:
    """How many tasks may fail before ECS stops a rolling deployment and rolls it back.

    Attributes:
        threshold: Failed tasks that trigger the rollback: a percentage of the desired tasks, 1–100, or with `COUNT` a
            number, 1 or more. Default: 50.
        threshold_type: `BOUNDED_PERCENT` limits the failures to 3–200. `UNBOUNDED_PERCENT` has no such limits, for very
            large services. `COUNT` is a fixed number, for small services. Default: `BOUNDED_PERCENT`.
        reset_on_healthy_task: Counts consecutive failures: a healthy task resets the count to 0. False counts all
            failures of the deployment, which finds a version that fails intermittently. Default: True.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """

    threshold: int = 50
    threshold_type: Literal["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"] = "BOUNDED_PERCENT"
    reset_on_healthy_task: bool = True

    @property
    def overrides(self) -> Mapping[str, object]:
        """Properties of the service's resource: CDK's circuit breaker has no such options."""
        return {
            "DeploymentConfiguration.DeploymentCircuitBreaker.ThresholdConfiguration": {
                "Type": self.threshold_type,
                "Value": self.threshold,
            },
            "DeploymentConfiguration.DeploymentCircuitBreaker.ResetOnHealthyTask": self.reset_on_healthy_task,
        }

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        top = None if self.threshold_type == "COUNT" else 100
        if not is_token(self.threshold) and (self.threshold < 1 or (top is not None and self.threshold > top)):
            found.add(
                "threshold",
                "out of range",
                given=self.threshold,
                allowed="1–100" if top else "1 or more",
                practice="deployment-circuit-breaker",
            )
        return list(found)
