"""A task definition for Managed Instances."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.model.workload import Workload

from .ec2_task_definition import ec2_task_problems
from .instance_task_definition import InstanceTaskDefinition
from .managed_instances_rules import managed_instances_problems
from .options import TaskOptions


class ManagedInstancesTaskDefinition(InstanceTaskDefinition):
    """Containers on ECS Managed Instances, with the same secure defaults as on Fargate.

    It supports GPUs and privileged containers as on EC2, and any size, unlike Fargate.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html
    """

    _tmpfs_everywhere: ClassVar[bool] = False

    _compatibility: ClassVar[ecs.Compatibility] = ecs.Compatibility.MANAGED_INSTANCES
    _says_platform: ClassVar[bool] = True

    @staticmethod
    def _problems(workload: Workload, options: TaskOptions) -> list[Problem]:
        return managed_instances_task_problems(workload, options)


def managed_instances_task_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find everything that keeps a workload from running on Managed Instances."""
    found = Problems()
    found.extend(ec2_task_problems(workload, options, platform="MANAGED_INSTANCES"))
    if options.ipc_mode is not None and not found.has("options.ipc_mode"):
        found.add(
            "options.ipc_mode",
            "Managed Instances do not support this option",
            given=options.ipc_mode,
            allowed="remove it; or use capacity on EC2 (Ec2Capacity)",
            practice="managed-instances-tasks",
        )
    found.extend(
        managed_instances_problems(
            workload, network_mode=options.network_mode, operating_system=options.operating_system, known=found
        )
    )
    return list(found)
