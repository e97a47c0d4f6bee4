"""Estimates the cost of templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Resource

from . import capacity, jobs, networking, others, tasks  # noqa: F401  (they register the readers)
from .bill import Bill, Line, line_of, merged
from .jobs import minutes_of_runs
from .others import BY_USE, is_free
from .prices import Prices
from .usage import READERS, Usage, Use


def estimate(estate: Estate, prices: Prices, *, run_minutes: Mapping[str, float] | None = None) -> Bill:
    """Estimate the monthly cost of templates.

    Args:
        estate: Templates.
        prices: The prices of a region.
        run_minutes: Duration of a run of a job in minutes, by the path of its construct, the last part of the path, or
            its logical id. Default: none; jobs are priced by use.
    """
    lines, not_known = [], []
    with minutes_of_runs(run_minutes or {}):
        for resource in _existing(estate):
            if is_free(resource.type):
                continue
            usage = _usage(resource)
            if usage is None:
                not_known += [] if resource.type in READERS else [resource.type]
                continue
            stack = resource.template.whole.logical_id
            lines.append(line_of(usage, prices, stack=stack, construct=_owner(resource)))
    found = [line for line in merged(lines) if line.low or line.high or line.by_use or line.unknown]
    return Bill(
        region=prices.region,
        dates=prices.dates,
        lines=tuple(sorted(found, key=_order)),
        not_known=tuple(sorted(set(not_known))),
    )


def _existing(estate: Estate) -> Iterator[Resource]:
    for resource in estate.resources:
        try:
            if resource.exists:
                yield resource
        except CannotTell:
            yield resource  # it may exist, and then it has a cost


def _usage(resource: Resource) -> Usage | None:
    if resource.type in BY_USE:
        what, unit, parts = BY_USE[resource.type]
        return Usage(what, uses=(Use(unit, parts),))
    reads = READERS.get(resource.type)
    if reads is None:
        return None
    try:
        return reads(resource)
    except (CannotTell, Malformed) as why:
        return Usage(_noun(resource.type), unknown=str(why))


@cache
def _noun(type_: str) -> str:
    return type_.removeprefix("AWS::").replace("::", " ")


def _owner(resource: Resource) -> str:
    """Return the path below the stack of the construct that contains a resource, such as an alarm."""
    stack = resource.template.construct_path
    path = resource.construct_path.removeprefix(f"{stack}/" if stack else "")
    return path.rpartition("/")[0] or path or resource.logical_id


def _order(line: Line) -> tuple[str, float, str, str]:
    return line.stack, -line.high, line.construct, line.what
