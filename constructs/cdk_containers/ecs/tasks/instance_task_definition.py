"""Base of task definitions on instances: EC2, Managed Instances and external machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.errors import Problem
from cdk_containers.core.inputs import argument_problems, is_token
from cdk_containers.core.unchecked import unchecked
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import Container, Volume, Workload

from .options import TaskOptions
from .task_definition import TaskDefinition, pid_mode, runtime_platform

_NETWORK_MODES = {
    "awsvpc": ecs.NetworkMode.AWS_VPC,
    "bridge": ecs.NetworkMode.BRIDGE,
    "host": ecs.NetworkMode.HOST,
}


class InstanceTaskDefinition(TaskDefinition):
    """Containers on instances; see `Ec2TaskDefinition` and its siblings."""

    _compatibility: ClassVar[ecs.Compatibility]
    _says_platform: ClassVar[bool] = False
    """Whether the task definition sets an architecture, or the instances determine it."""
    _network_mode: ClassVar[NetworkMode] = "awsvpc"
    """Default network mode of tasks."""

    @staticmethod
    def _problems(workload: Workload, options: TaskOptions) -> list[Problem]:
        """Find everything that keeps a workload from running on this platform."""
        raise NotImplementedError

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
        """Create a task definition.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            containers: One to ten containers; a service sends requests to the first one.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units for all containers; 1024 are one vCPU. Default: none; each container sets its own.
            memory_limit_mib: Memory for all containers in MiB. Default: none; each container sets its own.
            options: Options that most tasks do not change: networking, platform, roles, logs. Default: `TaskOptions()`;
                on machines outside AWS, with bridge networking.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(InstanceTaskDefinition.__init__, locals())
        options = options or TaskOptions(network_mode=self._network_mode)
        if not found:
            workload = Workload(
                containers=containers,
                volumes=volumes,
                cpu=cpu,
                memory_limit_mib=memory_limit_mib,
                shared_address=options.network_mode != "bridge",
            )
            found.extend(self._problems(workload, options))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self._make_roles(options)
        self._fill(
            unchecked(
                ecs.TaskDefinition,
                self,
                "Definition",
                compatibility=self._compatibility,
                network_mode=_NETWORK_MODES[options.network_mode],
                family=options.family,
                cpu=as_text(cpu),
                memory_mib=as_text(memory_limit_mib),
                task_role=self.task_role,
                execution_role=self.execution_role,
                pid_mode=pid_mode(options),
                ipc_mode=None if options.ipc_mode is None else ecs.IpcMode[options.ipc_mode.upper()],
                enable_fault_injection=options.fault_injection or None,
                runtime_platform=(
                    runtime_platform(options.architecture, options.operating_system) if self._says_platform else None
                ),
            ),
            containers=containers,
            volumes=volumes,
            memory_limit_mib=memory_limit_mib,
            options=options,
        )


def as_text(number: int | None) -> str | None:
    """Return a number as text for CDK; a token becomes a reference."""
    if number is None or not is_token(number):
        return None if number is None else str(int(number))
    return cdk.Tokenization.stringify_number(number)
