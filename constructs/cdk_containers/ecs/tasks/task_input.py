"""What a caller gives to have a task: a container of its own, what runs beside it, and its size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from constructs import Construct

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.model.workload import Container, ImageLike, NotSecret, Port, Volume, Workload

from .ec2_task_definition import Ec2TaskDefinition, ec2_task_problems
from .external_task_definition import ExternalTaskDefinition, external_task_problems
from .fargate_task_definition import FargateTaskDefinition, fargate_task_problems
from .managed_instances_task_definition import ManagedInstancesTaskDefinition, managed_instances_task_problems
from .options import TaskOptions
from .platform import Platform
from .task_definition import TaskDefinition

_CONTAINER = re.compile(r"containers\[(\d+)\]")
_PROBLEMS = {
    "FARGATE": fargate_task_problems,
    "EC2": ec2_task_problems,
    "MANAGED_INSTANCES": managed_instances_task_problems,
    "EXTERNAL": external_task_problems,
}
_ON_INSTANCES = {
    "EC2": Ec2TaskDefinition,
    "MANAGED_INSTANCES": ManagedInstancesTaskDefinition,
    "EXTERNAL": ExternalTaskDefinition,
}


@dataclass(frozen=True, kw_only=True)
class TaskInput:
    """The options that everything with a task has: services and jobs.

    Attributes:
        image: Image of the container of its own, where nothing else about it needs saying.
        container: The container of its own, in place of `image`.
        sidecars: Containers beside it.
        volumes: Volumes that the containers mount.
        cpu: CPU units of the task.
        memory_limit_mib: Memory of the task.
        task: What most tasks leave alone.
        platform: What it runs on.
        ports: Where the container of its own listens, if it does not say so itself.
        environment: Settings that whoever makes the task adds to the container of its own.
    """

    image: ImageLike | None
    container: Container | None
    sidecars: Sequence[Container]
    volumes: Sequence[Volume]
    cpu: int | None
    memory_limit_mib: int | None
    task: TaskOptions
    platform: Platform = "FARGATE"
    ports: Sequence[Port] = ()
    environment: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])

    @cached_property
    def workload(self) -> Workload:
        """What runs: the container of its own, then the sidecars."""
        main = self.container or Container(image=self.image or "")
        if main.ports in ((), []):
            main = replace(main, ports=tuple(self.ports))
        if self.environment:
            main = replace(main, environment={**self.environment, **main.environment})
        return Workload(
            containers=[main, *self.sidecars],
            volumes=self.volumes,
            cpu=self.cpu,
            memory_limit_mib=self.memory_limit_mib,
            shared_address=self.task.network_mode != "bridge",
        )

    def problems(self) -> list[Problem]:
        """Find what keeps the task from running, under the names that the caller used."""
        found = Problems()
        if (self.image is None) == (self.container is None):
            found.add(
                "image",
                "a task has one container of its own",
                given=Shown("neither" if self.image is None else "both"),
                allowed="one of image and container",
                practice="container-count",
            )
            return list(found)
        found.extend(_PROBLEMS[self.platform](self.workload, self.task))
        return [self._in_the_words_of_the_caller(problem) for problem in found]

    def make(self, scope: Construct, id: str) -> TaskDefinition:  # noqa: A002
        """Make the task definition."""
        workload = self.workload
        if self.platform == "FARGATE":
            return FargateTaskDefinition(
                scope,
                id,
                containers=workload.containers,
                volumes=workload.volumes,
                cpu=workload.cpu or 0,
                memory_limit_mib=workload.memory_limit_mib or 0,
                options=self.task,
            )
        return _ON_INSTANCES[self.platform](
            scope,
            id,
            containers=workload.containers,
            volumes=workload.volumes,
            cpu=workload.cpu,
            memory_limit_mib=workload.memory_limit_mib,
            options=self.task,
        )

    def _in_the_words_of_the_caller(self, problem: Problem) -> Problem:
        """A workload counts containers; a caller gave an image or a container, and sidecars."""

        def name(match: re.Match[str]) -> str:
            index = int(match[1])
            return f"sidecars[{index - 1}]" if index else "container"

        option = _CONTAINER.sub(name, problem.option)
        if self.image is not None:
            option = option.removeprefix("container.") if option.startswith("container.image") else option
        if option == "containers":
            option = "sidecars" if self.sidecars else "container"
        return replace(problem, option=re.sub(r"^options\b", "task", option))
