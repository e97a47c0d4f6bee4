"""How much of a quota a resource uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cdk_containers.checks.templates import Resource
from cdk_containers.core.frozen import frozen
from cdk_containers.model.limits import Quota, quota

Count: TypeAlias = Callable[[Resource], float | None]
"""None if the quota is not about this resource. It raises `CannotTell` by asking for what is not known."""


@frozen(kw_only=False)
class Measure:
    """A quota of a resource, and the function that counts what the resource has of it.

    Attributes:
        quota: The quota.
        types: The types of resources that it is about.
        count: The function.
    """

    quota: Quota
    types: tuple[str, ...]
    count: Count


MEASURES: list[Measure] = []
"""Every measure; the modules named `measured_…` fill it."""


def measures(id: str, *types: str) -> Callable[[Count], Count]:  # noqa: A002  (the quota's)
    """Register a function that counts how much of a quota a resource of some types uses."""

    def register(count: Count) -> Count:
        MEASURES.append(Measure(quota(id), types, count))
        return count

    return register
