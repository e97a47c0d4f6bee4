"""What is wrong with scaling, seen together with how the service is reached, what it reads and where it runs."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.load_balancing import Exposure, exposed_scaling_problems
from cdk_containers.scaling import ServiceScaling

from ...clusters import Cluster


def scaling_problems(
    scaling: ServiceScaling, *, exposures: Sequence[Exposure], reads_queue: bool, cluster: Cluster | None
) -> list[Problem]:
    """Find what is wrong with scaling that has no problems of its own."""
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
            "nothing counts the running tasks: Container Insights is off in the cluster",
            given=messages,
            allowed="a cluster with Container Insights, or desired_count",
            practice="backlog-per-task",
        )
    return list(found)
