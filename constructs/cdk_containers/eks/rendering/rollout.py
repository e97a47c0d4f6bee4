"""Rolling deployments: converts ECS percentages to Kubernetes numbers.

ECS rounds the minimum up and the maximum down. Kubernetes rounds maxUnavailable down, which is equivalent, and maxSurge
up, which may allow one more pod. So with a fixed number of pods the manifest contains numbers.
"""

from __future__ import annotations

from cdk_containers.core.inputs import is_token

from .losses import Losses


def rolling_update(*, replicas: int | None, min_percent: int, max_percent: int, losses: Losses) -> dict[str, int | str]:
    """Return `rollingUpdate` of a Deployment."""
    unavailable: int | str = f"{100 - min_percent}%"
    surge: int | str = f"{max_percent - 100}%"
    if replicas and not is_token(replicas):
        unavailable = replicas - -(-replicas * min_percent // 100)
        surge = replicas * max_percent // 100 - replicas
    if unavailable in (0, "0%") and surge in (0, "0%"):
        losses.refuse(
            "min_healthy_percent",
            "no pod may be missing and no pod may be added, so a deployment could not start",
            instead="a lower min_healthy_percent, a higher max_healthy_percent, or more pods",
            practice="full-capacity-during-deployment",
        )
    return {"maxUnavailable": unavailable, "maxSurge": surge}
