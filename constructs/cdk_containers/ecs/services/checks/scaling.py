"""What is wrong with scaling, seen together with how the service is reached, what it reads and where it runs."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.load_balancing import AlbExposure, Exposure
from cdk_containers.scaling import ServiceScaling

from ...clusters import Cluster


def scaling_problems(
    scaling: ServiceScaling, *, exposures: Sequence[Exposure], reads_queue: bool, cluster: Cluster | None
) -> list[Problem]:
    """Find what is wrong with scaling that has no problems of its own."""
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
    if scaling.messages_per_task is not None:
        found.extend(_backlog_problems(scaling.messages_per_task, reads_queue=reads_queue, cluster=cluster))
    if exposures:
        found.extend(_exposed_problems(scaling))
    return list(found)


def _backlog_problems(messages: int, *, reads_queue: bool, cluster: Cluster | None) -> list[Problem]:
    found = Problems()
    if not reads_queue:
        found.add(
            "messages_per_task",
            "the service reads no queue",
            given=messages,
            allowed="a WorkerService; or metrics=[TargetMetric(…)] for a queue of your own",
            practice="backlog-per-task",
        )
    elif cluster is not None and cluster.has_container_insights is False:
        found.add(
            "messages_per_task",
            "nothing counts the running tasks: Container Insights is off in the cluster",
            given=messages,
            allowed="a cluster with Container Insights, or desired_count",
            practice="backlog-per-task",
        )
    return list(found)


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
