"""A task definition for EC2 instances."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import aws_ecs as ecs

from ..errors import Problem, Problems
from ..workload import Workload
from .ec2_rules import ec2_problems
from .ecs_rules import ecs_problems
from .instance_task_definition import InstanceTaskDefinition
from .options import TaskOptions
from .sidecars import sidecar_problems
from .task_definition import role_problems


class Ec2TaskDefinition(InstanceTaskDefinition):
    """Containers that run on EC2 instances, with the same safe defaults as on Fargate.

    What EC2 adds: bridge and host networking, GPUs, privileged containers, Docker volumes and directories of the host.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html
    """

    _compatibility: ClassVar[ecs.Compatibility] = ecs.Compatibility.EC2

    @staticmethod
    def _problems(workload: Workload, options: TaskOptions) -> list[Problem]:
        return ec2_task_problems(workload, options)


def ec2_task_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find everything that keeps a workload from running on EC2."""
    found = Problems()
    found.extend(options.problems(), under="options")
    found.extend(workload.problems())
    found.extend(ecs_problems(workload))
    if not found.has("options.task_role"):
        found.extend(role_problems(options), under="options")
    found.extend(
        ec2_problems(
            workload,
            network_mode=options.network_mode,
            architecture=options.architecture,
            operating_system=options.operating_system,
            ephemeral_storage_gib=options.ephemeral_storage_gib,
            known=found,
        )
    )
    if not found:
        found.extend(sidecar_problems(workload, options, on_ec2=True))
    return list(found)
