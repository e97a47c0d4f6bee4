"""Quotas and hard limits, from a file in the package with a source and a date for each.

An adjustable quota has its default value here. Service Quotas shows the values of an account, by code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Literal, cast

from cdk_containers.core.frozen import frozen

Scope = Literal["resource", "region", "zone", "account"]
"""Scope of a quota: a resource, a region of an account, a zone of it, or the whole account."""


@frozen
class Quota:
    """A quota or a hard limit.

    Attributes:
        id: Stable name in kebab-case.
        of: Resource with the limit, such as `Application Load Balancer`.
        counts: Items that count, such as `rules`.
        value: The maximum number; for an adjustable quota, the default.
        adjustable: Whether AWS raises it on request.
        most: The documented maximum of an increase; None if not documented.
        scope: Its scope.
        code: Its code in Service Quotas, such as `elasticloadbalancing/L-7EED9B64`; empty if it has no known code.
        source: The page with the number.
        date: When the number was read, as YYYY-MM-DD.
    """

    id: str
    of: str
    counts: str
    value: int
    adjustable: bool
    most: int | None
    scope: Scope
    code: str
    source: str
    date: str

    @property
    def ceiling(self) -> int | None:
        """The hard limit; None if AWS documents none."""
        return self.most if self.adjustable else self.value


class UnknownQuotaError(LookupError):
    """No quota has this id."""

    def __init__(self, id: str) -> None:  # noqa: A002  (the field's name)
        from difflib import get_close_matches  # noqa: PLC0415  (needed only here, and 2 ms to import)

        nearest = get_close_matches(id, quotas(), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(map(repr, nearest))}?" if nearest else ""
        super().__init__(f"no quota has the id {id!r}{hint}")


def quota(id: str) -> Quota:  # noqa: A002
    """Return the quota with this id.

    Raises:
        UnknownQuotaError: No quota has this id. The message names the nearest ids.
    """
    try:
        return quotas()[id]
    except KeyError:
        raise UnknownQuotaError(id) from None


@cache
def quotas() -> Mapping[str, Quota]:
    """Return all quotas by id, in the order of the file."""
    return {known.id: known for known in _read()}


def _read() -> Iterator[Quota]:
    with (resources.files(__package__) / "quotas.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            yield Quota(
                id=row["id"],
                of=row["of"],
                counts=row["counts"],
                value=int(row["value"]),
                adjustable=row["adjustable"] != "no",
                most=int(row["adjustable"]) if row["adjustable"].isdigit() else None,
                scope=cast("Scope", row["scope"]),
                code=row["code"],
                source=row["source"],
                date=row["date"],
            )
