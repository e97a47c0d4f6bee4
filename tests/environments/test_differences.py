"""What differs between two environments in their templates, and what only looks as if it did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import AlbExposure, Application, Disabled, Environment, WebService
from cdk_containers.environments import DeployedStack, Difference, differences, read_assembly
from tests.environments.assemblies import HERE, THERE, Stack, assembly
from tests.toolkit import IMAGE, REASON

DEV = Environment.development("dev", account="111111111111", region="eu-west-1")
PROD = Environment(name="prod", account="222222222222", region="us-east-1", email_addresses=["team@example.com"])


def shop(app: cdk.App, environment: Environment) -> None:
    stage = cdk.Stage(app, environment.name, env=environment.env)
    stack = cdk.Stack(stage, "Shop")
    made = Application(stack, "App", environment=environment, https=Disabled(REASON))
    made.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))


@pytest.fixture(scope="module")
def by_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DeployedStack]:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("app")))
    shop(app, DEV)
    shop(app, PROD)
    shop(app, replace(PROD, name="prod2", account="333333333333", region="eu-west-1"))
    return {stack.environment: stack for stack in read_assembly(Path(app.synth().directory))}


def test_what_an_environment_says_is_listed(by_environment: dict[str, DeployedStack]):
    found = differences([by_environment["dev"]], [by_environment["prod"]])
    service = "App/Web/Service/Service (AWS::ECS::Service)"
    assert Difference(stack="Shop", what=service, at="DesiredCount", before="1", after="2") in found
    capacity = "CapacityProviderStrategy[0].CapacityProvider"
    assert Difference(stack="Shop", what=service, at=capacity, before='"FARGATE_SPOT"', after='"FARGATE"') in found
    logs = "App/Web/Task/Logs (AWS::Logs::LogGroup)"
    assert Difference(stack="Shop", what=logs, at="RetentionInDays", before="30", after="365") in found
    balancer = "App/PublicLoadBalancer/LoadBalancer (AWS::ElasticLoadBalancingV2::LoadBalancer)"
    protection = "LoadBalancerAttributes.deletion_protection.enabled"
    assert Difference(stack="Shop", what=balancer, at=protection, before='"false"', after='"true"') in found
    mail = "App/AlarmTopic/Topic/team@example.com (AWS::SNS::Subscription)"
    assert Difference(stack="Shop", what=mail, after="there") in found
    assert {it.what.rpartition(" ")[2] for it in found if not it.at} == {
        "(AWS::EC2::EIP)",
        "(AWS::EC2::NatGateway)",
        "(AWS::S3::Bucket)",
        "(AWS::S3::BucketPolicy)",
        "(AWS::SNS::Subscription)",
    }


def test_account_region_and_names_are_no_differences(by_environment: dict[str, DeployedStack]):
    found = differences([by_environment["prod"]], [by_environment["prod2"]])
    # Numbers of rules come from the path of the service.
    assert {(it.what.rpartition(" ")[2], it.at) for it in found} == {
        ("(AWS::ElasticLoadBalancingV2::ListenerRule)", "Priority")
    }


def between(folder: Path, before: dict[str, Any], after: dict[str, Any], **sections: Any) -> list[Difference]:
    one, other = read_assembly(
        assembly(
            folder,
            Stack("Shop", before, place=HERE, stage="dev"),
            Stack("Shop", after, place=THERE, stage="prod", sections=sections),
        )
    )
    return differences([one], [other])


def queue(**properties: Any) -> dict[str, Any]:
    return {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties}}


def test_lists_of_keys_are_compared_by_key(tmp_path: Path):
    one, other, third = {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}, {"Key": "b", "Value": "3"}
    assert between(tmp_path / "order", queue(Tags=[one, other]), queue(Tags=[other, one])) == []
    [found] = between(tmp_path / "value", queue(Tags=[one, other]), queue(Tags=[third, one]))
    assert (found.at, found.before, found.after) == ("Tags.b", '"2"', '"3"')


def test_what_cdk_reports_about_itself_is_no_difference(tmp_path: Path):
    def made(type_: str, value: str) -> dict[str, Any]:
        return {"Usage": {"Type": type_, "Properties": {"Analytics": value}}}

    assert between(tmp_path / "usage", made("AWS::CDK::Metadata", "a"), made("AWS::CDK::Metadata", "b")) == []
    assert len(between(tmp_path / "other", made("AWS::SQS::Queue", "a"), made("AWS::SQS::Queue", "b"))) == 1


def test_references_and_long_texts_are_shown_where_they_differ(tmp_path: Path):
    [found] = between(tmp_path / "ref", queue(KmsMasterKeyId={"Ref": "A"}), queue(KmsMasterKeyId={"Ref": "B"}))
    assert (found.before, found.after) == ('{"Ref": "A"}', '{"Ref": "B"}')
    [found] = between(tmp_path / "long", queue(QueueName="x" * 200 + "one"), queue(QueueName="x" * 200 + "two"))
    assert (found.before, found.after) == ('…xxxxxxxxxxone"', '…xxxxxxxxxxtwo"')
    [found] = between(tmp_path / "one", queue(), queue(QueueName="y" * 200))
    assert found.before is None
    assert found.after is not None
    assert len(found.after) <= 60


def test_sections_and_stacks_that_one_has_are_listed(tmp_path: Path):
    [found] = between(tmp_path / "output", queue(), queue(), Outputs={"Url": {"Value": "x"}})
    assert (found.what, found.before, found.after) == ("Outputs Url", None, "there")
    stacks = [Stack("Shop", queue(), stage="dev"), Stack("Shop", queue(), stage="prod"), Stack("Data", stage="prod")]
    read = read_assembly(assembly(tmp_path / "stack", *stacks))
    of = {name: [it for it in read if it.environment == name] for name in ("dev", "prod")}
    assert differences(of["dev"], of["prod"]) == [Difference(stack="Data", after="there")]
    assert differences(of["prod"], of["dev"]) == [Difference(stack="Data", before="there")]


def test_stacks_outside_of_stages_belong_to_the_environment_of_their_tag(tmp_path: Path):
    def tagged(name: str) -> dict[str, Any]:
        return queue(Tags=[{"Key": "environment", "Value": name}], QueueName=f"jobs-{name}")

    stacks = [Stack("Shop-dev", tagged("dev")), Stack("Shop-prod", tagged("prod")), Stack("Other", queue())]
    one, other, third = read_assembly(assembly(tmp_path, *stacks))
    assert [(it.environment, it.key) for it in (one, other, third)] == [
        ("dev", "Shop-<environment>"),
        ("prod", "Shop-<environment>"),
        ("", "Other"),
    ]
    assert differences([one], [other]) == []
