"""Workloads as ECS task definitions: roles, log group, containers and volumes."""

from cdk_containers.core.fargate_sizes import fargate_sizes, nearest_fargate_sizes

from .ec2_task_definition import Ec2TaskDefinition
from .external_task_definition import ExternalTaskDefinition
from .fargate_task_definition import FargateTaskDefinition
from .fire_lens import FireLens, S3ConfigFile
from .fire_lens_outputs import CloudWatchLogsOutput, FirehoseOutput, FluentBitOutput
from .managed_instances_task_definition import ManagedInstancesTaskDefinition
from .open_telemetry import OpenTelemetry
from .options import TaskOptions
from .platform import Platform
from .task_definition import TaskDefinition
from .task_input import TaskInput

__all__ = [
    "CloudWatchLogsOutput",
    "Ec2TaskDefinition",
    "ExternalTaskDefinition",
    "FargateTaskDefinition",
    "FireLens",
    "FirehoseOutput",
    "FluentBitOutput",
    "ManagedInstancesTaskDefinition",
    "OpenTelemetry",
    "Platform",
    "S3ConfigFile",
    "TaskDefinition",
    "TaskInput",
    "TaskOptions",
    "fargate_sizes",
    "nearest_fargate_sizes",
]
