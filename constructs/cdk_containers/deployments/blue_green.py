"""Blue/green deployments: all traffic shifts at once."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.frozen import frozen

from .traffic_shift import TrafficShiftingDeployment


@frozen
class BlueGreen(TrafficShiftingDeployment):
    """Starts the new version (green) next to the old one (blue), and then shifts all traffic at once.

    The old version keeps running until the bake time ends, so a rollback takes only seconds.

    Attributes:
        bake_time: Time that the old version keeps running after traffic shifts, 0–1440 minutes. Default: 10 minutes,
            twice the time that the alarm for server errors needs to fire.
        hooks: Lambda functions that decide whether the deployment continues, and pauses that wait for an answer.
            Default: none.
        alarm_rollback: Rolls back when an alarm fires during the deployment: the server error rate of each target
            group, or one of `alarms`. Default: True.
        alarms: More alarms to watch. They must not refer to the service itself, because it could not be created then.
            Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
    """

    _strategy: ClassVar[ecs.DeploymentStrategy] = ecs.DeploymentStrategy.BLUE_GREEN
