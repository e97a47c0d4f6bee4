"""A workload as an ECS task definition: roles, log group, containers and volumes, by the rules of ECS."""

from .ec2_task_definition import Ec2TaskDefinition
from .fargate_sizes import fargate_sizes, nearest_fargate_sizes
from .fargate_task_definition import FargateTaskDefinition
from .fire_lens import FireLens, S3ConfigFile
from .fire_lens_outputs import CloudWatchLogsOutput, FirehoseOutput, FluentBitOutput
from .open_telemetry import OpenTelemetry
from .options import TaskOptions
from .task_definition import TaskDefinition
from .task_input import TaskInput

__all__ = [
    "CloudWatchLogsOutput",
    "Ec2TaskDefinition",
    "FargateTaskDefinition",
    "FireLens",
    "FirehoseOutput",
    "FluentBitOutput",
    "OpenTelemetry",
    "S3ConfigFile",
    "TaskDefinition",
    "TaskInput",
    "TaskOptions",
    "fargate_sizes",
    "nearest_fargate_sizes",
]
