"""Quota usage of resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cdk_containers.checks.templates import Resource
from cdk_containers.core.frozen import frozen
from cdk_containers.model.limits import Quota, quota

Count: TypeAlias = Callable[[Resource], float | None]
"""None if the quota does not apply to this resource. A measure raises `CannotTell` when it needs an unknown value."""


@frozen(kw_only=False)
class Measure:
    """A quota of a resource, and the function that counts its usage.

    Attributes:
        quota: The quota.
        types: Resource types that it applies to.
        count: The function.
    """

    quota: Quota
    types: tuple[str, ...]
    count: Count


MEASURES: list[Measure] = []
"""All measures. The modules named `measured_…` register them."""


def measures(id: str, *types: str) -> Callable[[Count], Count]:  # noqa: A002  (the quota's)
    """Register a function that counts the usage of a quota by resources of some types."""

    def register(count: Count) -> Count:
        MEASURES.append(Measure(quota(id), types, count))
        return count

    return register
