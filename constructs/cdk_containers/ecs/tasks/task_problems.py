"""Checks of workloads: those that all platforms share, and those of each platform."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import Architecture, OperatingSystem, Workload

from .container_rules import container_problems
from .ecs_rules import ecs_problems
from .namespace_rules import option_problems
from .options import TaskOptions
from .sidecars import sidecar_problems, sidecars
from .task_definition import role_problems

_checked: ContextVar[bool] = ContextVar("checked", default=False)


@contextmanager
def checked_before() -> Iterator[None]:
    """Skip checks in a task definition whose service or job has already run them."""
    before = _checked.set(True)
    try:
        yield
    finally:
        _checked.reset(before)


class PlatformRules(Protocol):
    """The rules of one platform: `fargate_problems` or `ec2_problems`."""

    def __call__(
        self,
        workload: Workload,
        *,
        network_mode: NetworkMode,
        architecture: Architecture,
        operating_system: OperatingSystem,
        ephemeral_storage_gib: int | None,
        known: Problems,
    ) -> list[Problem]:
        """Find what the platform refuses, if there are no other problems."""
        ...


def task_problems(workload: Workload, options: TaskOptions, rules: PlatformRules, *, on_ec2: bool) -> list[Problem]:
    """Find all problems with a workload and its options on a platform with these rules."""
    if _checked.get():
        return []
    found = Problems()
    found.extend(options.problems(), under="options")
    found.extend(workload.problems(beside=[] if found else sidecars(options)))
    for index, container in enumerate(workload.containers):
        found.extend(container_problems(container), under=f"containers[{index}]")
    found.extend(ecs_problems(workload))
    if not found.has("options.task_role"):
        found.extend(role_problems(options), under="options")
    found.extend(
        rules(
            workload,
            network_mode=options.network_mode,
            architecture=options.architecture,
            operating_system=options.operating_system,
            ephemeral_storage_gib=options.ephemeral_storage_gib,
            known=found,
        )
    )
    found.extend_anew(option_problems(workload, options, on_ec2=on_ec2, known=found))
    if not found:
        found.extend(sidecar_problems(workload, options, on_ec2=on_ec2))
    return list(found)
