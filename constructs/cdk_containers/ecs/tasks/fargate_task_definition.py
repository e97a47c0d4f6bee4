"""A task definition for Fargate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked
from cdk_containers.model.workload import Container, Volume, Workload

from .fargate_rules import fargate_problems
from .neuron import neuron_problems
from .options import TaskOptions
from .task_definition import TaskDefinition, pid_mode, runtime_platform
from .task_problems import task_problems


class FargateTaskDefinition(TaskDefinition):
    """Containers on Fargate with a valid size, separate roles, logs, a read-only file system and no root user.

    `WebService` and `BackendService` create one from their options. Use it directly with any CDK service or schedule,
    as `task.task_definition`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    """

    _router_user: ClassVar[str | Disabled] = Disabled(
        "AWS documents that log routers on Fargate run as root; whether another user can create their socket is "
        "unknown, "
        "https://github.com/aws/containers-roadmap/issues/2122"
    )
    _tmpfs_everywhere: ClassVar[bool] = False

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        containers: Sequence[Container],
        volumes: Sequence[Volume] = (),
        cpu: int = 256,
        memory_limit_mib: int = 512,
        options: TaskOptions | None = None,
    ) -> None:
        """Create a task definition.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            containers: One to ten containers; a service sends requests to the first one.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units; 1024 are one vCPU. Default: 256, the smallest.
            memory_limit_mib: Memory in MiB; Fargate supports only certain combinations with `cpu`. Default: 512, the
                smallest.
            options: Options that most tasks do not change: platform, disk, roles, logs. Default: `TaskOptions()`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(FargateTaskDefinition.__init__, locals())
        options = options or TaskOptions()
        if not found:
            workload = Workload(containers=containers, volumes=volumes, cpu=cpu, memory_limit_mib=memory_limit_mib)
            found.extend(fargate_task_problems(workload, options))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self._make_roles(options)
        self._fill(
            unchecked(
                ecs.FargateTaskDefinition,
                self,
                "Definition",
                family=options.family,
                cpu=cpu,
                memory_limit_mib=memory_limit_mib,
                ephemeral_storage_gib=options.ephemeral_storage_gib,
                task_role=self.task_role,
                execution_role=self.execution_role,
                pid_mode=pid_mode(options),
                enable_fault_injection=options.fault_injection or None,
                runtime_platform=runtime_platform(options.architecture, options.operating_system),
            ),
            containers=containers,
            volumes=volumes,
            memory_limit_mib=memory_limit_mib,
            options=options,
        )


def fargate_task_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find everything that keeps a workload from running on Fargate."""
    found = Problems()
    found.extend(task_problems(workload, options, fargate_problems, on_ec2=False))
    found.extend(neuron_problems(workload.containers, "FARGATE"))
    return list(found)
