"""Blue/green deployments with CodeDeploy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.cdk_modules import codedeploy
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, in_seconds
from cdk_containers.model.rollouts import ShiftSteps, TrafficShift

from .bake_times import minutes, minutes_problems
from .deployment import Deployment

_TWO_DAYS = 2880
_TERMINATION_MINUTES = 10
_CONFIGS: Mapping[str, tuple[str, float, int]] = {
    "ALL_AT_ONCE": ("ALL_AT_ONCE", 100, 0),
    "CANARY_10PERCENT_5MINUTES": ("CANARY_10_PERCENT_5_MINUTES", 10, 5),
    "CANARY_10PERCENT_15MINUTES": ("CANARY_10_PERCENT_15_MINUTES", 10, 15),
    "LINEAR_10PERCENT_EVERY_1MINUTES": ("LINEAR_10_PERCENT_EVERY_1_MINUTES", 10, 1),
    "LINEAR_10PERCENT_EVERY_3MINUTES": ("LINEAR_10_PERCENT_EVERY_3_MINUTES", 10, 3),
}
"""CDK's name of a predefined traffic shift, its percentage, and the minutes of each step."""


@frozen
class CodeDeployBlueGreen(Deployment):
    """Deploys new versions with CodeDeploy, for teams that already have CodeDeploy pipelines.

    CloudFormation creates the service and registers task definitions, but only CodeDeploy can deploy them. `BlueGreen`,
    `Linear` and `Canary` have no such limit, so use one of those for new services.

    Attributes:
        traffic: How traffic shifts: `ALL_AT_ONCE`, or a predefined canary or linear configuration of CodeDeploy. A
            Network Load Balancer supports only `ALL_AT_ONCE`. Default: `ALL_AT_ONCE`.
        approval_wait: Time that the new version waits for you to approve the traffic shift, 1–2880 minutes. Without
            approval the deployment stops. Default: it does not wait.
        termination_wait: Time that the old version keeps running after traffic shifts, 0–2880 minutes. You can roll
            back during this time. Default: 10 minutes, twice the time that the alarm for server errors needs to fire.
        alarm_rollback: Rolls back when an alarm fires during the deployment: the server error rate of each target
            group, or one of `alarms`. A deployment that fails is always rolled back. Default: True.
        alarms: More alarms to watch. Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
    """

    traffic: Literal[
        "ALL_AT_ONCE",
        "CANARY_10PERCENT_5MINUTES",
        "CANARY_10PERCENT_15MINUTES",
        "LINEAR_10PERCENT_EVERY_1MINUTES",
        "LINEAR_10PERCENT_EVERY_3MINUTES",
    ] = "ALL_AT_ONCE"
    approval_wait: DurationLike | None = None
    termination_wait: DurationLike | None = None

    @property
    def shifts_traffic(self) -> bool:
        """Whether the new version has its own target group to which traffic shifts."""
        return True

    @property
    def approval_minutes(self) -> int | None:
        """Time that the new version waits for approval, in minutes."""
        return None if self.approval_wait is None else minutes(self.approval_wait, 0)

    @property
    def termination_minutes(self) -> int:
        """Time that the old version keeps running, in minutes."""
        return minutes(self.termination_wait, _TERMINATION_MINUTES)

    @property
    def deployment_config(self) -> codedeploy.IEcsDeploymentConfig:
        """CDK's name of the traffic shift."""
        config: codedeploy.IEcsDeploymentConfig = getattr(codedeploy.EcsDeploymentConfig, _CONFIGS[self.traffic][0])
        return config

    @property
    def rollout_steps(self) -> ShiftSteps:
        """The steps in which the new version takes over."""
        _, percent, stay = _CONFIGS[self.traffic]
        linear = self.traffic.startswith("LINEAR")
        before = [10.0 * step for step in range(1, 10)] if linear else [percent] if percent < 100 else []
        last = TrafficShift(percent=100.0, bake_seconds=self.termination_minutes * 60)
        return ShiftSteps(shifts=(*(TrafficShift(percent=share, bake_seconds=stay * 60) for share in before), last))

    @property
    def service_options(self) -> Mapping[str, Any]:
        """Options for CDK's service; ECS accepts only its own percentages with this controller."""
        return {
            "deployment_controller": ecs.DeploymentController(type=ecs.DeploymentControllerType.CODE_DEPLOY),
            "min_healthy_percent": 100,
            "max_healthy_percent": 200,
        }

    def blue_green_config(self, **parts: Any) -> codedeploy.EcsBlueGreenDeploymentConfig:
        """Return target groups, listeners and waits as CDK's options."""
        approval = self.approval_minutes
        return codedeploy.EcsBlueGreenDeploymentConfig(
            deployment_approval_wait_time=None if approval is None else in_seconds(approval * 60),
            termination_wait_time=in_seconds(self.termination_minutes * 60),
            **parts,
        )

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        if wrong := field_problems(self):
            return wrong
        found = Problems()
        found.extend(Deployment.problems(self))
        practice = "code-deploy"
        found.extend(minutes_problems("approval_wait", self.approval_wait, low=1, high=_TWO_DAYS, practice=practice))
        found.extend(minutes_problems("termination_wait", self.termination_wait, high=_TWO_DAYS, practice=practice))
        return list(found)
