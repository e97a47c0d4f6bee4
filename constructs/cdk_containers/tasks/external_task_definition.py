"""A task definition for machines of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from ..errors import Problem, Problems
from ..inputs import argument_problems
from ..workload import Container, Volume, Workload
from .ec2_task_definition import NETWORK_MODES, as_text, ec2_task_problems
from .external_rules import external_problems
from .options import TaskOptions
from .task_definition import TaskDefinition


class ExternalTaskDefinition(TaskDefinition):
    """Containers that run on machines outside AWS (ECS Anywhere), with the same safe defaults as on Fargate.

    It has what EC2 has, but for network interfaces of the task's own (`awsvpc`) and for volumes of AWS.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
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
            options: What most tasks leave alone: networking, roles, logs. Default: bridge networking.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ExternalTaskDefinition.__init__, locals())
        options = options or TaskOptions(network_mode="bridge")
        if not found:
            workload = Workload(
                containers=containers,
                volumes=volumes,
                cpu=cpu,
                memory_limit_mib=memory_limit_mib,
                shared_address=options.network_mode != "bridge",
            )
            found.extend(external_task_problems(workload, options))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self._make_roles(options)
        self._fill(
            ecs.TaskDefinition(
                self,
                "Definition",
                compatibility=ecs.Compatibility.EXTERNAL,
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


def external_task_problems(workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find everything that keeps a workload from running on external instances."""
    found = Problems()
    found.extend(ec2_task_problems(workload, options))
    found.extend(
        external_problems(
            workload, network_mode=options.network_mode, operating_system=options.operating_system, known=found
        )
    )
    return list(found)
