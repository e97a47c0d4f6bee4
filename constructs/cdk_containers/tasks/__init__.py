"""A workload as an ECS task definition: roles, log group, containers and volumes, by the rules of ECS."""

from .ec2_task_definition import Ec2TaskDefinition
from .external_task_definition import ExternalTaskDefinition
from .fargate_sizes import fargate_sizes, nearest_fargate_sizes
from .fargate_task_definition import FargateTaskDefinition
from .managed_instances_task_definition import ManagedInstancesTaskDefinition
from .options import TaskOptions
from .platform import Platform
from .task_definition import TaskDefinition
from .task_input import TaskInput

__all__ = [
    "Ec2TaskDefinition",
    "ExternalTaskDefinition",
    "FargateTaskDefinition",
    "ManagedInstancesTaskDefinition",
    "Platform",
    "TaskDefinition",
    "TaskInput",
    "TaskOptions",
    "fargate_sizes",
    "nearest_fargate_sizes",
]
