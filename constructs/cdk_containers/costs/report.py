"""Bills, differences and comparisons, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .bill import Bill, Line
from .compare import Comparison, Offer
from .difference import Difference

TERMS = "list price, without tax, free tier and discounts; costs by use are not in the totals"
_SHOWN_BY_USE = 3


def bill_text(bill: Bill) -> str:
    """Return a bill as text: the fixed cost of each stack, then costs by use, then unknown costs."""
    parts = [_head(bill.region, bill.dates)]
    for stack, lines in bill.stacks.items():
        fixed = [line for line in lines if line.high]
        total = _range(sum(line.low for line in lines), sum(line.high for line in lines))
        rows = [(f"  {line.construct}", line.what + (" *" if line.varies else ""), _of(line)) for line in fixed]
        parts.append("\n".join([f"{stack}  {total}", *_table(rows)]))
    parts.append(f"all stacks  {_range(bill.low, bill.high)}")
    if any(line.varies for line in bill.lines):
        parts.append("* includes Spot, whose price varies: from the largest discount that AWS documents to no discount")
    parts += _listed("by use", _by_use(bill.lines))
    unknown = [f"{line.stack}: {line.construct}: {line.unknown}" for line in bill.lines if line.unknown]
    parts += _listed("not in the totals, because the amount is unknown", unknown)
    parts += _listed("resource types without a known price", bill.not_known)
    return "\n\n".join(parts)


def bill_data(bill: Bill) -> dict[str, Any]:
    """Return a bill as data for JSON."""
    return {
        **_terms(bill.region, bill.dates),
        "low": _cents(bill.low),
        "high": _cents(bill.high),
        "stacks": {
            stack: {
                "low": _cents(sum(line.low for line in lines)),
                "high": _cents(sum(line.high for line in lines)),
                "lines": [_line_data(line) for line in lines],
            }
            for stack, lines in bill.stacks.items()
        },
        "not_known": list(bill.not_known),
    }


def difference_text(change: Difference) -> str:
    """Return the cost of a change as text, the total first."""
    before, after = (_range(bill.low, bill.high) for bill in (change.before, change.after))
    parts = [
        _head(change.after.region, change.after.dates),
        f"{_signed(change.low, change.high)} a month: {before} before, {after} after",
    ]
    rows = [
        (
            f"  {it.stack}: {it.construct}",
            _step(it.before, it.after),
            _signed(it.low, it.high),
        )
        for it in change.changes
    ]
    parts.append("\n".join(_table(rows)) if rows else "  nothing in these totals changes")
    return "\n\n".join(parts)


def difference_data(change: Difference) -> dict[str, Any]:
    """Return the cost of a change as data for JSON."""
    return {
        **_terms(change.after.region, change.after.dates),
        "low": _cents(change.low),
        "high": _cents(change.high),
        "before": {"low": _cents(change.before.low), "high": _cents(change.before.high)},
        "after": {"low": _cents(change.after.low), "high": _cents(change.after.high)},
        "changes": [
            {
                "stack": it.stack,
                "construct": it.construct,
                "before": it.before,
                "after": it.after,
                "low": _cents(it.low),
                "high": _cents(it.high),
            }
            for it in change.changes
        ],
    }


def comparison_text(found: Comparison) -> str:
    """Return a comparison as a table, the cheapest first."""
    rows = [(f"  {offer.capacity}", _offer(offer), offer.why) for offer in found.offers]
    parts = [_head(found.region, found.dates), "\n".join(_table(rows, right=1))]
    if found.cheapest:
        parts.append(f"cheapest at a fixed price: {found.cheapest.capacity}")
    return "\n\n".join(parts)


def comparison_data(found: Comparison) -> dict[str, Any]:
    """Return a comparison as data for JSON."""
    return {
        **_terms(found.region, found.dates),
        "cheapest": found.cheapest.capacity if found.cheapest else None,
        "offers": [
            {
                "capacity": offer.capacity,
                "low": None if offer.low is None else _cents(offer.low),
                "high": None if offer.high is None else _cents(offer.high),
                "instances": offer.instances,
                "instance_type": offer.instance_type,
                "per_instance": offer.per_instance,
                "why": offer.why,
            }
            for offer in found.offers
        ],
    }


def _head(region: str, dates: str) -> str:
    return f"USD a month in {region}, with prices of {dates}: {TERMS}"


def _terms(region: str, dates: str) -> dict[str, Any]:
    return {"currency": "USD", "period": "month", "region": region, "prices_of": dates, "terms": TERMS}


def _line_data(line: Line) -> Mapping[str, Any]:
    return {
        "construct": line.construct,
        "what": line.what,
        "low": _cents(line.low),
        "high": _cents(line.high),
        "varies": line.varies,
        "by_use": list(line.by_use),
        "unknown": line.unknown,
    }


def _of(line: Line) -> str:
    return _range(line.low, line.high)


def _offer(offer: Offer) -> str:
    return "no price" if offer.low is None or offer.high is None else _range(offer.low, offer.high)


def _range(low: float, high: float) -> str:
    shown = dict.fromkeys((f"{low:,.2f}", f"{high:,.2f}"))
    return " – ".join(shown)


def _signed(low: float, high: float) -> str:
    shown = dict.fromkeys((f"{_cents(low):+,.2f}", f"{_cents(high):+,.2f}"))
    return " to ".join(shown)


def _cents(usd: float) -> float:
    return round(usd, 2) + 0.0  # avoids -0.0


def _step(before: str, after: str) -> str:
    if before and after:
        return f"{before} → {after}" if before != after else after
    return f"new: {after}" if after else f"gone: {before}"


def _by_use(lines: Iterable[Line]) -> list[str]:
    """Return each price once, with some of the constructs that use it."""
    users: dict[str, list[str]] = {}
    for line in lines:
        for use in line.by_use:
            users.setdefault(use, []).append(line.construct)
    return [f"{use}: {_some(list(dict.fromkeys(names)))}" for use, names in users.items()]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_BY_USE
    return ", ".join(names[:_SHOWN_BY_USE]) + (f" and {more} more" if more > 0 else "")


def _listed(title: str, entries: Iterable[str]) -> list[str]:
    found = list(entries)
    return ["\n".join([title, *(f"  {entry}" for entry in found)])] if found else []


def _table(rows: Sequence[tuple[str, str, str]], *, right: int = 2) -> list[str]:
    """Return rows with aligned columns, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    return [
        "  ".join(
            cell.rjust(width) if column == right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
