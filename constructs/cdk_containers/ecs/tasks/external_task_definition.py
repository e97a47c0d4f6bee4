"""A task definition for external machines."""

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
    """Containers on machines outside AWS (ECS Anywhere), with the same secure defaults as on Fargate.

    It supports the same options as EC2, except network interfaces for tasks (`awsvpc`) and AWS volumes.

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
