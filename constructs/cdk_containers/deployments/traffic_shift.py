"""Options shared by deployments that shift traffic from the old version to the new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, in_seconds
from cdk_containers.model.rollouts import ShiftSteps, TrafficShift

from .bake_times import minutes, minutes_problems, total_problems
from .deployment import Deployment
from .deployment_hook import DeploymentHook
from .deployment_pause import DeploymentPause

Hook: TypeAlias = DeploymentHook | DeploymentPause

_BAKE_MINUTES = 10
_MAX_HOOKS = 10


@frozen
class TrafficShiftingDeployment(Deployment):
    """Starts the new version next to the old one, and ECS shifts traffic: `BlueGreen`, `Linear`, `Canary`.

    Attributes:
        bake_time: Time that the old version keeps running after all traffic shifts, 0–1440 minutes.
        hooks: Lambda functions that decide whether the deployment continues, and pauses that wait for an answer.
    """

    _strategy: ClassVar[ecs.DeploymentStrategy]

    bake_time: DurationLike | None = None
    hooks: Sequence[DeploymentHook | DeploymentPause] = ()

    @property
    def shifts_traffic(self) -> bool:
        """Whether the new version has its own target group to which traffic shifts."""
        return True

    @property
    def steps_before_the_last(self) -> Sequence[tuple[float, int]]:
        """The shares of the traffic in percent, and the minutes of each step, before all traffic shifts."""
        return ()

    @property
    def rollout_steps(self) -> ShiftSteps:
        """The steps in which the new version takes over."""
        steps = [*self.steps_before_the_last, (100.0, self._bake_minutes)]
        return ShiftSteps(
            shifts=tuple(TrafficShift(percent=percent, bake_seconds=time * 60) for percent, time in steps)
        )

    @property
    def service_options(self) -> Mapping[str, Any]:
        """Options for CDK's service."""
        return self.common_options

    @property
    def common_options(self) -> Mapping[str, Any]:
        """Common options for CDK's service; the ECS circuit breaker supports only rolling deployments."""
        return {
            "deployment_strategy": self._strategy,
            "bake_time": in_seconds(self._bake_minutes * 60),
            "min_healthy_percent": 100,
            "max_healthy_percent": 200,
        }

    @property
    def _bake_minutes(self) -> int:
        return minutes(self.bake_time, _BAKE_MINUTES)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        if wrong := field_problems(self):
            return wrong
        found = Problems()
        found.extend(Deployment.problems(self))
        found.extend(minutes_problems("bake_time", self.bake_time))
        found.extend(self.step_problems())
        if not found:
            baking = sum(time for _, time in self.steps_before_the_last) + self._bake_minutes
            found.extend(total_problems("bake_time", baking))
        found.extend(self._hook_problems())
        return list(found)

    def step_problems(self) -> list[Problem]:
        """Find problems with the steps before the last."""
        return []

    def _hook_problems(self) -> list[Problem]:
        found = Problems()
        wrong = [hook.problems() for hook in self.hooks]
        for index, problems in enumerate(wrong):
            found.extend(problems, under=f"hooks[{index}]")
        if found:
            return list(found)
        known = [hook.identity for hook in self.hooks]
        for index, identity in enumerate(known):
            if identity in known[:index]:
                found.add(
                    f"hooks[{index}]",
                    "ECS would call this hook twice",
                    allowed="write each hook once, with all its stages",
                    practice="deployment-hooks",
                )
        for kind, count in Counter(type(hook) for hook in self.hooks).items():
            if count > _MAX_HOOKS:
                found.add(
                    "hooks",
                    f"more than ECS accepts of {kind.__name__}",
                    given=count,
                    allowed=f"up to {_MAX_HOOKS}; a hook may have several stages",
                    practice="deployment-hooks",
                )
        return list(found)
