"""What a role may do, from wherever its statements stand."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.engine import fault, ok
from cdk_containers.checks.rules.roles import grants_of, role_of, trust_of, trusts, worst_grant
from cdk_containers.checks.rules.statements import takes_all
from cdk_containers.checks.templates import CannotTell, Estate, Resource

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DOCUMENT = {"PolicyDocument": {"Statement": STATEMENT}}


def role_in(resources: dict[str, Any], properties: dict[str, Any] | None = None, **sections: Any) -> Resource:
    estate = Estate()
    role = {"Role": {"Type": "AWS::IAM::Role", "Properties": properties or {}}}
    return estate.add("example.yaml", {"Resources": {**role, **resources}, **sections}).resources["Role"]


def policy(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Policy": {"Type": f"AWS::IAM::{type_}", "Properties": {**DOCUMENT, **properties}}}


@pytest.mark.parametrize(
    ("resources", "properties"),
    [
        pytest.param({}, {"Policies": [{"PolicyName": "Policy", **DOCUMENT}]}, id="inline"),
        pytest.param(policy("Policy", Roles=[{"Ref": "Role"}]), {}, id="policy"),
        pytest.param(policy("RolePolicy", RoleName={"Ref": "Role"}), {}, id="role-policy"),
        pytest.param(policy("ManagedPolicy", Roles=[{"Ref": "Role"}]), {}, id="managed-policy-that-names-the-role"),
        pytest.param(policy("ManagedPolicy"), {"ManagedPolicyArns": [{"Ref": "Policy"}]}, id="role-that-names-it"),
        pytest.param(policy("Policy", Roles=["worker"]), {"RoleName": "worker"}, id="by-the-name-of-the-role"),
        pytest.param(
            policy("ManagedPolicy", ManagedPolicyName="read"),
            {"ManagedPolicyArns": [{"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/read"}]},
            id="by-the-name-of-the-policy",
        ),
        pytest.param(
            policy("ManagedPolicy", Roles=[{"Ref": "Role"}]),
            {"ManagedPolicyArns": [{"Ref": "Policy"}]},
            id="from-both-sides-once",
        ),
    ],
)
def test_a_statement_is_found_wherever_it_stands(resources: dict[str, Any], properties: dict[str, Any]):
    grants = grants_of(role_in(resources, properties))
    assert [(one.policy, one.actions, one.on_everything) for one in grants.statements] == [
        ("Policy", ["s3:GetObject"], True)
    ]
    assert not grants.unknown
    assert not grants.managed


def test_a_policy_that_only_mentions_the_role_gives_it_nothing():
    passes_role = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": {"Fn::GetAtt": ["Role", "Arn"]}}
    other = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [passes_role]}}}
    named = {**policy("Policy", Roles=[{"Ref": "Role"}]), "Other": other}
    assert [one.policy for one in grants_of(role_in(named)).statements] == ["Policy"]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"},
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AmazonECSTaskExecutionRolePolicy"]]},
    ],
)
def test_a_managed_policy_of_aws_has_a_name(arn: Any):
    grants = grants_of(role_in({}, {"ManagedPolicyArns": [arn]}))
    assert grants.managed == ["AmazonECSTaskExecutionRolePolicy"]
    assert not grants.unknown


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"ManagedPolicyArns": [{"Ref": "Extra"}]}, "parameter Extra"),
        ({"ManagedPolicyArns": {"Ref": "Extra"}}, "parameter Extra"),
        ({"ManagedPolicyArns": ["arn:aws:iam::123456789012:policy/read"]}, "read"),
        ({"Policies": [{"PolicyName": "own", "PolicyDocument": {"Ref": "Extra"}}]}, "parameter Extra"),
        ({"Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": [{"Ref": "Extra"}]}}]}, "own"),
    ],
)
def test_what_is_not_known_is_told_unless_something_else_is_at_fault(properties: dict[str, Any], why: str):
    role = role_in({}, properties, Parameters={"Extra": {"Type": "String"}})
    with pytest.raises(CannotTell, match=why):
        worst_grant(role, lambda _: ok(), lambda _: ok())
    both = role_in(policy("Policy", Roles=[{"Ref": "Role"}]), properties, Parameters={"Extra": {"Type": "String"}})
    seen = worst_grant(both, lambda statement: fault(statement.policy), lambda _: ok())
    assert seen == fault("Policy")


def test_what_is_denied_is_no_grant():
    denied = {"PolicyName": "deny", "PolicyDocument": {"Statement": {**STATEMENT, "Effect": "Deny"}}}
    assert worst_grant(role_in({}, {"Policies": [denied]}), lambda _: fault("it is"), lambda _: ok()) is None
    allowed = {"PolicyName": "allow", **DOCUMENT}
    assert worst_grant(role_in({}, {"Policies": [allowed]}), lambda _: fault("it is"), lambda _: ok()) is not None


def statement_of(**source: Any) -> Any:
    document = {"PolicyDocument": {"Statement": {"Effect": "Allow", **source}}}
    parameters = {"Arn": {"Type": "String"}}
    bucket = {"Bucket": {"Type": "AWS::S3::Bucket"}}
    role = role_in(bucket, {"Policies": [{"PolicyName": "own", **document}]}, Parameters=parameters)
    return grants_of(role).statements[0]


@pytest.mark.parametrize(
    ("source", "granted"),
    [
        ({"Action": "iam:PassRole"}, True),
        ({"Action": ["s3:*", "IAM:pass*"]}, True),
        ({"Action": "*"}, True),
        ({"Action": "iam:GetRole"}, False),
        ({"NotAction": "s3:*"}, True),
        ({"NotAction": ["iam:*", "s3:*"]}, False),
    ],
)
def test_actions_are_patterns(source: dict[str, Any], granted: bool):  # noqa: FBT001
    assert statement_of(**source).names("iam:PassRole") is granted


@pytest.mark.parametrize(
    ("resource", "everything"),
    [
        ({"Resource": "*"}, True),
        ({"NotResource": "arn:aws:s3:::secret"}, True),
        ({"Resource": [{"Ref": "Arn"}, "*"]}, True),
        ({"Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}, False),
        ({"Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}, False),
        ({"Resource": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"}}, True),
        ({"Resource": {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/ecs/web:*"}}, False),
    ],
)
def test_resources_are_patterns(resource: dict[str, Any], everything: bool):  # noqa: FBT001
    assert statement_of(Action="s3:*", **resource).on_everything is everything


def test_a_resource_that_a_parameter_names_is_not_known():
    with pytest.raises(CannotTell, match="parameter Arn"):
        _ = statement_of(Action="s3:*", Resource={"Ref": "Arn"}).on_everything


@pytest.mark.parametrize(
    ("pattern", "everything"),
    [
        ("*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:s3:::bucket/*", False),
        ("arn:{}:ecr:{}:{}:repository/*", True),
        ("arn:{}:ecr:{}:{}:repository/shop-*", False),
        ("arn:aws:logs:*:*:*", True),
        ("arn:aws:logs:*:*:log-group:*:*", True),
        ("arn:aws:secretsmanager:*:*:secret:*", True),
        ("arn:aws:secretsmanager:*:*:secret:shop/*", False),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:iam::{}:role/{}", False),
        ("{}", False),
        ("{}:*", False),
    ],
)
def test_a_pattern_may_take_all_of_one_kind(pattern: str, everything: bool):  # noqa: FBT001
    assert takes_all(pattern) is everything


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Role"},
        {"Fn::GetAtt": ["Role", "Arn"]},
        {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Role}"},
        {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/worker"},
        "arn:aws:iam::123456789012:role/service/worker",
        "worker",
        {"Ref": "Profile"},
        {"Fn::GetAtt": ["Profile", "Arn"]},
    ],
)
def test_a_role_is_found_by_all_its_names(value: Any):
    user = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"TaskRoleArn": value}}
    profile = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}}
    role = role_in({"Task": user, "Profile": profile}, {"RoleName": "worker"})
    found = role_of(role.template.resources["Task"].value("TaskRoleArn"), role.template.estate)
    assert found is role


def test_a_role_of_elsewhere_is_none_and_one_of_a_parameter_is_not_known():
    role = role_in({}, {"RoleName": "worker"})
    estate = role.template.estate
    assert role_of("arn:aws:iam::123456789012:role/other", estate) is None
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"TaskRoleArn": {"Ref": "Arn"}}}
    role = role_in({"Task": task}, Parameters={"Arn": {"Type": "String"}})
    with pytest.raises(CannotTell, match="parameter Arn"):
        role_of(role.template.resources["Task"].value("TaskRoleArn"), role.template.estate)


def test_the_trust_policy_says_who_may_take_the_role():
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": ["ecs-tasks.amazonaws.com", {"Fn::Sub": "events.${AWS::URLSuffix}"}]},
        "Action": "sts:AssumeRole",
    }
    role = role_in({}, {"AssumeRolePolicyDocument": {"Statement": [trust]}})
    assert trusts(role, "ecs-tasks")
    assert trusts(role, "events")
    assert not trusts(role, "ec2")
    assert [one.has_condition for one in trust_of(role)] == [False]
    everybody = role_in({}, {"AssumeRolePolicyDocument": {"Statement": {**trust, "Principal": "*"}}})
    assert trust_of(everybody)[0].principals("AWS") == ["*"]
