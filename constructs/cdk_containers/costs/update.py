"""Fetches the prices of a region from the AWS Price List with your credentials."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from cdk_containers.core.frozen import frozen

SOURCE = "AWS Price List API"
ACTION = "pricing:GetProducts"
"""IAM action that the credentials need."""

ENDPOINT_REGION = "us-east-1"
"""One of the few regions with a Price List endpoint. It has the prices of all regions."""

GetProducts = Callable[..., Mapping[str, Any]]


@frozen
class _Wanted:
    """Query for a price in the Price List.

    Attributes:
        key: Key of the price in this library.
        service: Service code in the Price List.
        ends: End of the usage type, after the region.
        unit: Unit of the price.
        operation: Operation, if several have the same usage type.
    """

    key: str
    service: str
    ends: str
    unit: str
    operation: str = ""


_WANTED = (
    _Wanted(key="fargate-vcpu-x86", service="AmazonECS", ends="Fargate-vCPU-Hours:perCPU", unit="vCPU-hour"),
    _Wanted(key="fargate-gb-x86", service="AmazonECS", ends="Fargate-GB-Hours", unit="GB-hour"),
    _Wanted(key="fargate-vcpu-arm", service="AmazonECS", ends="Fargate-ARM-vCPU-Hours:perCPU", unit="vCPU-hour"),
    _Wanted(key="fargate-gb-arm", service="AmazonECS", ends="Fargate-ARM-GB-Hours", unit="GB-hour"),
    _Wanted(key="fargate-storage", service="AmazonECS", ends="Fargate-EphemeralStorage-GB-Hours", unit="GB-hour"),
    _Wanted(key="alb", service="AWSELB", ends="LoadBalancerUsage", unit="hour", operation="LoadBalancing:Application"),
    _Wanted(key="alb-lcu", service="AWSELB", ends="LCUUsage", unit="LCU-hour", operation="LoadBalancing:Application"),
    _Wanted(key="nlb", service="AWSELB", ends="LoadBalancerUsage", unit="hour", operation="LoadBalancing:Network"),
    _Wanted(key="nlb-lcu", service="AWSELB", ends="LCUUsage", unit="LCU-hour", operation="LoadBalancing:Network"),
    _Wanted(key="nat", service="AmazonEC2", ends="NatGateway-Hours", unit="hour", operation="NatGateway"),
    _Wanted(key="nat-gb", service="AmazonEC2", ends="NatGateway-Bytes", unit="GB", operation="NatGateway"),
    _Wanted(key="ipv4", service="AmazonVPC", ends="PublicIPv4:InUseAddress", unit="hour"),
    _Wanted(key="endpoint", service="AmazonVPC", ends="VpcEndpoint-Hours", unit="hour and zone"),
    _Wanted(key="endpoint-gb", service="AmazonVPC", ends="VpcEndpoint-Bytes", unit="GB"),
    _Wanted(key="logs-gb", service="AmazonCloudWatch", ends="DataProcessing-Bytes", unit="GB"),
    _Wanted(key="alarm-metric", service="AmazonCloudWatch", ends="CW:AlarmMonitorUsage", unit="month"),
    _Wanted(key="dashboard", service="AmazonCloudWatch", ends="DashboardsUsageHour", unit="month"),
    _Wanted(key="kms-key", service="awskms", ends="KMS-Keys", unit="month"),
    _Wanted(key="secret", service="AWSSecretsManager", ends="AWSSecretsManager-Secrets", unit="month"),
    _Wanted(key="gp3-gb", service="AmazonEC2", ends="EBS:VolumeUsage.gp3", unit="GB-month"),
    _Wanted(key="ecr-gb", service="AmazonECR", ends="TimedStorage-ByteHrs", unit="GB-month"),
    _Wanted(key="eks-cluster", service="AmazonEKS", ends="AmazonEKS-Hours:perCluster", unit="hour"),
)


@frozen
class Fetched:
    """Prices from the Price List.

    Attributes:
        region: The region.
        prices: Prices in the form of the file, by key.
        missing: Keys for which the Price List has no price or several prices.
    """

    region: str
    prices: Mapping[str, Mapping[str, Any]]
    missing: tuple[str, ...]

    def text(self, before: str) -> str:
        """Return the text of a price file with these prices, and its existing prices of other regions."""
        content = json.loads(before) if before else {}
        kept = content.get(self.region, {}).get("prices", {})
        content[self.region] = {"prices": {**kept, **self.prices}}
        return json.dumps(content, indent=2, sort_keys=True) + "\n"


def fetch_prices(
    get_products: GetProducts, region: str, *, instance_types: tuple[str, ...] = (), today: date | None = None
) -> Fetched:
    """Fetch the prices of a region from the Price List.

    Args:
        get_products: `get_products` of a boto3 client for `pricing`.
        region: The region.
        instance_types: Instance types to fetch prices for, with the fees of Managed Instances and EKS Auto Mode.
        today: Date for the prices. Default: today.
    """
    read = (today or date.today()).isoformat()  # noqa: DTZ011  (the local day of the user)
    prices: dict[str, Mapping[str, Any]] = {}
    missing = []
    for wanted, filters in _questions(region, instance_types):
        found = {price for product in _pages(get_products, wanted.service, filters) for price in _usd(product, wanted)}
        if len(found) == 1:
            prices[wanted.key] = {"usd": found.pop(), "unit": wanted.unit, "date": read, "source": SOURCE}
        else:
            missing.append(wanted.key)
    return Fetched(region=region, prices=prices, missing=tuple(missing))


def _questions(region: str, instance_types: tuple[str, ...]) -> Iterator[tuple[_Wanted, dict[str, str]]]:
    for wanted in _WANTED:
        more = {"operation": wanted.operation} if wanted.operation else {}
        yield wanted, {"regionCode": region, **more}
    shared = {"operatingSystem": "Linux", "preInstalledSw": "NA", "tenancy": "Shared", "capacitystatus": "Used"}
    for name in instance_types:
        own = {"regionCode": region, "instanceType": name}
        box = _Wanted(key=f"ec2:{name}", service="AmazonEC2", ends=f"BoxUsage:{name}", unit="hour")
        yield box, {**own, **shared}
        fee = f"ECS-Managed-Instances:{name}"
        yield _Wanted(key=f"ecs-managed:{name}", service="AmazonECS", ends=fee, unit="instance-hour"), own
        auto = _Wanted(key=f"eks-auto:{name}", service="AmazonEKS", ends=f":{name}", unit="instance-hour")
        yield auto, {**own, "operation": "EKSAutoUsage"}


def _pages(get_products: GetProducts, service: str, filters: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    asked: dict[str, Any] = {
        "ServiceCode": service,
        "Filters": [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters.items()],
    }
    while True:
        page = get_products(**asked)
        for text in page.get("PriceList", ()):
            yield json.loads(text)
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]


def _usd(product: Mapping[str, Any], wanted: _Wanted) -> Iterator[float]:
    """Yield the On-Demand price of a matching product. With tiers, it is the price of the first unit."""
    usage = product.get("product", {}).get("attributes", {}).get("usagetype", "")
    if not _is_of(usage, wanted.ends):
        return
    for offer in product.get("terms", {}).get("OnDemand", {}).values():
        steps = [it for it in offer.get("priceDimensions", {}).values() if float(it["pricePerUnit"].get("USD", 0))]
        if steps:
            first = min(steps, key=lambda it: float(it.get("beginRange") or 0))
            yield float(first["pricePerUnit"]["USD"])


def _is_of(usage_type: str, ends: str) -> bool:
    """Tell whether a usage type matches: `EUW1-NatGateway-Hours`, or without a region in us-east-1."""
    return usage_type == ends or usage_type.endswith(ends if ends.startswith(":") else f"-{ends}")
