"""Problems with scaling, checked together with exposures."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.scaling import ServiceScaling

from .alb_exposure import AlbExposure
from .exposure import Exposure


def exposed_scaling_problems(
    scaling: ServiceScaling, exposures: Sequence[Exposure], *, reads_queue: bool
) -> list[Problem]:
    """Find scaling on requests that nothing counts, or scaling that leaves callers without a task."""
    found = Problems()
    if (option := scaling.counts_requests) is not None and not any(
        isinstance(exposure, AlbExposure) for exposure in exposures
    ):
        planned = scaling.predictive.requests_per_target if scaling.predictive is not None else None
        found.add(
            option,
            "no Application Load Balancer counts the requests of this service",
            given=scaling.requests_per_target or planned,
            allowed="messages_per_task or cpu_percent" if reads_queue else "cpu_percent, or an AlbExposure",
            practice="scaling-bounds",
        )
    return [*found, *(_exposed_problems(scaling) if exposures else ())]


def _exposed_problems(scaling: ServiceScaling) -> list[Problem]:
    """Find a service that receives requests but can scale to zero tasks, unless it is switched off."""
    bounds = {"min_tasks": (scaling.min_tasks, scaling.max_tasks)} | {
        f"schedules[{index}].min_tasks": (entry.min_tasks, entry.max_tasks)
        for index, entry in enumerate(scaling.schedules)
    }
    found = Problems()
    for option, (low, high) in bounds.items():
        if low == 0 and high != 0:
            found.add(
                option,
                "requests do not wait until a task starts, so a service that answers requests needs at least one task",
                given=low,
                allowed="1 or more; a schedule with max_tasks=0 switches the service off",
                practice="scale-to-zero",
            )
    return list(found)
