"""Checks of quotas and hard limits: what exceeds them, and what is close to them."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import Resource

from . import measured_load_balancers, measured_services, measured_stacks  # noqa: F401  (they register the measures)
from .measures import MEASURES, Measure

NEAR = 0.8
"""Share of a quota from which usage counts as high."""

FEW = 20
"""Quotas below this value are ignored, because they do not limit growth."""

_FIXED = [it for it in MEASURES if it.quota.ceiling is not None]


def _types(found: list[Measure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(type_ for it in found for type_ in it.types))


@check("hard-limits", *_types(_FIXED), fix="Split it: AWS does not raise this limit.")
def is_possible(resource: Resource) -> Outcome | None:
    """Nothing exceeds the hard limits of AWS."""
    return worst(lambda measure: _beyond(measure, resource), _of(_FIXED, resource))


@check("quota-headroom", *_types(MEASURES), fix="Request a higher quota in Service Quotas, or split it.")
def has_room(resource: Resource) -> Outcome | None:
    """There is room to grow within the default quotas."""
    return worst(lambda measure: _near(measure, resource), _of(MEASURES, resource))


def _of(found: list[Measure], resource: Resource) -> Iterator[Measure]:
    return (it for it in found if resource.type in it.types)


def _beyond(measure: Measure, resource: Resource) -> Outcome | None:
    used, ceiling = measure.count(resource), measure.quota.ceiling
    if used is None or ceiling is None:
        return None
    what = f"{_number(used)} {measure.quota.counts}"
    if used > ceiling:
        return fault(f"it has {what}, and no {measure.quota.of} has more than {_number(ceiling)}")
    return ok(f"AWS allows {what}")


def _near(measure: Measure, resource: Resource) -> Outcome | None:
    used, quota = measure.count(resource), measure.quota
    if used is None:
        return None
    what, ceiling = f"it has {_number(used)} {quota.counts}", quota.ceiling
    if ceiling is not None and used > ceiling:
        return None  # `hard-limits` reports it
    if used > quota.value or (quota.value >= FEW and used >= NEAR * quota.value):
        kind = "default quota" if quota.adjustable else "limit"
        fix = "" if quota.adjustable else "Split it before it grows: AWS does not raise this limit."
        return fault(f"{what}: {used / quota.value:.0%} of the {kind} of {_number(quota.value)}", fix=fix)
    return ok(f"{what}, of {_number(quota.value)}")


def _number(count: float) -> str:
    return f"{count:,.0f}"
