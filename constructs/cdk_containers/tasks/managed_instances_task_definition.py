"""A task definition for Managed Instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from ..errors import Problem, Problems
from ..inputs import argument_problems
from ..workload import Container, Volume, Workload
from .ec2_task_definition import NETWORK_MODES, as_text, ec2_task_problems
from .managed_instances_rules import managed_instances_problems
from .options import TaskOptions
from .task_definition import TaskDefinition, runtime_platform


class ManagedInstancesTaskDefinition(TaskDefinition):
    """Containers that run on ECS Managed Instances, with the same safe defaults as on Fargate, but for `/tmp`.

    GPUs and privileged containers are there as on EC2, and no size has to be a pair of Fargate's. There is no tmpfs:
    with a read-only root file system nothing is writable but the volumes that are mounted.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html
    """

    # ECS refuses tmpfs here, and so the one that every container has by default.
    _tmpfs: ClassVar[bool] = False

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        containers: Sequence[Container],
        volumes: Sequence[Volume] = (),
        cpu: int | None = None,
        memory_limit_mib: int | None = None,
        options: TaskOptions | None = None,
    ) -> None:
        """Make a task definition.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            containers: One to ten containers; the first is the one that a service sends requests to.
            volumes: Volumes that they mount. Default: none.
            cpu: CPU units for all containers, 1024 to a vCPU. Default: none; each container says what it needs.
            memory_limit_mib: Memory in MiB for all containers. Default: none; each container says what it needs.
            options: What most tasks leave alone: networking, platform, roles, logs.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ManagedInstancesTaskDefinition.__init__, locals())
        options = options or TaskOptions()
        if not found:
            workload = Workload(containers=containers, volumes=volumes, cpu=cpu, memory_limit_mib=memory_limit_mib)
            found.extend(managed_instances_task_problems(workload, options))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self._make_roles(options)
        self._fill(
            ecs.TaskDefinition(
                self,
                "Definition",
                compatibility=ecs.Compatibility.MANAGED_INSTANCES,
                network_mode=NETWORK_MODES[options.network_mode],
                family=options.family,
                cpu=as_text(cpu),
                memory_mib=as_text(memory_limit_mib),
                task_role=self.task_role,
                execution_role=self.execution_role,
                runtime_platform=runtime_platform(options.architecture, options.operating_system),
            ),
            containers=containers,
            volumes=volumes,
            memory_limit_mib=memory_limit_mib,
            options=options,
        )


def managed_instances_task_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find everything that keeps a workload from running on Managed Instances."""
    found = Problems()
    found.extend(ec2_task_problems(workload, options))
    found.extend(
        managed_instances_problems(
            workload, network_mode=options.network_mode, operating_system=options.operating_system, known=found
        )
    )
    return list(found)
