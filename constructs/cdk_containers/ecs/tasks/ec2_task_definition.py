"""A task definition for EC2 instances."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.model.workload import Workload

from .ec2_rules import ec2_problems
from .instance_task_definition import InstanceTaskDefinition
from .neuron import neuron_problems
from .options import TaskOptions
from .platform import Platform
from .task_problems import task_problems


class Ec2TaskDefinition(InstanceTaskDefinition):
    """Containers on EC2 instances, with the same secure defaults as on Fargate.

    EC2 adds bridge and host networking, GPUs, privileged containers, Docker volumes and host directories.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html
    """

    _compatibility: ClassVar[ecs.Compatibility] = ecs.Compatibility.EC2

    @staticmethod
    def _problems(workload: Workload, options: TaskOptions) -> list[Problem]:
        return ec2_task_problems(workload, options)


def ec2_task_problems(workload: Workload, options: TaskOptions, *, platform: Platform = "EC2") -> list[Problem]:
    """Find everything that keeps a workload from running on EC2, and on platforms based on it."""
    found = Problems()
    found.extend(task_problems(workload, options, ec2_problems, on_ec2=True))
    found.extend(neuron_problems(workload.containers, platform))
    return list(found)
