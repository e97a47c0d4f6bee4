"""What a resource uses in a month, whatever it costs: how much of what, at the least and at the most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from cdk_containers.checks.templates import Resource
from cdk_containers.core.frozen import frozen

from .prices import HOURS


@frozen(kw_only=False)
class Part:
    """How much of something is used in a month.

    Attributes:
        keys: The price; several where any of them may be it, so that the cheapest and the dearest count.
        low: The least, in units of the price.
        high: The most.
        spot: Whose Spot discount the least has, `fargate` or `ec2`; empty for none.
    """

    keys: tuple[str, ...]
    low: float
    high: float
    spot: str = ""


def part(key: str, low: float, high: float | None = None, *, spot: str = "") -> Part:
    """Return a part with one price; as much at the most as at the least, where nothing else is said."""
    return Part((key,), low, low if high is None else high, spot)


def hourly(key: str, low: float, high: float | None = None, *, spot: str = "") -> Part:
    """Return a part that is there all month and is paid by the hour."""
    return part(key, low * HOURS, None if high is None else high * HOURS, spot=spot)


@frozen(kw_only=False)
class Use:
    """What is paid for only as far as it is used.

    Attributes:
        unit: One unit of it, such as `GB of logs`.
        parts: What one unit takes; empty if no price is known.
    """

    unit: str
    parts: tuple[Part, ...] = ()


@frozen(kw_only=False)
class Usage:
    """What a resource uses.

    Attributes:
        what: What it is, for a reader, such as `NAT gateway`.
        parts: What it uses all month.
        uses: What is paid for by use.
        unknown: Why there is more than that, which nobody can count.
    """

    what: str
    parts: tuple[Part, ...] = ()
    uses: tuple[Use, ...] = ()
    unknown: str = ""


Reads: TypeAlias = Callable[[Resource], Usage | None]
"""None if the resource costs nothing. It raises `CannotTell` by asking for what is not known."""

READERS: dict[str, Reads] = {}
"""The reader of each type; the modules of this package fill it."""


def used_by(*types: str) -> Callable[[Reads], Reads]:
    """Register a function that tells what resources of some types use."""

    def register(reads: Reads) -> Reads:
        READERS.update(dict.fromkeys(types, reads))
        return reads

    return register


def counted(low: float, high: float, noun: str) -> str:
    """Return a number of things in words, such as `2–10 tasks`."""
    if low == high:
        return f"{low:g} {noun}{'' if low == 1 else 's'}"
    return f"{low:g}–{high:g} {noun}s"


def first_known(values: Iterable[str]) -> str:
    """Return the first text that says something."""
    return next((it for it in values if it), "")
