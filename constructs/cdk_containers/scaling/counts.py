"""Task counts of services without scaling."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .service_scaling import ServiceScaling

DEFAULT_COUNT = 2
"""Default number of tasks, so that the service survives the failure of an Availability Zone."""


def count_problems(desired_count: int | None, scaling: ServiceScaling | None) -> list[Problem]:
    """Find a number that is out of range, or that scaling would change."""
    found = Problems()
    if desired_count is not None and scaling is not None:
        found.add(
            "desired_count",
            "each deployment would reset the number that scaling chose",
            given=desired_count,
            allowed="desired_count for a fixed number, or scaling",
            practice="fixed-count-or-scaling",
        )
    if desired_count is not None and not is_token(desired_count) and desired_count < 0:
        found.add("desired_count", "out of range", given=desired_count, allowed="0 or more", practice="several-tasks")
    return list(found)
