"""Problems with counts and scaling, checked together with exposures, queues and where a service runs."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.load_balancing import Exposure, exposed_scaling_problems
from cdk_containers.scaling import ServiceScaling

from ...clusters import Cluster

MOST_TASKS, MOST_TARGET_GROUPS = 5_000, 5
"""Fixed quotas of one service, which AWS does not raise."""


def scaling_problems(
    scaling: ServiceScaling, *, exposures: Sequence[Exposure], reads_queue: bool, cluster: Cluster | None
) -> list[Problem]:
    """Find problems with scaling that is valid by itself."""
    found = Problems()
    found.extend(exposed_scaling_problems(scaling, exposures, reads_queue=reads_queue))
    if scaling.messages_per_task is not None:
        found.extend(_backlog_problems(scaling.messages_per_task, reads_queue=reads_queue, cluster=cluster))
    return list(found)


def _backlog_problems(messages: int, *, reads_queue: bool, cluster: Cluster | None) -> list[Problem]:
    found = Problems()
    if not reads_queue:
        found.add(
            "messages_per_task",
            "the service reads no queue",
            given=messages,
            allowed="a WorkerService; or metrics=[TargetMetric(…)] for your own queue",
            practice="backlog-per-task",
        )
    elif cluster is not None and cluster.has_container_insights is False:
        found.add(
            "messages_per_task",
            "nothing counts the running tasks, because Container Insights is off in the cluster",
            given=messages,
            allowed="a cluster with Container Insights, or desired_count",
            practice="backlog-per-task",
        )
    return list(found)


def limit_problems(
    desired_count: int | None, scaling: ServiceScaling | None, exposures: Sequence[Exposure]
) -> list[Problem]:
    """Find numbers of tasks and of target groups above the quotas of a service."""
    found = Problems()
    counts = {"desired_count": desired_count, "scaling.max_tasks": None if scaling is None else scaling.max_tasks}
    for option, count in counts.items():
        if isinstance(count, int) and not is_token(count) and count > MOST_TASKS:
            found.add(
                option,
                "more tasks than a service can have",
                given=count,
                allowed=f"up to {MOST_TASKS:,}; or several services",
                practice="hard-limits",
            )
    if len(exposures) > MOST_TARGET_GROUPS:
        found.add(
            "exposure",
            "more target groups than a service can have",
            given=len(exposures),
            allowed=f"up to {MOST_TARGET_GROUPS}",
            practice="hard-limits",
        )
    return list(found)
