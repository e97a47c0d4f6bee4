"""The evaluator itself, on policies written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.iam.evaluation import allowed, arn_of, who_can, who_surely_can
from tests.iam.symbols import ANYTHING, Answer, Symbols, like, match

TABLE = "arn:<Partition>:dynamodb:<Region>:<AccountId>:table/<Orders>"
READ = "dynamodb:GetItem"


def template(*statements: dict[str, Any], **resources: dict[str, Any]) -> dict[str, Any]:
    """A role with a policy of these statements, another role, and a table."""
    return {
        "Resources": {
            "Web": {"Type": "AWS::IAM::Role"},
            "Other": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Orders": {"Type": "AWS::DynamoDB::Table"},
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"PolicyDocument": {"Statement": list(statements)}, "Roles": [{"Ref": "Web"}]},
            },
            **resources,
        }
    }


def allow(action: Any = READ, resource: Any = None, **more: Any) -> dict[str, Any]:
    resource = {"Fn::GetAtt": ["Orders", "Arn"]} if resource is None else resource
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(**more: Any) -> dict[str, Any]:
    return {**allow(), "Effect": "Deny", **more}


def both(given: dict[str, Any], action: str = READ, arn: str = TABLE, **context: str) -> tuple[set[str], set[str]]:
    known = {"aws:SecureTransport": "true", **{key.replace("_", ":"): value for key, value in context.items()}}
    return who_can(given, action, arn, known), who_surely_can(given, action, arn, known)


WEB, NOBODY = ({"Web"}, {"Web"}), (set[str](), set[str]())
PERHAPS = ({"Web"}, set[str]())


def test_a_role_can_what_it_is_allowed_and_no_other_can():
    assert both(template(allow())) == WEB
    assert both(template(allow()), "dynamodb:PutItem") == NOBODY
    assert both(template(allow()), arn=TABLE.replace("Orders", "Others")) == NOBODY
    assert both(template()) == NOBODY


@pytest.mark.parametrize(
    "action", ["*", "dynamodb:*", "dynamodb:Get*", "dynamodb:Get?tem", "DynamoDB:getitem", ["s3:GetObject", READ]]
)
def test_actions_have_wildcards_and_no_case(action: Any):
    assert both(template(allow(action))) == WEB


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        ["arn:aws:s3:::x", {"Fn::GetAtt": ["Orders", "Arn"]}],
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":dynamodb:*:*:table/", {"Ref": "Orders"}]]},
        {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Orders}"},
        {"Fn::Sub": ["${Table}", {"Table": {"Fn::GetAtt": ["Orders", "Arn"]}}]},
        {"Fn::Sub": "${Orders.Arn}"},
        "arn:*:dynamodb:*:*:table/*",
    ],
    ids=str,
)
def test_one_resource_is_written_in_many_ways(resource: Any):
    assert both(template(allow(resource=resource))) == WEB


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::*",
        {"Fn::Sub": "arn:aws:dynamodb:eu-west-1:111111111111:table/${Others}"},
        {"Fn::Sub": "${Orders.Arn}/index/*"},
        [],
    ],
    ids=str,
)
def test_other_resources_are_others(resource: Any):
    assert both(template(allow(resource=resource))) == NOBODY


def test_a_region_that_is_written_out_may_be_the_one_of_the_deployment():
    here = "arn:aws:dynamodb:eu-west-1:111111111111:table/*"
    assert both(template(allow(resource=here))) == PERHAPS
    assert both(template(allow(), deny(Resource=here))) == PERHAPS
    assert both(template({"Effect": "Allow", "Action": "*", "NotResource": here})) == PERHAPS


def test_a_part_of_a_resource_is_not_the_resource():
    given = template(allow(resource={"Fn::Sub": "${Orders.Arn}/index/*"}))
    assert both(given, arn=f"{TABLE}/index/by-date") == WEB
    assert both(template(allow()), arn=f"{TABLE}/index/by-date") == NOBODY


def test_a_denial_wins():
    assert both(template(allow(), deny())) == NOBODY
    assert both(template(allow(), deny(Action="dynamodb:PutItem"))) == WEB
    assert both(template(allow(), deny(Action=None, NotAction="dynamodb:PutItem") | {"NotAction": "s3:*"})) == NOBODY


def test_all_but_an_action_or_a_resource():
    but = {"Effect": "Allow", "NotAction": "dynamodb:Put*", "Resource": "*"}
    assert both(template(but)) == WEB
    assert both(template(but), "dynamodb:PutItem") == NOBODY
    but = {"Effect": "Allow", "Action": "*", "NotResource": {"Fn::GetAtt": ["Orders", "Arn"]}}
    assert both(template(but)) == NOBODY
    assert both(template(but), arn="arn:aws:s3:::x") == WEB


@pytest.mark.parametrize(
    ("condition", "context", "answer"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, {}, WEB),
        ({"Bool": {"aws:SecureTransport": "false"}}, {}, NOBODY),
        ({"StringEquals": {"aws:PrincipalTag/team": "shop"}}, {}, PERHAPS),
        ({"StringEquals": {"dynamodb:Leading": "a"}}, {"dynamodb_Leading": "a"}, WEB),
        ({"StringEquals": {"dynamodb:Leading": ["a", "b"]}}, {"dynamodb_Leading": "b"}, WEB),
        ({"StringEquals": {"dynamodb:Leading": "a"}}, {"dynamodb_Leading": "b"}, NOBODY),
        ({"StringNotEquals": {"dynamodb:Leading": "a"}}, {"dynamodb_Leading": "b"}, WEB),
        ({"StringLike": {"dynamodb:Leading": "a*"}}, {"dynamodb_Leading": "abc"}, WEB),
        ({"ArnLike": {"aws:Source": "arn:aws:ecs:*"}}, {"aws_Source": "arn:aws:ecs:eu-west-1:1:x"}, WEB),
        ({"ArnNotLike": {"aws:Source": "arn:aws:ecs:*"}}, {"aws_Source": "arn:aws:ecs:eu-west-1:1:x"}, NOBODY),
        ({"StringEqualsIfExists": {"dynamodb:Leading": "a"}}, {"dynamodb_Leading": "b"}, NOBODY),
        ({"StringEquals": {"aws:Account": {"Ref": "AWS::AccountId"}}}, {"aws_Account": "<AccountId>"}, WEB),
        ({"StringEquals": {"aws:Account": {"Ref": "AWS::AccountId"}}}, {"aws_Account": "1"}, PERHAPS),
        ({"NumericLessThan": {"s3:max-keys": "5"}}, {"s3_max-keys": "4"}, PERHAPS),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"a:b": "c"}}, {"a_b": "d"}, NOBODY),
    ],
    ids=str,
)
def test_conditions(condition: dict[str, Any], context: dict[str, str], answer: tuple[set[str], set[str]]):
    assert both(template(allow(Condition=condition)), **context) == answer


def test_a_denial_that_may_not_hold_keeps_nobody_surely_out():
    assert both(template(allow(), deny(Condition={"StringEquals": {"a:b": "c"}}))) == PERHAPS
    assert both(template(allow(), deny(Condition={"Bool": {"aws:SecureTransport": "false"}}))) == WEB


# ---- where policies are


def test_policies_are_attached_inline_or_managed():
    document = {"Statement": allow()}
    inline = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": document}]}}
    managed = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    with_managed = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "Managed"}]}}
    attached = {**managed, "Properties": {**managed["Properties"], "Roles": [{"Ref": "Other"}]}}
    single = {
        "Type": "AWS::IAM::RolePolicy",
        "Properties": {"PolicyDocument": document, "RoleName": {"Ref": "Other"}},
    }
    assert both(template(Other=inline)) == ({"Other"}, {"Other"})
    assert both(template(Other=with_managed, Managed=managed)) == ({"Other"}, {"Other"})
    assert both(template(Managed=attached)) == ({"Other"}, {"Other"})
    assert both(template(Single=single)) == ({"Other"}, {"Other"})


def test_a_policy_that_is_not_in_the_template_may_allow_anything():
    aws = {
        "Type": "AWS::IAM::Role",
        "Properties": {"ManagedPolicyArns": ["arn:aws:iam::111111111111:policy/of-another-app"]},
    }
    assert both(template(Other=aws)) == ({"Other"}, set())


def test_a_policy_of_aws_is_read_as_aws_has_it():
    administrator = {
        "Type": "AWS::IAM::Role",
        "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
    }
    assert both(template(Other=administrator)) == ({"Other"}, {"Other"})


def test_a_policy_of_aws_that_is_about_volumes_only_allows_nothing_else():
    name = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"
    volumes = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{name}"]}}
    assert both(template(Other=volumes)) == (set(), set())
    volume = "arn:<Partition>:ec2:<Region>:<AccountId>:volume/v"
    assert who_can(template(Other=volumes), "ec2:CreateVolume", volume) == {"Other"}


def test_a_resource_allows_and_denies_by_itself():
    def bucket(principal: Any, effect: str = "Allow") -> dict[str, Any]:
        statement = {
            "Effect": effect,
            "Action": "s3:GetObject",
            "Principal": principal,
            "Resource": {"Fn::Sub": "${Files.Arn}/*"},
        }
        properties = {"Bucket": {"Ref": "Files"}, "PolicyDocument": {"Statement": [statement]}}
        return template(
            allow("s3:GetObject", {"Fn::Sub": "${Files.Arn}/*"}) if effect == "Deny" else {**allow(), "Action": []},
            Files={"Type": "AWS::S3::Bucket"},
            FilesPolicy={"Type": "AWS::S3::BucketPolicy", "Properties": properties},
        )

    def who(given: dict[str, Any]) -> set[str]:
        return who_can(given, "s3:GetObject", f"{arn_of(given, 'Files')}/a")

    assert who(bucket({"AWS": {"Fn::GetAtt": ["Other", "Arn"]}})) == {"Other"}
    assert who(bucket("*")) == who(bucket({"AWS": "*"})) == {"Web", "Other"}
    assert who(bucket({"Service": "logs.amazonaws.com"})) == set()
    assert who(bucket({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}})) == set()
    assert who(bucket({"AWS": {"Fn::GetAtt": ["Web", "Arn"]}}, "Deny")) == set()
    assert who(bucket({"AWS": {"Fn::GetAtt": ["Other", "Arn"]}}, "Deny")) == {"Web"}


def test_a_policy_of_one_resource_says_nothing_of_another():
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "*"}]}
    given = template(Key={"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}})
    assert who_can(given, "kms:Decrypt", arn_of(given, "Key")) == {"Web", "Other"}
    assert who_can(given, READ, TABLE) == set()


# ---- other stacks


@pytest.mark.parametrize(
    "reference",
    [
        {"Fn::GetStackOutput": {"StackName": "Data", "OutputName": "TableArn", "Region": {"Ref": "AWS::Region"}}},
        {"Fn::ImportValue": "Data:TableArn"},
        {"Fn::Select": [1, {"Fn::Split": ["||", {"Fn::ImportValue": "Data:List"}]}]},
    ],
    ids=str,
)
def test_a_table_of_another_stack_is_the_same_table(reference: Any):
    arn = {"Fn::GetAtt": ["Orders", "Arn"]}
    data = {
        "Resources": {"Orders": {"Type": "AWS::DynamoDB::Table"}},
        "Outputs": {
            "TableArn": {"Value": arn, "Export": {"Name": "Data:TableArn"}},
            "List": {"Value": {"Fn::Join": ["||", ["x", arn]]}, "Export": {"Name": "Data:List"}},
        },
    }
    templates = {"Data": data, "Shop": template(allow(resource=reference))}
    resource = arn_of(templates, "Orders", "Data")
    assert resource == TABLE.replace("Orders", "Data/Orders")
    assert who_can(templates, READ, resource) == who_surely_can(templates, READ, resource) == {"Shop/Web"}
    assert who_can(templates, READ, arn_of(templates, "Orders", "Shop")) == set()


def test_what_cannot_be_read_may_be_anything():
    assert Symbols({"": template()}, "").text({"Fn::FindInMap": ["a", "b", "c"]}) == ANYTHING
    given = template(allow(resource={"Fn::ImportValue": "Unknown"}))
    assert who_can(given, READ, TABLE) == {"Web"}


# ---- matching


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a*c", "abbc", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a.c", "abc", False),
        ("*", "", True),
        ("a*", "ba", False),
    ],
)
def test_wildcards(pattern: str, text: str, *, matches: bool):
    assert like(pattern, text) is matches


@pytest.mark.parametrize(
    ("pattern", "arn", "answer"),
    [
        ("arn:<Partition>:s3:::a*", "arn:<Partition>:s3:::abc", Answer.YES),
        ("arn:*:s3:::a*", "arn:<Partition>:s3:::abc", Answer.YES),
        ("arn:aws:s3:::a*", "arn:<Partition>:s3:::abc", Answer.PERHAPS),
        ("arn:aws:s3:::b*", "arn:<Partition>:s3:::abc", Answer.NO),
        ("arn:aws:sqs:eu-west-1:1:a", "arn:aws:sqs:eu-west-2:1:a", Answer.NO),
        ("arn:aws:sqs:<Region>:1:a", "arn:aws:sqs:eu-west-2:1:a", Answer.PERHAPS),
        ("arn:aws:x:*:*:y/*", "<Thing.Arn>", Answer.PERHAPS),
        ("<Other.Arn>", "<Thing.Arn>", Answer.NO),
        ("<Thing.Arn>/*", "<Thing.Arn>/a", Answer.YES),
        (ANYTHING, "<Thing.Arn>", Answer.PERHAPS),
        ("*", "<Thing.Arn>", Answer.YES),
    ],
)
def test_arns_with_symbols(pattern: str, arn: str, answer: Answer):
    assert match(pattern, arn) is answer


class TestACallOfWhichEverythingIsKnown:
    """A key that it does not have keeps it out, unless the condition is a negation or says `IfExists`."""

    @pytest.mark.parametrize(
        ("operator", "without_key", "same", "other"),
        [
            ("StringEquals", False, True, False),
            ("ArnLike", False, True, False),
            ("ArnLikeIfExists", True, True, False),
            ("StringNotEquals", True, False, True),
            ("ArnNotEquals", True, False, True),
        ],
    )
    def test_of_a_condition(self, operator: str, *, without_key: bool, same: bool, other: bool):
        here = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":ecs:eu-west-1:111111111111:cluster/shop"]]}
        statement = {
            "Effect": "Allow",
            "Action": "ecs:StopTask",
            "Resource": "*",
            "Condition": {operator: {"ecs:cluster": here}},
        }
        cluster = "arn:aws:ecs:eu-west-1:111111111111:cluster/"
        contexts = ({}, {"ecs:cluster": f"{cluster}shop"}, {"ecs:cluster": f"{cluster}other"})
        answers = tuple(allowed([statement], "ecs:StopTask", context=context) for context in contexts)
        assert answers == (without_key, same, other)

    def test_with_several_resources_each_needs_a_permission(self):
        statement = {"Effect": "Allow", "Action": "ecs:*", "Resource": "arn:aws:ecs:eu-west-1:111111111111:task/shop/*"}
        task = "arn:aws:ecs:eu-west-1:111111111111:task/{}/1"
        assert allowed([statement], "ecs:StopTask", task.format("shop"))
        assert not allowed([statement], "ecs:StopTask", [task.format("shop"), task.format("other")])

    def test_a_condition_that_is_not_understood_decides_nothing(self):
        statement = {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01"}},
        }
        with pytest.raises(AssertionError, match="known only at deployment"):
            allowed([statement], "ecs:StopTask", context={"aws:CurrentTime": "2026-01-01"})
