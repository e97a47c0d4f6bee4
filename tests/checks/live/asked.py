"""What the rules ask of resources: found by running them all on their examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

from cdk_containers.checks.engine import run_checks
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

    with patch.object(Resource, "child", noted):
        for case in cases():
            run_checks(estate_of(case.values[2]), CHECKS)
    return found
