"""A task definition for EC2 instances."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from ..errors import Problem, Problems
from ..inputs import argument_problems, is_token
from ..workload import Container, Volume, Workload
from .ec2_rules import ec2_problems
from .ecs_rules import ecs_problems
from .options import TaskOptions
from .sidecars import sidecar_problems
from .task_definition import TaskDefinition, role_problems

NETWORK_MODES = {
    "awsvpc": ecs.NetworkMode.AWS_VPC,
    "bridge": ecs.NetworkMode.BRIDGE,
    "host": ecs.NetworkMode.HOST,
}


class Ec2TaskDefinition(TaskDefinition):
    """Containers that run on EC2 instances, with the same safe defaults as on Fargate.

    What EC2 adds: bridge and host networking, GPUs, privileged containers, Docker volumes and directories of the host.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html
    """

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
        found = argument_problems(Ec2TaskDefinition.__init__, locals())
        options = options or TaskOptions()
        if not found:
            workload = Workload(
                containers=containers,
                volumes=volumes,
                cpu=cpu,
                memory_limit_mib=memory_limit_mib,
                shared_address=options.network_mode != "bridge",
            )
            found.extend(ec2_task_problems(workload, options))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self._make_roles(options)
        self._fill(
            ecs.TaskDefinition(
                self,
                "Definition",
                compatibility=ecs.Compatibility.EC2,
                network_mode=NETWORK_MODES[options.network_mode],
                family=options.family,
                cpu=as_text(cpu),
                memory_mib=as_text(memory_limit_mib),
                task_role=self.task_role,
                execution_role=self.execution_role,
            ),
            containers=containers,
            volumes=volumes,
            memory_limit_mib=memory_limit_mib,
            options=options,
        )


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


def as_text(number: int | None) -> str | None:
    """Return a number as CDK takes it here; a token's own digits mean nothing."""
    if number is None or not is_token(number):
        return None if number is None else str(int(number))
    return cdk.Tokenization.stringify_number(number)
