"""Rolling deployments: new tasks start, then old tasks stop."""

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
    """Starts new tasks while the old ones serve; ECS rolls back a version that does not become healthy.

    Attributes:
        min_healthy_percent: Share of the desired tasks that keep running, 0–100. Default: 100, because CDK's default of
            50 halves the service during each deployment.
        max_healthy_percent: Share of the desired tasks that may run at once, 100–200 and more than the minimum. With
            100, old tasks stop before new ones start, which a single task with a volume needs; ECS then does not
            rebalance tasks between Availability Zones. Default: 200.
        circuit_breaker: Stops the deployment and rolls back when tasks do not become healthy. Without it, a deployment
            that cannot succeed continues for hours. Default: True, which means `CircuitBreaker()`.
        keep_alternate: Keeps the second target group, and the rule that forwards to both groups. Set it to True when a
            service returns from `BlueGreen`, `Linear` or `Canary` to rolling deployments, because its tasks may be in
            either group. Set it back once traffic is on the first group. Default: False.
        early_success: When the deployment counts as successful and CloudFormation continues. Default: none; all tasks
            must be healthy and the old ones stopped.
        alarm_rollback: Rolls back when an alarm fires during the deployment: the server error rate of each load
            balancer, or one of `alarms`. Default: True.
        alarms: More alarms to watch. They must not refer to the service itself, because it could not be created then.
            Default: none.

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
        """The steps in which the new version takes over."""
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
        """Options for CDK's service."""
        off = isinstance(self.circuit_breaker, Disabled)
        return {
            # ECS does not document whether an update without a strategy keeps the previous one.
            "deployment_strategy": ecs.DeploymentStrategy.ROLLING,
            "circuit_breaker": None if off else ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            "min_healthy_percent": self.min_healthy_percent,
            "max_healthy_percent": self.max_healthy_percent,
        }

    @property
    def overrides(self) -> Mapping[str, object]:
        """Properties of the service's resource for which CDK's service has no option."""
        breaker = self.circuit_breaker.overrides if isinstance(self.circuit_breaker, CircuitBreaker) else {}
        early = self.early_success.overrides if self.early_success is not None else {}
        no_hooks: Mapping[str, object] = {"DeploymentConfiguration.LifecycleHooks": []} if self.keep_alternate else {}
        return {**breaker, **early, **no_hooks}

    @property
    def defaults(self) -> Mapping[str, object]:
        """Values of options that can be disabled, by practice."""
        return {"deployment-circuit-breaker": self.circuit_breaker, "deployment-alarms": self.alarm_rollback}

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
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
