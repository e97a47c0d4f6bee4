"""Fetching prices, against the model of AWS's Price List API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from cdk_containers.costs.update import _WANTED, fetch_prices

TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def client() -> Any:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client("pricing", region_name="us-east-1", **keys)  # type: ignore[call-overload]


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


def product(usage_type: str, *steps: tuple[str, str]) -> str:
    dimensions = {
        f"r{number}": {"beginRange": at, "pricePerUnit": {"USD": usd}} for number, (at, usd) in enumerate(steps)
    }
    return json.dumps(
        {
            "product": {"attributes": {"usagetype": usage_type}},
            "terms": {"OnDemand": {"o": {"priceDimensions": dimensions}}},
        }
    )


def answer(
    stub: Stubber, service: str, *products: str, following: str = "", expected: dict[str, Any] | None = None
) -> None:
    page = {"PriceList": list(products), **({"NextToken": following} if following else {})}
    stub.add_response("get_products", page, expected or {"ServiceCode": service, "Filters": ANY})


def test_each_price_is_asked_for_by_region_and_found_by_its_usage_type(client: Any, stub: Stubber):
    for wanted in _WANTED:
        usage = f"EUW1-{wanted.ends}"
        answer(stub, wanted.service, product(usage, ("0", "0.5")), product(f"{usage}-Other", ("0", "7")))
    found = fetch_prices(client.get_products, "eu-west-1", today=TODAY)
    stub.assert_no_pending_responses()
    assert found.missing == ()
    assert len(found.prices) == len(_WANTED) > 20
    assert found.prices["nat"] == {
        "usd": 0.5,
        "unit": "hour",
        "date": "2026-12-01",
        "source": "AWS Price List API",
    }


def test_pages_steps_and_free_units(client: Any, stub: Stubber):
    first, *rest = _WANTED
    answer(stub, first.service, product("USE1-Nothing", ("0", "1")), following="more")
    filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"}]
    expected = {"ServiceCode": first.service, "Filters": filters, "NextToken": "more"}
    answer(stub, first.service, product(first.ends, ("0", "0"), ("10", "0.3"), ("500", "0.2")), expected=expected)
    for wanted in rest:
        answer(stub, wanted.service)
    found = fetch_prices(client.get_products, "us-east-1", today=TODAY)
    assert {key: price["usd"] for key, price in found.prices.items()} == {first.key: 0.3}
    assert set(found.missing) == {wanted.key for wanted in rest}


def test_two_prices_are_none(client: Any, stub: Stubber):
    first, *rest = _WANTED
    answer(stub, first.service, product(first.ends, ("0", "0.3")), product(f"X-{first.ends}", ("0", "0.4")))
    for wanted in rest:
        answer(stub, wanted.service)
    assert first.key in fetch_prices(client.get_products, "us-east-1").missing


def test_instance_types_come_with_their_fees(client: Any, stub: Stubber):
    for wanted in _WANTED:
        answer(stub, wanted.service)
    for service, usage in (
        ("AmazonEC2", "EUW1-BoxUsage:m7g.large"),
        ("AmazonECS", "EUW1-ECS-Managed-Instances:m7g.large"),
        ("AmazonEKS", "EUW1-EKS-Auto:m7g.large"),
    ):
        answer(stub, service, product(usage, ("0", "0.1")))
    found = fetch_prices(client.get_products, "eu-west-1", instance_types=("m7g.large",), today=TODAY)
    assert set(found.prices) == {"ec2:m7g.large", "ecs-managed:m7g.large", "eks-auto:m7g.large"}


def test_what_a_file_has_of_other_regions_stays(client: Any, stub: Stubber):
    for wanted in _WANTED:
        answer(stub, wanted.service, product(wanted.ends, ("0", "1")))
    found = fetch_prices(client.get_products, "eu-west-1", today=TODAY)
    before = json.dumps({"us-east-1": {"prices": {"nat": {}}}, "eu-west-1": {"prices": {"nat": {}, "old": {"usd": 2}}}})
    after = json.loads(found.text(before))
    assert after["us-east-1"] == {"prices": {"nat": {}}}
    assert after["eu-west-1"]["prices"]["nat"]["usd"] == 1
    assert after["eu-west-1"]["prices"]["old"] == {"usd": 2}
