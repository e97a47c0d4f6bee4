"""What two stacks cannot both have in one account and region, and what they can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cdk_containers.environments import Collision, collisions, read_assembly
from tests.environments.assemblies import ANYWHERE, HERE, THERE, Stack, assembly

OTHER_REGION = "aws://111111111111/us-east-1"
RECORD = {"Name": "a.example.com", "HostedZoneId": "Z1", "Type": "A"}


def found(
    folder: Path, resource: dict[str, Any], other: dict[str, Any] | None = None, **places: str
) -> list[Collision]:
    """Return the collisions of two stacks that have a resource each, but for the environments that share a place."""
    stacks = [
        Stack("Shop", {"One": resource}, stage="dev", place=places.get("first", HERE)),
        Stack("Shop", {"Other": other or resource}, stage="prod", place=places.get("second", HERE)),
    ]
    return [one for one in collisions(read_assembly(assembly(folder, *stacks))) if one.where]


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::ECR::RegistryScanningConfiguration",
        "AWS::ECR::ReplicationConfiguration",
        "AWS::ECR::RegistryPolicy",
        "AWS::ECR::SigningConfiguration",
        "AWS::GuardDuty::Detector",
        "AWS::Config::ConfigurationRecorder",
        "AWS::ApiGateway::Account",
    ],
)
def test_what_an_account_has_once_in_a_region(tmp_path: Path, type_: str):
    [one] = found(tmp_path / "together", {"Type": type_})
    assert one.severity == "error"
    assert one.who == (f"dev-Shop: One ({type_})", f"prod-Shop: Other ({type_})")
    assert [logical_id for _, logical_id in one.where] == ["One", "Other"]
    assert found(tmp_path / "regions", {"Type": type_}, second=OTHER_REGION) == []
    assert found(tmp_path / "accounts", {"Type": type_}, second=THERE) == []


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::ECS::Cluster", {"ClusterName": "shop"}),
        ("AWS::SQS::Queue", {"QueueName": "jobs"}),
        ("AWS::SNS::Topic", {"TopicName": "orders"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "/shop/web"}),
        ("AWS::SSM::Parameter", {"Name": "/shop/url"}),
        ("AWS::SecretsManager::Secret", {"Name": "shop"}),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name": "shop"}),
        ("AWS::ECS::TaskDefinition", {"Family": "shop"}),
        ("AWS::ECR::PullThroughCacheRule", {"EcrRepositoryPrefix": "docker-hub"}),
        ("AWS::SQS::Queue", {"QueueName": {"Fn::Sub": "jobs-${AWS::Region}"}}),
        ("AWS::EC2::SecurityGroup", {"GroupName": "web", "VpcId": "vpc-1"}),
        ("AWS::ECS::Service", {"ServiceName": "web", "Cluster": "shop"}),
    ],
)
def test_a_name_that_aws_takes_once(tmp_path: Path, type_: str, properties: dict[str, Any]):
    [one] = found(tmp_path / "same", {"Type": type_, "Properties": properties})
    assert one.severity == "error"
    assert f"only one {type_} can have the name" in one.what
    without = {key: value for key, value in properties.items() if not key.endswith(("Name", "Family", "Prefix"))}
    assert found(tmp_path / "unnamed", {"Type": type_, "Properties": without}) == []
    first = next(iter(properties))
    other = {"Type": type_, "Properties": properties | {first: "other"}}
    assert found(tmp_path / "other", {"Type": type_, "Properties": properties}, other) == []
    assert found(tmp_path / "region", {"Type": type_, "Properties": properties}, second=OTHER_REGION) == []


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::SQS::Queue", {"QueueName": {"Fn::Sub": "jobs-${AWS::StackName}"}}),
        ("AWS::SQS::Queue", {"QueueName": {"Ref": "Name"}}),
        ("AWS::ECS::Service", {"ServiceName": "web", "Cluster": {"Ref": "One"}}),
        ("AWS::EC2::SecurityGroup", {"GroupName": "web", "VpcId": {"Fn::ImportValue": "vpc"}}),
    ],
)
def test_names_that_are_not_the_same_for_sure_are_none(tmp_path: Path, type_: str, properties: dict[str, Any]):
    assert found(tmp_path, {"Type": type_, "Properties": properties}) == []


@pytest.mark.parametrize(
    ("type_", "properties", "places"),
    [
        ("AWS::IAM::Role", {"RoleName": "deploy"}, {"second": OTHER_REGION}),
        ("AWS::IAM::OIDCProvider", {"Url": "https://token.example.com"}, {"second": OTHER_REGION}),
        ("AWS::Route53::RecordSet", RECORD, {"second": OTHER_REGION}),
        ("AWS::S3::Bucket", {"BucketName": "shop"}, {"second": THERE}),
    ],
)
def test_names_that_are_good_for_more_than_a_region(
    tmp_path: Path, type_: str, properties: dict[str, Any], places: dict[str, str]
):
    [one] = found(tmp_path, {"Type": type_, "Properties": properties}, **places)
    assert one.severity == "error"


def test_records_with_identifiers_of_their_own_share_a_name(tmp_path: Path):
    one, other = (
        {"Type": "AWS::Route53::RecordSet", "Properties": RECORD | {"SetIdentifier": identifier}}
        for identifier in ("blue", "green")
    )
    assert found(tmp_path / "apart", one, other) == []
    assert len(found(tmp_path / "same", one, one)) == 1


def test_exports_have_one_name(tmp_path: Path):
    output = {"Outputs": {"Url": {"Value": "x", "Export": {"Name": "shop-url"}}}}
    own = {"Outputs": {"Url": {"Value": "x", "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-url"}}}}}
    for sections, number in ((output, 1), (own, 0)):
        stacks = [Stack("Shop", stage=stage, sections=sections) for stage in ("dev", "prod")]
        read = read_assembly(assembly(tmp_path / str(number), *stacks))
        assert [one.what for one in collisions(read) if one.where] == [
            "only one export can have the name shop-url"
        ] * number


def test_environments_that_share_a_place_are_a_warning(tmp_path: Path):
    def read(place: str) -> list[Collision]:
        stacks = Stack("A", stage="dev"), Stack("A", stage="prod", place=place)
        return collisions(read_assembly(assembly(tmp_path / place[6:9], *stacks)))

    here, there = read(HERE), read(THERE)
    [one] = here
    assert (one.severity, one.who) == ("warning", ("dev: dev-A and others", "prod: prod-A and others"))
    assert "account 111111111111 and region eu-west-1" in one.what
    assert there == []


def test_without_account_and_region_nobody_knows(tmp_path: Path):
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}
    stacks = [Stack("A", {"Queue": queue}, stage=stage, place=ANYWHERE) for stage in ("dev", "prod")]
    name, nowhere = collisions(read_assembly(assembly(tmp_path / "two", *stacks)))
    assert (name.severity, nowhere.severity) == ("warning", "warning")
    assert nowhere.who == ("dev-A: account (any), region (any)", "prod-A: account (any), region (any)")
    assert collisions(read_assembly(assembly(tmp_path / "one", stacks[0]))) == []
