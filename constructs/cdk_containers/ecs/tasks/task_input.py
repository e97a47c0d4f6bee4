"""Input of a task: a workload and its ECS options."""

from __future__ import annotations

import re
from dataclasses import replace

from constructs import Construct

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import WorkloadInput

from .ec2_task_definition import Ec2TaskDefinition, ec2_task_problems
from .external_task_definition import ExternalTaskDefinition, external_task_problems
from .fargate_task_definition import FargateTaskDefinition, fargate_task_problems
from .managed_instances_task_definition import ManagedInstancesTaskDefinition, managed_instances_task_problems
from .options import TaskOptions
from .platform import Platform
from .task_definition import TaskDefinition
from .task_problems import checked_before

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


@frozen(slots=False)
class TaskInput(WorkloadInput):
    """The options that services and jobs share.

    Attributes:
        task: Options that most tasks do not change.
        platform: Its platform.
    """

    task: TaskOptions
    platform: Platform = "FARGATE"

    @property
    def shared_address(self) -> bool:
        """Whether the containers share one network address, as in all modes except bridge."""
        return self.task.network_mode != "bridge"

    def problems(self) -> list[Problem]:
        """Find what keeps the task from running, by the caller's option names."""
        if wrong := self.own_container_problems():
            return wrong
        found = self.in_the_words_of_the_caller(_PROBLEMS[self.platform](self.workload, self.task))
        return [replace(problem, option=re.sub(r"^options\b", "task", problem.option)) for problem in found]

    def make(self, scope: Construct, id: str) -> TaskDefinition:  # noqa: A002
        """Create the task definition from the checked input."""
        workload = self.workload
        with checked_before():
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
