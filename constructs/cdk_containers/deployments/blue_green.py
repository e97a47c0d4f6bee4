"""Blue/green deployments: all the traffic goes over at once."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.frozen import frozen

from .traffic_shift import TrafficShiftingDeployment


@frozen
class BlueGreen(TrafficShiftingDeployment):
    """The whole new version (green) comes up beside the old one (blue), and takes all the traffic over at once.

    Until the bake time is over the old version runs on, and a rollback is a matter of seconds.

    Attributes:
        bake_time: How long the old version stays after the traffic went over, 0–1440 minutes. Default: 10 minutes,
            twice the time that the alarm for server errors takes.
        hooks: Functions that are asked whether the deployment goes on, and places where it waits for somebody. Default:
            none.
        alarm_rollback: Roll back when an alarm goes off during the deployment: the share of server errors of each
            target group, and `alarms`. Default: True.
        alarms: More alarms to watch. They must not be made from the service itself: it could not be created. Default:
            none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
    """

    _strategy: ClassVar[ecs.DeploymentStrategy] = ecs.DeploymentStrategy.BLUE_GREEN
