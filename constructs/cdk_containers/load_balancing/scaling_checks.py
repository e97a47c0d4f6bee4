"""What is wrong with scaling, seen together with how a service is reached."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.scaling import ServiceScaling

from .alb_exposure import AlbExposure
from .exposure import Exposure


def exposed_scaling_problems(
    scaling: ServiceScaling, exposures: Sequence[Exposure], *, reads_queue: bool
) -> list[Problem]:
    """Find scaling that counts requests where nobody does, or that leaves callers without a task."""
    found = Problems()
    if (option := scaling.counts_requests) is not None and not any(
        isinstance(exposure, AlbExposure) for exposure in exposures
    ):
        planned = scaling.predictive.requests_per_target if scaling.predictive is not None else None
        found.add(
            option,
            "there is no Application Load Balancer to count requests",
            given=scaling.requests_per_target or planned,
            allowed="messages_per_task or cpu_percent" if reads_queue else "cpu_percent, or an AlbExposure",
            practice="scaling-bounds",
        )
    return [*found, *(_exposed_problems(scaling) if exposures else ())]


def _exposed_problems(scaling: ServiceScaling) -> list[Problem]:
    """Find where a service that somebody waits for is left without a task, but for one that is switched off."""
    bounds = {"min_tasks": (scaling.min_tasks, scaling.max_tasks)} | {
        f"schedules[{index}].min_tasks": (entry.min_tasks, entry.max_tasks)
        for index, entry in enumerate(scaling.schedules)
    }
    found = Problems()
    for option, (low, high) in bounds.items():
        if low == 0 and high != 0:
            found.add(
                option,
                "requests are not kept until a task is there: a service that answers them needs one",
                given=low,
                allowed="1 or more; a schedule with max_tasks=0 switches the service off",
                practice="scale-to-zero",
            )
    return list(found)
