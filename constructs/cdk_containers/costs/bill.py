"""What resources cost in a month: what is fixed, what goes by use, and what nobody can say."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_containers.core.frozen import frozen

from .prices import Price, Prices
from .usage import Part, Usage, Use


@frozen
class Line:
    """What something costs in a month.

    Attributes:
        stack: The stack that it is in.
        construct: The path of the construct, or the logical id where there is no path.
        what: What it is, such as `NAT gateway`.
        low: US dollars at the least, as far as they are fixed.
        high: US dollars at the most.
        by_use: What is paid by use, such as `0.5 USD per GB of logs`.
        unknown: Why there is more than that, which nobody can count; empty if there is not.
        varies: Whether Spot prices are in it, which change.
    """

    stack: str
    construct: str
    what: str
    low: float
    high: float
    by_use: tuple[str, ...] = ()
    unknown: str = ""
    varies: bool = False


@frozen
class Bill:
    """All that templates cost in a month.

    Attributes:
        region: The region whose prices were taken.
        dates: When these were read.
        lines: What costs something, or may.
        not_known: Types of resources of which this library does not know whether they cost anything.
    """

    region: str
    dates: str
    lines: tuple[Line, ...]
    not_known: tuple[str, ...] = ()

    @property
    def low(self) -> float:
        """US dollars at the least, without what goes by use."""
        return sum(line.low for line in self.lines)

    @property
    def high(self) -> float:
        """US dollars at the most, without what goes by use."""
        return sum(line.high for line in self.lines)

    @property
    def stacks(self) -> dict[str, tuple[Line, ...]]:
        """The lines by their stacks."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.stack, []).append(line)
        return {stack: tuple(lines) for stack, lines in found.items()}


def line_of(usage: Usage, prices: Prices, *, stack: str, construct: str) -> Line:
    """Put prices to what a resource uses."""
    sums = [_cost(part, prices) for part in usage.parts]
    missing = [key for part in usage.parts for key in part.keys if prices.find(key) is None]
    unknown = [usage.unknown] if usage.unknown else []
    if missing:
        unknown.append(f"no price of {', '.join(dict.fromkeys(missing))} in {prices.region}")
    return Line(
        stack=stack,
        construct=construct,
        what=usage.what,
        low=sum(low for low, _ in sums),
        high=sum(high for _, high in sums),
        by_use=tuple(_by_use(use, prices) for use in usage.uses),
        unknown="; ".join(unknown),
        varies=any(part.spot for part in usage.parts),
    )


def merged(lines: Iterable[Line]) -> list[Line]:
    """Put lines together that say the same of one construct, such as its alarms."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.stack, line.construct, line.what), []).append(line)
    return [_together(group) for group in groups.values()]


def _together(group: list[Line]) -> Line:
    first = group[0]
    if len(group) == 1:
        return first
    return Line(
        stack=first.stack,
        construct=first.construct,
        what=f"{len(group)} × {first.what}",
        low=sum(line.low for line in group),
        high=sum(line.high for line in group),
        by_use=tuple(dict.fromkeys(use for line in group for use in line.by_use)),
        unknown="; ".join(dict.fromkeys(line.unknown for line in group if line.unknown)),
        varies=any(line.varies for line in group),
    )


def _cost(part: Part, prices: Prices) -> tuple[float, float]:
    """Return the least and the most that a part costs; nothing if a price is missing, which the line says."""
    found = [prices.find(key) for key in part.keys]
    known = [price.usd for price in found if isinstance(price, Price)]
    if len(known) < len(found):
        return 0.0, 0.0
    discount = prices.find(f"spot-discount:{part.spot}") if part.spot else None
    least = min(known) * (1 - discount.usd) if discount else min(known)
    return (0.0 if part.spot and discount is None else least * part.low), max(known) * part.high


def _by_use(use: Use, prices: Prices) -> str:
    missing = [key for part in use.parts for key in part.keys if prices.find(key) is None]
    if missing or not use.parts:
        return f"no price per {use.unit}"
    usd = sum(_cost(part, prices)[1] for part in use.parts)
    return f"{usd:.4g} USD per {use.unit}"
