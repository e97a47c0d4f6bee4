"""Monthly usage of a resource, independent of prices: minimum and maximum amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from cdk_containers.checks.templates import Resource
from cdk_containers.core.frozen import frozen

from .prices import HOURS


@frozen(kw_only=False)
class Part:
    """An amount that is used in a month.

    Attributes:
        keys: Key of the price. With several keys, the cheapest and the most expensive price count.
        low: Minimum, in units of the price.
        high: Maximum.
        spot: Spot discount of the minimum, `fargate` or `ec2`; empty for none.
    """

    keys: tuple[str, ...]
    low: float
    high: float
    spot: str = ""


def part(key: str, low: float, high: float | None = None, *, spot: str = "") -> Part:
    """Return a part with one price. The maximum defaults to the minimum."""
    return Part((key,), low, low if high is None else high, spot)


def hourly(key: str, low: float, high: float | None = None, *, spot: str = "") -> Part:
    """Return a part that exists all month and is billed by the hour."""
    return part(key, low * HOURS, None if high is None else high * HOURS, spot=spot)


@frozen(kw_only=False)
class Use:
    """Usage that is billed by the unit.

    Attributes:
        unit: Unit, such as `GB of logs`.
        parts: Parts of one unit; empty if no price is known.
    """

    unit: str
    parts: tuple[Part, ...] = ()


@frozen(kw_only=False)
class Usage:
    """Usage of a resource.

    Attributes:
        what: Description for users, such as `NAT gateway`.
        parts: Usage for the whole month.
        uses: Usage that is billed by the unit.
        unknown: Why there is further usage that cannot be calculated.
    """

    what: str
    parts: tuple[Part, ...] = ()
    uses: tuple[Use, ...] = ()
    unknown: str = ""


Reads: TypeAlias = Callable[[Resource], Usage | None]
"""None if the resource is free. A reader raises `CannotTell` when it needs an unknown value."""

READERS: dict[str, Reads] = {}
"""The reader of each type. The modules of this package register them."""


def used_by(*types: str) -> Callable[[Reads], Reads]:
    """Register a function that returns the usage of resources of some types."""

    def register(reads: Reads) -> Reads:
        READERS.update(dict.fromkeys(types, reads))
        return reads

    return register


def counted(low: float, high: float, noun: str) -> str:
    """Return a count in words, such as `2–10 tasks`."""
    if low == high:
        return f"{low:g} {noun}{'' if low == 1 else 's'}"
    return f"{low:g}–{high:g} {noun}s"


def first_known(values: Iterable[str]) -> str:
    """Return the first text that is not empty."""
    return next((it for it in values if it), "")
