"""What the rules ask of resources of an account: found by running those that make sense there on their examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.live import ONLY_IN_TEMPLATES
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Resource, Value
from tests.checks.test_examples import cases, estate_of


@cache
def asked() -> Mapping[str, set[str]]:
    """Return the properties that the rules ask for, by type."""
    found: dict[str, set[str]] = defaultdict(set)
    child = Resource.child

    def noted(self: Resource, key: str) -> Value:
        found[self.type].add(key)
        return child(self, key)

    checks = [check for check in CHECKS if check.practice not in ONLY_IN_TEMPLATES]
    with patch.object(Resource, "child", noted):
        for case in cases():
            run_checks(estate_of(case.values[2]), checks)
    return found
