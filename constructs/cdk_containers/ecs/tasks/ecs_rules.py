"""Rules of ECS for every task definition."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.model.workload import Workload

MAX_CONTAINERS = 10


def ecs_problems(workload: Workload) -> list[Problem]:
    """Find what ECS refuses on all platforms."""
    found = Problems()
    count = len(workload.containers)
    if count > MAX_CONTAINERS:
        found.add(
            "containers",
            "too many for one task",
            given=count,
            allowed=f"1–{MAX_CONTAINERS}",
            practice="container-count",
        )
    return list(found)
