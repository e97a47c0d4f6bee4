"""Cost of a change."""

from __future__ import annotations

from collections import Counter

from cdk_containers.core.frozen import frozen

from .bill import Bill, Line

_CENT = 0.005


@frozen
class Change:
    """Change of the monthly cost of a construct.

    Attributes:
        stack: The stack.
        construct: The construct.
        before: Description before the change; empty if the construct is new.
        after: Description after the change; empty if it is removed.
        low: Minimum increase in US dollars; negative if the cost falls.
        high: Maximum increase in US dollars.
    """

    stack: str
    construct: str
    before: str
    after: str
    low: float
    high: float


@frozen
class Difference:
    """Monthly cost of a change.

    Attributes:
        before: Bill before the change.
        after: Bill after the change.
        changes: Changes, the most expensive first.
    """

    before: Bill
    after: Bill
    changes: tuple[Change, ...]

    @property
    def low(self) -> float:
        """Minimum increase in US dollars."""
        return self.after.low - self.before.low

    @property
    def high(self) -> float:
        """Maximum increase in US dollars."""
        return self.after.high - self.before.high


def difference(before: Bill, after: Bill) -> Difference:
    """Compare two bills by construct."""
    same = Counter(map(_identity, before.lines)) & Counter(map(_identity, after.lines))
    gone, new = _without(before.lines, same), _without(after.lines, same)
    changes = []
    for place in dict.fromkeys((line.stack, line.construct) for line in (*gone, *new)):
        old, added = ([it for it in lines if (it.stack, it.construct) == place] for lines in (gone, new))
        changes.append(
            Change(
                stack=place[0],
                construct=place[1],
                before=", ".join(line.what for line in old),
                after=", ".join(line.what for line in added),
                low=sum(line.low for line in added) - sum(line.low for line in old),
                high=sum(line.high for line in added) - sum(line.high for line in old),
            )
        )
    return Difference(before=before, after=after, changes=tuple(sorted(changes, key=_order)))


def _identity(line: Line) -> tuple[object, ...]:
    return line.stack, line.construct, line.what, round(line.low, 2), round(line.high, 2), line.by_use, line.unknown


def _without(lines: tuple[Line, ...], same: Counter[tuple[object, ...]]) -> list[Line]:
    left, found = same.copy(), []
    for line in lines:
        if left[_identity(line)]:
            left[_identity(line)] -= 1
        else:
            found.append(line)
    return found


def _order(change: Change) -> tuple[float, str, str]:
    return -abs(change.high) if abs(change.high) > _CENT else 0.0, change.stack, change.construct
