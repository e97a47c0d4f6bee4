"""What is beyond the limits of one service."""

from __future__ import annotations

from cdk_containers import AlbExposure
from cdk_containers.ecs.services.checks.scaling import MOST_TARGET_GROUPS, MOST_TASKS, limit_problems
from cdk_containers.model.limits import quota


def test_a_service_has_five_target_groups_at_the_most():
    ways = [AlbExposure(port=8080 + number, name=f"way{number}") for number in range(6)]
    [problem] = limit_problems(2, None, ways)
    assert (problem.option, problem.given, problem.allowed) == ("exposure", "6", "up to 5")
    assert limit_problems(5000, None, ways[:5]) == []


def test_the_limits_are_those_of_the_quotas():
    assert quota("service-tasks").ceiling == MOST_TASKS
    assert quota("service-target-groups").ceiling == MOST_TARGET_GROUPS
