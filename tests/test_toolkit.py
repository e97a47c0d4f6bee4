"""What the toolkit of the tests refuses, so that no test takes what cannot be deployed."""

from __future__ import annotations

from graphlib import CycleError
from typing import Any

import aws_cdk as cdk
import pytest

from tests.toolkit import new_stack, synth

OF_A = {"Fn::GetAtt": ["A", "Arn"]}


def topic(stack: cdk.Stack, name: str, **properties: Any) -> cdk.CfnResource:
    return cdk.CfnResource(stack, name, type="AWS::SNS::Topic", properties=properties)


@pytest.mark.parametrize("value", [OF_A, {"Ref": "A"}, {"Fn::Sub": "${A.Arn}/x"}, {"Fn::Join": ["", [OF_A]]}], ids=str)
def test_resources_that_wait_for_each_other_are_no_template(value: Any):
    stack = new_stack()
    topic(stack, "A", TopicName={"Ref": "B"})
    assert synth(new_stack()) is not None
    topic(stack, "B", TopicName=value)
    with pytest.raises(CycleError, match="nodes are in a cycle"):
        synth(stack)


def test_a_dependency_counts_too():
    stack = new_stack()
    topic(stack, "A", TopicName={"Ref": "B"})
    topic(stack, "B").add_dependency(topic(stack, "C", TopicName=OF_A))
    with pytest.raises(CycleError):
        synth(stack)


def test_what_waits_in_one_direction_is_a_template():
    stack = new_stack()
    topic(stack, "A", TopicName={"Ref": "B"})
    topic(stack, "B")
    assert synth(stack)["Resources"].keys() == {"A", "B"}


def test_cdk_checks_each_class_of_values_and_what_is_in_lists():
    stack = new_stack()
    for number, right in enumerate(("a", "b")):
        cdk.CfnOutput(stack, f"Right{number}", value=right)
        cdk.CfnOutput(stack, f"Token{number}", value=cdk.Token.as_string(OF_A))
    for wrong in (1, True, None, stack, ["a"]):
        with pytest.raises(TypeError, match="argument value must be str"):
            cdk.CfnOutput(stack, "Wrong", value=wrong)
    assert cdk.Fn.join("-", ["a", "b"])
    with pytest.raises(TypeError, match=r"list_of_values\[1\]"):
        cdk.Fn.join("-", ["a", 1])
