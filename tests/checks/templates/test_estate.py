"""Resources that refer to each other: in one template, over exports, outputs and nested stacks."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.templates import CannotTell, Estate, NestedIn, Resource

ROLE = {"Type": "AWS::IAM::Role"}
TASK = "AWS::ECS::TaskDefinition"


def task(role: Any) -> dict[str, Any]:
    return {"Type": TASK, "Properties": {"TaskRoleArn": role}}


def one_template(**resources: Any) -> Estate:
    estate = Estate()
    estate.add("t", {"Parameters": {"Arn": {"Type": "String"}}, "Resources": {"Role": ROLE, **resources}})
    return estate


def role_of(it: Resource) -> Resource | None:
    return it.template.estate.find(it.value("TaskRoleArn"), "AWS::IAM::Role")


REFERENCES = [
    {"Ref": "Role"},
    {"Fn::GetAtt": ["Role", "Arn"]},
    {"Fn::GetAtt": "Role.Arn"},
    {"Fn::Sub": "${Role.Arn}"},
    {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}"},
    {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":role/", {"Ref": "Role"}]]},
]


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_is_followed_both_ways(reference: Any):
    estate = one_template(Task=task(reference), Other=task("arn:aws:iam::111122223333:role/x"))
    (it,) = [it for it in estate.of_type(TASK) if it.logical_id == "Task"]
    role = role_of(it)
    assert role is not None
    assert role.logical_id == "Role"
    assert role.referring(TASK) == [it]
    assert role.referring("AWS::ECS::Service") == []


def test_what_is_outside_is_none_and_what_is_unknown_cannot_be_told():
    estate = one_template(Task=task("arn:aws:iam::111122223333:role/x"), Free=task({"Ref": "Arn"}))
    literal, free = estate.of_type(TASK)
    assert role_of(literal) is None
    with pytest.raises(CannotTell, match="parameter Arn"):
        role_of(free)


def test_another_type_is_not_what_was_looked_for():
    estate = one_template(Queue={"Type": "AWS::SQS::Queue"}, Task=task({"Ref": "Queue"}))
    assert role_of(estate.of_type(TASK)[0]) is None


def test_a_reference_that_a_condition_leaves_out_is_none():
    never = {"Fn::If": ["Never", {"Ref": "Role"}, "x"]}
    estate = Estate()
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Role": ROLE, "Task": task(never), "Gone": {**task({"Ref": "Role"}), "Condition": "Never"}},
    }
    estate.add("t", template)
    assert estate.of_type("AWS::IAM::Role")[0].referring(TASK) == []
    assert [it.logical_id for it in estate.of_type(TASK)] == ["Task"]


def test_exports_are_followed_to_the_other_template():
    estate = Estate()
    outputs = {"Out": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "roles:Arn"}}}
    estate.add("roles", {"Resources": {"Role": ROLE}, "Outputs": outputs})
    estate.add("tasks", {"Resources": {"Task": task({"Fn::ImportValue": "roles:Arn"})}})
    (it,) = estate.of_type(TASK)
    (role,) = estate.of_type("AWS::IAM::Role")
    assert role_of(it) is role
    assert role.referring(TASK) == [it]


def test_outputs_of_a_stack_are_followed_by_its_name():
    estate = Estate()
    estate.add(
        "roles", {"Resources": {"Role": ROLE}, "Outputs": {"Out": {"Value": {"Ref": "Role"}}}}, stack_name="roles"
    )
    reference = {"Fn::GetStackOutput": {"StackName": "roles", "OutputName": "Out"}}
    estate.add("tasks", {"Resources": {"Task": task(reference)}})
    (it,) = estate.of_type(TASK)
    (role,) = estate.of_type("AWS::IAM::Role")
    assert role_of(it) is role
    assert role.referring(TASK) == [it]


def test_nested_stacks_are_followed_down_and_up():
    estate = Estate()
    given = {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": given}}
    reads = {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Fn::GetAtt": ["Nested", "Outputs.Task"]}}}
    outer = estate.add("outer", {"Resources": {"Role": ROLE, "Nested": nested, "Service": reads}})
    inner = estate.add(
        "inner",
        {
            "Parameters": {"RoleArn": {"Type": "String", "Default": "x"}},
            "Resources": {"Task": task({"Ref": "RoleArn"})},
            "Outputs": {"Task": {"Value": {"Ref": "Task"}}},
        },
        nested_in=NestedIn(outer, given),
    )
    outer.resources["Nested"].nested = inner
    it, role, service = inner.resources["Task"], outer.resources["Role"], outer.resources["Service"]
    assert role_of(it) is role
    assert role.referring(TASK) == [it]
    assert estate.find(service.value("TaskDefinition")) is it
    assert it.referring("AWS::ECS::Service") == [service]


def test_a_literal_id_is_followed_where_it_is_known():
    estate = Estate()
    template = estate.add("account", {"Resources": {"Task": task("arn:aws:iam::111122223333:role/web")}})
    role = Resource("web", ROLE, template, frozenset({"web", "arn:aws:iam::111122223333:role/web"}))
    template.resources["web"] = role
    assert role_of(template.resources["Task"]) is role
    assert role.referring(TASK) == [template.resources["Task"]]


def account(**resources: tuple[str, dict[str, Any], set[str]]) -> Estate:
    """Make an estate as readers make it: properties are literal, and identifiers known."""
    estate = Estate()
    declared = {name: {"Type": type_, "Properties": shown} for name, (type_, shown, _) in resources.items()}
    for name, resource in estate.add("account", {"Resources": declared}).resources.items():
        resource.identifiers = frozenset(resources[name][2])
    return estate


def test_a_name_is_that_of_one_resource_of_each_type():
    estate = account(a=("AWS::IAM::Role", {}, {"web"}), b=("AWS::IAM::InstanceProfile", {}, {"web"}))
    found = [estate.find("web", type_) for type_ in ("AWS::IAM::Role", "AWS::IAM::InstanceProfile")]
    assert [it.logical_id for it in found if it is not None] == ["a", "b"]
    assert estate.find("web", "AWS::ECS::Cluster") is None


def test_what_could_not_be_read_is_neither_there_nor_missing():
    estate = account(vpc=("AWS::EC2::VPC", {}, {"vpc-1"}), log=("AWS::EC2::FlowLog", {"ResourceId": "vpc-1"}, set()))
    (vpc,), (log,) = estate.of_type("AWS::EC2::VPC"), estate.of_type("AWS::EC2::FlowLog")
    assert vpc.referring("AWS::EC2::FlowLog") == estate.mentioning(vpc, "AWS::EC2::FlowLog") == [log]
    estate.unseen["AWS::EC2::FlowLog"] = "access denied"
    for asking in (
        lambda: estate.of_type("AWS::EC2::VPC", "AWS::EC2::FlowLog"),
        lambda: vpc.referring("AWS::EC2::FlowLog"),
        lambda: estate.mentioning(vpc, "AWS::EC2::FlowLog"),
        lambda: estate.find("fl-1", "AWS::EC2::FlowLog"),
    ):
        with pytest.raises(CannotTell, match="AWS::EC2::FlowLog could not be read: access denied"):
            asking()
    assert estate.find("vpc-1", "AWS::EC2::VPC") is vpc
    assert estate.find("fl-1", "AWS::EC2::VPC") is None


def test_a_property_that_nobody_has_read_is_unknown():
    estate = account(vpc=("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, set()))
    (vpc,) = estate.of_type("AWS::EC2::VPC")
    assert not vpc.has("Tags")
    vpc.read = frozenset({"CidrBlock", "InstanceTenancy"})
    assert vpc.text("CidrBlock") == "10.0.0.0/16"
    assert not vpc.has("InstanceTenancy")
    with pytest.raises(CannotTell, match="Tags is not read from an account"):
        vpc.values("Tags")


def test_templates_of_one_name_are_told_apart():
    estate = Estate()
    first, second = (estate.add("t", {"Resources": {"It": ROLE}}) for _ in range(2))
    assert first.resources["It"].key != second.resources["It"].key
    assert first.resources["It"].template.name == second.resources["It"].template.name == "t"


@pytest.mark.parametrize("section", [None, [], "text", {"It": "text"}, {1: {}}, {"It": None}])
def test_a_section_that_is_no_map_has_nothing(section: Any):
    estate = Estate()
    estate.add("t", {"Resources": section, "Parameters": section, "Outputs": section, "Conditions": section})
    assert list(estate.resources) == []
    assert estate.exports == {}
