"""The table of prices: every number has a unit, a date and a source, and nothing is made up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cdk_containers.costs.prices import read_prices, regions
from cdk_containers.model.instances import instance_types

REGION = "us-east-1"


@pytest.mark.parametrize("region", regions())
def test_every_price_says_where_and_when_it_was_read(region: str):
    prices = read_prices(region)
    assert len(prices.by_key) > 100
    for key, price in prices.by_key.items():
        assert price.usd > 0, key
        assert price.unit, key
        assert price.source.startswith("https://"), key
        assert date.fromisoformat(price.date) <= date(2026, 12, 31), key


def test_every_instance_type_with_a_price_is_one():
    named = {key.removeprefix("ec2:") for key in read_prices(REGION).by_key if key.startswith("ec2:")}
    assert named <= instance_types().keys()


def test_sizes_of_a_family_cost_in_proportion():
    """A slip of the pen shows: of these families, twice the size is twice the price."""
    prices = read_prices(REGION)
    sizes = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
    families = {key[4:].partition(".")[0] for key in prices.by_key if key.startswith("ec2:")} - {"g4dn", "g5", "g6"}
    checked = 0
    for family in sorted(families - {"inf1", "inf2"}):
        known = {n: price.usd for size, n in sizes.items() if (price := prices.find(f"ec2:{family}.{size}"))}
        for vcpus, usd in known.items():
            assert usd / vcpus == pytest.approx(min(known.values()) / min(known), rel=0.001), family
            checked += 1
    assert checked > 80


def test_another_region_has_no_price():
    nowhere = read_prices("eu-west-1")
    assert not nowhere
    assert nowhere.find("nat") is None
    assert nowhere.dates == "none"
    assert read_prices(REGION).find("nat") is not None


def test_fetched_prices_go_first(tmp_path: Path):
    file = tmp_path / "prices.json"
    price = {"usd": 9.0, "unit": "hour", "date": "2026-12-01", "source": "AWS Price List API"}
    file.write_text(json.dumps({"eu-west-1": {"prices": {"nat": price}}, REGION: {"prices": {"nat": price}}}))
    found = read_prices("eu-west-1", file).find("nat")
    assert found is not None
    assert (found.usd, found.date) == (9.0, "2026-12-01")
    assert [it.usd for key in ("nat", "alb") if (it := read_prices(REGION, file).find(key))] == [9.0, 0.0225]


@pytest.mark.parametrize("text", ["{", "[]", '{"us-east-1": 1}', '{"us-east-1": {"prices": {"nat": {"usd": 1}}}}'])
def test_a_file_that_is_none_of_prices_is_refused(text: str, tmp_path: Path):
    file = tmp_path / "prices.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"prices.json: not a price file"):
        read_prices(REGION, file)
