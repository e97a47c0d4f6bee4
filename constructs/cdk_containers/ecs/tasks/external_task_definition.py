"""A task definition for machines of one's own."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import Workload

from .ec2_task_definition import ec2_task_problems
from .external_rules import external_problems
from .instance_task_definition import InstanceTaskDefinition
from .options import TaskOptions


class ExternalTaskDefinition(InstanceTaskDefinition):
    """Containers that run on machines outside AWS (ECS Anywhere), with the same safe defaults as on Fargate.

    It has what EC2 has, but for network interfaces of the task's own (`awsvpc`) and for volumes of AWS.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """

    _compatibility: ClassVar[ecs.Compatibility] = ecs.Compatibility.EXTERNAL
    _network_mode: ClassVar[NetworkMode] = "bridge"

    @staticmethod
    def _problems(workload: Workload, options: TaskOptions) -> list[Problem]:
        return external_task_problems(workload, options)


def external_task_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find everything that keeps a workload from running on external instances."""
    found = Problems()
    found.extend(ec2_task_problems(workload, options, platform="EXTERNAL"))
    found.extend(
        external_problems(
            workload, network_mode=options.network_mode, operating_system=options.operating_system, known=found
        )
    )
    return list(found)
