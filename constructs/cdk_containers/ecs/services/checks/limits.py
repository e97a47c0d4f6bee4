"""What is beyond the limits that AWS sets for one service, and raises for nobody."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.load_balancing import Exposure
from cdk_containers.model.limits import quota
from cdk_containers.scaling import ServiceScaling

_PRACTICE = "hard-limits"


def limit_problems(
    desired_count: int | None, scaling: ServiceScaling | None, exposures: Sequence[Exposure]
) -> list[Problem]:
    """Find numbers of tasks and of target groups that no service has."""
    found = Problems()
    tasks, groups = quota("service-tasks").value, quota("service-target-groups").value
    counts = {"desired_count": desired_count, "scaling.max_tasks": None if scaling is None else scaling.max_tasks}
    for option, count in counts.items():
        if count is not None and not is_token(count) and count > tasks:
            found.add(
                option,
                "more tasks than a service can have",
                given=count,
                allowed=f"up to {tasks:,}; or several services",
                practice=_PRACTICE,
            )
    if len(exposures) > groups:
        found.add(
            "exposure",
            "more target groups than a service can have",
            given=len(exposures),
            allowed=f"up to {groups}",
            practice=_PRACTICE,
        )
    return list(found)
