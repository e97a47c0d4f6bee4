"""Intrinsic functions, evaluated as far as a template goes and no further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cdk_containers.checks.templates import (
    MISSING,
    CannotTell,
    Dynamic,
    Estate,
    Malformed,
    Partial,
    Reference,
    Resource,
    Unknown,
)

PARAMETERS = {
    "Free": {"Type": "String"},
    "Other": {"Type": "String"},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
}
MAPPINGS = {"Sizes": {"dev": {"Cpu": 256, "Kind": "a"}, "prod": {"Cpu": 1024, "Kind": "a"}}}


def resource(properties: Mapping[str, Any], **sections: Any) -> Resource:
    estate = Estate(pseudo_parameters={"AWS::Region": "eu-west-1"})
    template = {
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Resources": {
            "It": {"Type": "Test", "Properties": properties},
            "Bucket": {"Type": "AWS::S3::Bucket"},
        },
        **sections,
    }
    return estate.add("t.yaml", template).resources["It"]


def value(expression: Any, **sections: Any) -> Any:
    return resource({"It": expression}, **sections).value("It")


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("text", "text"),
        (5, 5),
        (None, MISSING),
        ({"Ref": "AWS::NoValue"}, MISSING),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Fn::Sub": "a-${AWS::Region}-${!Literal}"}, "a-eu-west-1-${Literal}"),
        ({"Fn::Sub": ["${A}/${B}", {"A": "x", "B": {"Fn::Join": ["-", ["y", 1, True]]}}]}, "x/y-1-true"),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "ab"),
        ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::FindInMap": ["Sizes", "dev", "Cpu"]}, 256),
        ({"Fn::FindInMap": ["Sizes", "test", "Cpu", {"DefaultValue": 7}]}, 7),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Free"}, "Kind"]}, "a"),
        ({"Fn::Base64": {"Fn::Sub": "run ${AWS::Region}"}}, "run eu-west-1"),
        ({"Fn::Length": ["a", "b"]}, 2),
        (["a", {"Ref": "AWS::NoValue"}, "b"], ["a", "b"]),
    ],
)
def test_what_a_template_says(expression: Any, wanted: Any):
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ({"Ref": "Free"}, "parameter Free"),
        ({"Ref": "Stored"}, "parameter Stored"),
        ({"Ref": "AWS::AccountId"}, "AWS::AccountId"),
        ({"Ref": "Nothing"}, "Nothing, which is not in the template"),
        ({"Fn::GetAtt": "Nothing.Arn"}, "Nothing, which is not in the template"),
        ({"Fn::ImportValue": "vpc"}, "the export vpc, which is in another stack"),
        ({"Fn::ImportValue": {"Ref": "Free"}}, "an export of another stack"),
        (
            {"Fn::GetStackOutput": {"StackName": "other", "OutputName": "Vpc"}},
            "the output Vpc, which is in another stack",
        ),
        ({"Fn::GetAZs": ""}, "Fn::GetAZs"),
        ({"Fn::Transform": {"Name": "M"}}, "Fn::Transform"),
        ({"Fn::Select": [0, {"Ref": "Free"}]}, "parameter Free"),
        ({"Fn::Split": [",", {"Ref": "Free"}]}, "parameter Free"),
        ({"Fn::Join": [",", {"Ref": "Free"}]}, "parameter Free"),
        ({"Fn::Length": {"Ref": "Free"}}, "parameter Free"),
        ({"Fn::FindInMap": [{"Ref": "Free"}, "dev", "Cpu"]}, "parameter Free"),
        ({"Fn::Sub": "${Free}:${Other}"}, "parameter Free and parameter Other"),
    ],
)
def test_what_a_deployment_decides(expression: Any, why: str):
    it = value(expression)
    assert isinstance(it, Unknown)
    assert it.why == why
    for question in (lambda: it == "x", lambda: it != "x", lambda: "x" in [it], lambda: bool(it), lambda: list(it)):
        with pytest.raises(CannotTell, match=why):
            question()


def test_an_unknown_value_equals_itself():
    it = resource({"One": {"Fn::Select": [0, {"Ref": "Free"}]}, "Same": {"Fn::Select": [0, {"Ref": "Free"}]}})
    assert it.value("One") == it.value("Same")
    with pytest.raises(CannotTell):
        assert it.value("One") == value({"Ref": "Other"})


def test_text_that_is_partly_known_tells_what_it_cannot_be():
    image = value({"Fn::Sub": "${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/web:1.2"})
    assert isinstance(image, Partial)
    assert image.tail == ".dkr.ecr.eu-west-1.amazonaws.com/web:1.2"
    assert image.head == ""
    assert image != "nginx:latest"
    with pytest.raises(CannotTell):
        assert image == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1.2"


def test_a_reference_knows_its_resource():
    for expression, attribute in [({"Ref": "Bucket"}, ""), ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Arn")]:
        it = value(expression)
        assert isinstance(it, Reference)
        assert (it.resource.logical_id, it.attribute) == ("Bucket", attribute)


def test_a_dynamic_reference_says_where_it_comes_from():
    it = value("{{resolve:secretsmanager:db:SecretString:password}}")
    assert isinstance(it, Dynamic)
    assert it.service == "secretsmanager"
    assert isinstance(value({"Fn::Sub": "x{{resolve:ssm:/a}}"}), Partial)


@pytest.mark.parametrize(
    "expression",
    [
        {"Fn::Select": [5, ["a"]]},
        {"Fn::Select": [1e309, ["a"]]},
        {"Fn::Join": "text"},
        {"Fn::Join": [",", [["a"]]]},
        {"Fn::Sub": []},
        {"Fn::FindInMap": ["No", "dev", "Cpu"]},
        {"Fn::If": ["only"]},
        {"Ref": ["a"]},
        {"Fn::GetAtt": 7},
        {"Fn::GetAtt": []},
        {"Fn::Split": []},
    ],
)
def test_a_function_that_is_used_wrongly_is_malformed(expression: Any):
    with pytest.raises(Malformed, match="the arguments of the function"):
        value(expression)


def test_functions_that_go_round_end():
    arguments: dict[str, Any] = {"A": "x"}
    for _ in range(200):
        arguments = {"A": {"Fn::Sub": ["${A}", arguments]}}
    with pytest.raises(CannotTell, match="cycle"):
        value({"Fn::Sub": ["${A}", arguments]})


def test_conditions_that_go_round_end():
    with pytest.raises(CannotTell, match="cycle"):
        value({"Fn::If": ["A", 1, 2]}, Conditions={"A": {"Fn::Not": [{"Condition": "A"}]}})


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({"Fn::Equals": ["a", "a"]}, "yes"),
        ({"Fn::Equals": [True, "true"]}, "yes"),
        ({"Fn::Equals": [1, "1"]}, "yes"),
        ({"Fn::Not": [{"Fn::Equals": ["a", "a"]}]}, "no"),
        ({"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, "no"),
        ({"Fn::Or": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, "yes"),
        ({"Fn::Equals": [{"Ref": "Free"}, {"Ref": "Free"}]}, "yes"),
    ],
)
def test_a_condition_that_the_template_decides(condition: Any, wanted: str):
    assert value({"Fn::If": ["C", "yes", "no"]}, Conditions={"C": condition}) == wanted


@pytest.mark.parametrize("wrong", [{}, {"Fn::Equals": ["a"]}, "text", {"Fn::Not": []}])
def test_a_condition_that_is_none_is_malformed(wrong: Any):
    with pytest.raises((Malformed, CannotTell)):
        value({"Fn::If": ["C", 1, 2]}, Conditions={"C": wrong})


def test_a_condition_that_is_missing_cannot_be_told():
    with pytest.raises(CannotTell, match="no condition 'C'"):
        value({"Fn::If": ["C", 1, 2]})
