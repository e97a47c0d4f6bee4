"""What of App Runner a load balancer can have, and what it cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cdk_containers.copilot.building.request_driven import balanced_check
from cdk_containers.copilot.manifests.models.balancing import HttpHealthCheck


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({}, (None, None, None, None)),
        ({"interval": 10, "timeout": 5, "healthy_threshold": 3, "unhealthy_threshold": 7}, (10, 5, 3, 7)),
        ({"interval": 1, "timeout": 1, "healthy_threshold": 1, "unhealthy_threshold": 20}, (5, 2, 2, 10)),
        ({"interval": 5}, (5, 4, None, None)),
        ({"interval": 20, "timeout": 20}, (20, 19, None, None)),
        ({"timeout": 20}, (None, 20, None, None)),
    ],
)
def test_a_health_check_is_as_near_as_a_load_balancer_can_have_it(
    given: dict[str, int], made: tuple[int | None, ...]
) -> None:
    times = {name: timedelta(seconds=value) for name, value in given.items() if not name.endswith("threshold")}
    check = balanced_check(HttpHealthCheck(path="/up", **{**given, **times}))  # type: ignore[arg-type]
    seconds = tuple(None if it is None else int(it.total_seconds()) for it in (check.interval, check.timeout))
    assert (*seconds, check.healthy_threshold, check.unhealthy_threshold) == made
    assert check.path == "/up"
