"""List prices by region, each with its unit, date and source: from the package, and from a file that you fetched.

Each price has a source. Prices are never derived from another region, so a region can have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from cdk_containers.core.frozen import frozen

HOURS = 730
"""Hours of a month in AWS pricing."""


@frozen
class Price:
    """A list price.

    Attributes:
        usd: US dollars.
        unit: Unit that the price is for, such as `hour`.
        date: Date on which the price was read, as YYYY-MM-DD.
        source: Page or API with the price.
    """

    usd: float
    unit: str
    date: str
    source: str


@frozen
class Prices:
    """The prices of a region.

    Attributes:
        region: The region.
        by_key: Prices by key, such as `nat` and `ec2:m7g.large`.
    """

    region: str
    by_key: Mapping[str, Price]

    def find(self, key: str) -> Price | None:
        """Return a price; None if it is unknown."""
        return self.by_key.get(key)

    @property
    def dates(self) -> str:
        """The dates of the prices, such as `2026-01-19 to 2026-11-28`."""
        dates = sorted({price.date for price in self.by_key.values()})
        return " to ".join(dict.fromkeys([dates[0], dates[-1]])) if dates else "none"

    def __bool__(self) -> bool:
        return bool(self.by_key)


def read_prices(region: str, fetched: Path | None = None) -> Prices:
    """Return the prices of a region.

    Args:
        region: The region, such as `us-east-1`.
        fetched: File that `cdk-containers cost update` wrote. Its prices take precedence over those of the package.

    Raises:
        ValueError: The file is not a price file.
    """
    by_key = dict(_prices(_shipped().get(region, {})))
    if fetched is not None and fetched.exists():
        try:
            by_key |= dict(_prices(json.loads(fetched.read_text(encoding="utf-8")).get(region, {})))
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            raise ValueError(f"{fetched}: not a price file: {error}") from None
    return Prices(region=region, by_key=by_key)


def regions() -> list[str]:
    """Return the regions for which the package has prices."""
    return list(_shipped())


def _shipped() -> Mapping[str, Any]:
    text = (resources.files(__package__) / "prices.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _prices(region: Mapping[str, Any]) -> Iterator[tuple[str, Price]]:
    for key, price in region.get("prices", {}).items():
        yield key, Price(usd=float(price["usd"]), unit=price["unit"], date=price["date"], source=price["source"])
    shared = region.get("instances", {})
    for name, usd in shared.get("usd", {}).items():
        price = Price(usd=float(usd), unit=shared["unit"], date=shared["date"], source=shared["source"])
        yield f"ec2:{name}", price
