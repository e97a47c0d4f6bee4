"""Default scaling of a worker."""

from __future__ import annotations

from dataclasses import replace

from .service_scaling import ServiceScaling

_MESSAGES_PER_TASK = 10


def worker_scaling(scaling: ServiceScaling | None, desired_count: int | None) -> ServiceScaling | None:
    """Return the scaling, by waiting messages unless other targets are set."""
    if scaling is None:
        if desired_count is not None:
            return None
        scaling = ServiceScaling(min_tasks=1, max_tasks=10)
    return replace(scaling, messages_per_task=_MESSAGES_PER_TASK) if scaling.follows_nothing else scaling
