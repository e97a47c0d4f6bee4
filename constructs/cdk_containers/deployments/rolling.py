"""Rolling deployments: new tasks come up, then old ones go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.rollouts import RollingSteps

from .circuit_breaker import CircuitBreaker
from .deployment import Deployment
from .early_success import EarlySuccess


@frozen
class Rolling(Deployment):
    """New tasks come up while the old ones serve; a version that does not come up, or fails, is rolled back.

    Attributes:
        min_healthy_percent: Share of the wanted tasks that keep running, 0–100. Default: 100; CDK's own default of 50
            halves the service during each deployment.
        max_healthy_percent: Share of the wanted tasks that may run at once, more than the minimum, 100–200. With 100
            old tasks stop before new ones start, as a single task on a volume needs, and ECS does not move tasks
            between zones. Default: 200.
        circuit_breaker: Give up when tasks do not become healthy, and roll back. Without it a deployment that cannot
            succeed goes on for hours. Default: True, as `CircuitBreaker()` says.
        keep_alternate: Keep the second target group, and the rule that forwards to both, of a service that was deployed
            with `BlueGreen`, `Linear` or `Canary`: its tasks may be in either. Default: False; True for the deployment
            in which a service goes back to rolling deployments, until traffic is known to be on the first group.
        early_success: When the deployment counts as successful, and CloudFormation goes on. Default: none; all tasks
            are healthy and the old ones are gone.
        alarm_rollback: Roll back when an alarm goes off during the deployment: the share of server errors of each load
            balancer, and `alarms`. Default: True.
        alarms: More alarms to watch. They must not be made from the service itself: it could not be created. Default:
            none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    min_healthy_percent: int = 100
    max_healthy_percent: int = 200
    circuit_breaker: Literal[True] | CircuitBreaker | Disabled = True
    keep_alternate: bool = False
    early_success: EarlySuccess | None = None

    @property
    def has_alternate(self) -> bool:
        """Whether the service has a second target group."""
        return self.keep_alternate

    @property
    def rollout_steps(self) -> RollingSteps:
        """In which steps the new version takes over."""
        breaker = self.circuit_breaker if isinstance(self.circuit_breaker, CircuitBreaker) else CircuitBreaker()
        early = self.early_success
        return RollingSteps(
            min_healthy_percent=self.min_healthy_percent,
            max_healthy_percent=self.max_healthy_percent,
            failures=breaker.threshold,
            failures_in=breaker.threshold_type,
            success_percent=100 if early is None else early.healthy_percent,
            waits_for_old_tasks=early is None or early.old_tasks == "BLOCKING",
        )

    @property
    def service_options(self) -> Mapping[str, Any]:
        """What CDK's service is told of it."""
        off = isinstance(self.circuit_breaker, Disabled)
        return {
            # ECS does not document whether an update without a strategy keeps the one before.
            "deployment_strategy": ecs.DeploymentStrategy.ROLLING,
            "circuit_breaker": None if off else ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            "min_healthy_percent": self.min_healthy_percent,
            "max_healthy_percent": self.max_healthy_percent,
        }

    @property
    def overrides(self) -> Mapping[str, object]:
        """Properties of the service's resource that CDK's service has no option for."""
        breaker = self.circuit_breaker.overrides if isinstance(self.circuit_breaker, CircuitBreaker) else {}
        early = self.early_success.overrides if self.early_success is not None else {}
        no_hooks: Mapping[str, object] = {"DeploymentConfiguration.LifecycleHooks": []} if self.keep_alternate else {}
        return {**breaker, **early, **no_hooks}

    @property
    def defaults(self) -> Mapping[str, object]:
        """Values of the options that may be switched off, by practice."""
        return {"deployment-circuit-breaker": self.circuit_breaker, "deployment-alarms": self.alarm_rollback}

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        if wrong := field_problems(self):
            return wrong
        found = Problems()
        found.extend(Deployment.problems(self))
        practice = "full-capacity-during-deployment"
        low, high = self.min_healthy_percent, self.max_healthy_percent
        if not is_token(low) and not 0 <= low <= 100:
            found.add("min_healthy_percent", "out of range", given=low, allowed="0–100", practice=practice)
        if not is_token(high) and not 100 <= high <= 200:
            found.add(
                "max_healthy_percent",
                "out of range",
                given=high,
                practice=practice,
                allowed="100–200",
            )
        found.extend(disabled_problems(self.circuit_breaker), under="circuit_breaker")
        if isinstance(self.circuit_breaker, CircuitBreaker):
            found.extend(self.circuit_breaker.problems(), under="circuit_breaker")
        if self.early_success is not None:
            found.extend(self.early_success.problems(min_healthy_percent=low), under="early_success")
        return list(found)
