"""Monthly cost of resources: fixed, by use, and unknown."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_containers.core.frozen import frozen

from .prices import Price, Prices
from .usage import Part, Usage, Use


@frozen
class Line:
    """Monthly cost of a construct.

    Attributes:
        stack: Name of its stack.
        construct: Path of the construct, or the logical id if there is no path.
        what: Description, such as `NAT gateway`.
        low: Minimum fixed cost, in US dollars.
        high: Maximum fixed cost, in US dollars.
        by_use: Prices by use, such as `0.5 USD per GB of logs`.
        unknown: Why there are further costs that cannot be calculated; empty if there are none.
        varies: Whether it includes Spot prices, which change.
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
    """Monthly cost of templates.

    Attributes:
        region: Region of the prices.
        dates: Dates of the prices.
        lines: Constructs with a fixed, variable or unknown cost.
        not_known: Resource types whose cost this library does not know.
    """

    region: str
    dates: str
    lines: tuple[Line, ...]
    not_known: tuple[str, ...] = ()

    @property
    def low(self) -> float:
        """Minimum cost in US dollars, without costs by use."""
        return sum(line.low for line in self.lines)

    @property
    def high(self) -> float:
        """Maximum cost in US dollars, without costs by use."""
        return sum(line.high for line in self.lines)

    @property
    def stacks(self) -> dict[str, tuple[Line, ...]]:
        """The lines by stack."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.stack, []).append(line)
        return {stack: tuple(lines) for stack, lines in found.items()}


def line_of(usage: Usage, prices: Prices, *, stack: str, construct: str) -> Line:
    """Return the line of a resource: its usage with prices."""
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
    """Merge equal lines of a construct, such as its alarms."""
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
    """Return the minimum and maximum cost of a part; 0 if a price is missing, which the line reports."""
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
