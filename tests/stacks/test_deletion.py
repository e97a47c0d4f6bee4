"""A stack of `dev` can be deleted: CloudFormation fails at what is not empty, and empties nothing but repositories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]


@pytest.fixture(scope="module")
def dev(assemblies: dict[str, Assembly]) -> Assembly:
    return assemblies["dev"]


def of_type(assembly: Assembly, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack, template in assembly.templates.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind:
                yield f"{stack}/{name}", resource


def test_buckets_stay_and_are_soon_empty(dev: Assembly) -> None:
    buckets = dict(of_type(dev, "AWS::S3::Bucket"))
    of_environments = {name for name in buckets if not name.startswith("dev-pipeline")}
    assert (len(of_environments), len(buckets)) == (3, 7)
    for name, bucket in buckets.items():
        assert bucket["DeletionPolicy"] == "Retain", name
        [rule] = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        assert rule["Status"] == "Enabled"
        # What a pipeline keeps is what a stage can go back to.
        assert rule["ExpirationInDays"] <= (7 if name in of_environments else 365), name
        assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] <= 30, name
    policies = dict(of_type(dev, "AWS::S3::BucketPolicy"))
    assert len(policies) == len(buckets)
    assert {policy["DeletionPolicy"] for policy in policies.values()} == {"Retain"}


def test_repositories_are_emptied(dev: Assembly) -> None:
    repositories = dict(of_type(dev, "AWS::ECR::Repository"))
    assert repositories
    assert all(it["DeletionPolicy"] == "Delete" for it in repositories.values())
    assert all(it["Properties"]["EmptyOnDelete"] is True for it in repositories.values())


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::DynamoDB::Table",
        "AWS::EFS::FileSystem",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    ],
)
def test_what_can_be_deleted_with_its_content_is(dev: Assembly, kind: str) -> None:
    found = dict(of_type(dev, kind))
    assert found
    assert {name for name, it in found.items() if it.get("DeletionPolicy", "Delete") != "Delete"} == set()


def test_nothing_is_protected(dev: Assembly) -> None:
    balancers = dict(of_type(dev, "AWS::ElasticLoadBalancingV2::LoadBalancer"))
    assert balancers
    for name, balancer in balancers.items():
        given = {it["Key"]: it["Value"] for it in balancer["Properties"]["LoadBalancerAttributes"]}
        assert given["deletion_protection.enabled"] == "false", name
    for kind in ("AWS::DynamoDB::Table", "AWS::Logs::LogGroup"):
        for name, entry in of_type(dev, kind):
            assert not entry["Properties"].get("DeletionProtectionEnabled"), name
