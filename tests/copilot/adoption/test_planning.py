"""What happens to each resource is said with a reason, and nothing with data goes without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_containers.cli.main import main
from cdk_containers.copilot.adoption import Plan, plan
from cdk_containers.copilot.adoption.decisions import decide
from cdk_containers.copilot.adoption.plain import PlainTemplate

BAKERY = Path(__file__).parents[1] / "bakery"


def decided(before: object, after: object, name: str = "One") -> tuple[str, bool, str]:
    templates = [PlainTemplate("acme-prod-api", {"Resources": {name: one} if one else {}}) for one in (before, after)]
    (decision,) = decide(*templates)
    return decision.action, decision.danger, decision.why


def bucket(**more: object) -> dict[str, object]:
    return {"Type": "AWS::S3::Bucket", **more}


def test_a_resource_with_the_same_id_is_kept() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::StackName}-q"}}}
    same = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "acme-prod-api-q", "DelaySeconds": 3}}
    assert decided(queue, same)[:2] == ("kept", False)


def test_what_cannot_change_is_made_anew_and_said() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "one"}}
    other = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "two"}}
    action, danger, why = decided(queue, other)
    assert (action, danger) == ("replaced", True)
    assert "QueueName one becomes two" in why
    assert "messages" in why


def test_data_that_leaves_a_stack_is_protected_first() -> None:
    assert decided(bucket(), None)[:2] == ("removed", True)
    assert decided(bucket(DeletionPolicy="Retain"), None)[:2] == ("left", False)


def test_another_type_is_refused() -> None:
    assert decided({"Type": "AWS::AppRunner::Service"}, {"Type": "AWS::ECS::Service"})[0] == "refused"


def test_functions_that_delete_what_they_made_are_not_called() -> None:
    action, danger, why = decided({"Type": "Custom::CustomDomainFunction"}, None)
    assert (action, danger) == ("removed", True)
    assert "public DNS" in why
    assert decided({"Type": "Custom::RulePriorityFunction"}, None)[:2] == ("removed", False)


def test_one_bucket_under_another_id_is_imported() -> None:
    before = PlainTemplate("acme-prod", {"Resources": {"Old": bucket(DeletionPolicy="Retain")}})
    after = PlainTemplate("acme-prod", {"Resources": {"New": bucket()}})
    assert [(one.logical_id, one.action) for one in decide(before, after)] == [("Old", "imported"), ("New", "imported")]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployed")
    retained = {"Type": "AWS::IAM::Role", "DeletionPolicy": "Retain"}
    files = {
        "bakery-test": {
            "Parameters": {"AppName": {"Type": "String"}, "EnvironmentName": {"Type": "String"}},
            "Conditions": {"Never": {"Fn::Equals": [{"Ref": "AppName"}, ""]}},
            "Resources": {
                "VPC": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
                "EnvironmentManagerRole": retained,
                "Skipped": {"Type": "AWS::S3::Bucket", "Condition": "Never"},
                "Reports": {"Type": "AWS::S3::Bucket"},
            },
            "Outputs": {"Old": {"Value": "x", "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-OldThing"}}}},
        },
        "bakery-test-orders": {
            "Resources": {
                "LogGroup": {
                    "Type": "AWS::Logs::LogGroup",
                    "Properties": {"LogGroupName": "/copilot/bakery-test-orders"},
                },
                "EnvControllerAction": {"Type": "Custom::EnvControllerFunction"},
                "Reader": {
                    "Type": "AWS::SSM::Parameter",
                    "Properties": {"Value": {"Fn::ImportValue": "bakery-test-OldThing"}},
                },
            },
        },
    }
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps({"TemplateBody": content}))
    return folder


@pytest.fixture(scope="module")
def made(deployed: Path) -> Plan:
    return plan(BAKERY, templates=deployed, environments=["test"], variables={})


def test_the_plan_over_what_runs(made: Plan) -> None:
    found = {(one.stack, one.logical_id): one for one in made.decisions}
    assert found["bakery-test", "VPC"].action == "kept"
    assert found["bakery-test", "EnvironmentManagerRole"].action == "left"
    assert found["bakery-test", "Reports"].danger
    assert ("bakery-test", "Skipped") not in found
    assert found["bakery-test-orders", "LogGroup"].action == "kept"
    assert found["bakery-test-orders", "EnvControllerAction"].danger


def test_what_goes_with_data_is_in_a_template_that_protects_it(made: Plan) -> None:
    assert made.protected["bakery-test"]["Resources"]["Reports"]["DeletionPolicy"] == "Retain"
    assert "DeletionPolicy" not in made.protected["bakery-test"]["Resources"]["VPC"]


def test_an_export_that_others_import_is_in_the_way(made: Plan) -> None:
    (told,) = made.refused
    assert "bakery-test-OldThing" in told
    assert "bakery-test-orders" in told


def test_stacks_without_a_template_are_named(made: Plan) -> None:
    assert any("deployed template is not in the folder" in note for note in made.notes["bakery-test-shop"])


def test_publishers_come_before_subscribers(made: Plan) -> None:
    (step,) = [one for one in made.steps if one.startswith("Deploy bakery-test")]
    assert step.index("bakery-test-orders") < step.index("bakery-test-baker")


def test_what_copilot_makes_is_known_without_templates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["copilot", "check", str(BAKERY), "--env", "prod", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    found = {(one["stack"], one["logicalId"]): one for one in told["resources"]}
    for kept in ("VPC", "VpcFlowLogGroup", "ELBAccessLogsBucket", "AddonsStack", "FileSystem", "PublicLoadBalancer"):
        assert found["bakery-prod", kept]["action"] == "kept", kept
    assert found["bakery-prod-baker", "EventsQueue"]["action"] == "kept"
    assert found["bakery-prod-shop", "EnvControllerAction"]["danger"]
    assert any("ECR repository bakery/shop: kept" in one for one in told["outside"])
    assert any("pipeline release" in one for one in told["outside"])
    assert any(one.startswith("pipeline-bakery-release: ") and "branch main" in one for one in told["outside"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "{empty}"], "no workspace"),
        (["check", str(BAKERY), "--env", "live"], "there is no environment 'live'"),
        (["check", str(BAKERY), "--template-dir", "{empty}/none"], "there is no folder"),
        (["check", str(BAKERY), "--env", "test", "--certificate-arn", "arn:x"], "ENV=ARN"),
        (["convert", str(BAKERY), "--output", str(BAKERY)], "is not empty"),
        (["convert", "{empty}", "--output", "{empty}/app"], "no workspace"),
    ],
)
def test_wrong_calls(arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["copilot", *(one.format(empty=tmp_path) for one in arguments)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
