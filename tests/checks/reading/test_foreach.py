"""`Fn::ForEach`, written out."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.reading.foreach import expanded


def test_a_loop_over_a_list_is_written_out():
    body = {
        "Queue${Name}": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"QueueName": {"Fn::Sub": "q-${Name}"}, "T": {"Ref": "Name"}},
        }
    }
    template = {"Resources": {"Fn::ForEach::Queues": ["Name", ["A", "B"], body], "Other": {"Type": "T"}}}
    assert expanded(template)["Resources"] == {
        "QueueA": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q-A", "T": "A"}},
        "QueueB": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q-B", "T": "B"}},
        "Other": {"Type": "T"},
    }


def test_a_name_that_a_loop_makes_is_a_name():
    body = {
        "Task${Name}": {"Properties": {"Role": {"Fn::GetAtt": [{"Fn::Sub": "Role${Name}"}, "Arn"]}}},
        "Role${Name}": {"Properties": {"Name": {"Fn::Sub": "${AWS::StackName}-${Name}"}}},
    }
    template = {"Resources": {"Fn::ForEach::Tasks": ["Name", ["A"], body]}}
    odd = {"Resources": {"Fn::ForEach::Tasks": ["Name", ["A"], {"Fn::Sub": "text"}]}}
    assert expanded(odd)["Resources"] == {"Fn::Sub": "text"}
    assert expanded(template)["Resources"] == {
        "TaskA": {"Properties": {"Role": {"Fn::GetAtt": ["RoleA", "Arn"]}}},
        "RoleA": {"Properties": {"Name": {"Fn::Sub": "${AWS::StackName}-A"}}},
    }


def test_loops_in_loops_and_in_properties():
    inner = {"Fn::ForEach::Inner": ["B", ["x", "y"], {"K${A}${B}": "v"}]}
    template = {"Resources": {"Fn::ForEach::Outer": ["A", [1, 2], {"R${A}": {"Type": "T", "Properties": inner}}]}}
    assert expanded(template)["Resources"] == {
        "R1": {"Type": "T", "Properties": {"K1x": "v", "K1y": "v"}},
        "R2": {"Type": "T", "Properties": {"K2x": "v", "K2y": "v"}},
    }


def test_a_loop_over_a_parameter_takes_its_default():
    loop = {"Fn::ForEach::L": ["N", {"Ref": "Names"}, {"R&{N}": {"Type": "T"}}]}
    parameters = {"Names": {"Type": "CommaDelimitedList", "Default": "a-1, b"}}
    assert set(expanded({"Parameters": parameters, "Resources": loop})["Resources"]) == {"Ra1", "Rb"}


@pytest.mark.parametrize(
    "loop", [[], "text", ["N", {"Ref": "Missing"}, {}], ["N", [{"Ref": "A"}], {}], ["N", ["a"], "x"], None]
)
def test_a_loop_that_cannot_be_known_stays(loop: Any):
    template = {"Resources": {"Fn::ForEach::L": loop}}
    assert "Fn::ForEach::L" in expanded(template)["Resources"]
