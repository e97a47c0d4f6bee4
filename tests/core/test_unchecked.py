"""Objects of CDK that are made without its type checks in Python."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from cdk_containers.core.unchecked import unchecked


def make(kind: Any, scope: cdk.Stack) -> sqs.Queue:
    """Make a queue whose options are of all types: an object, a choice, a struct, a name with capitals, none."""
    letters = sqs.Queue(scope, "Letters")
    return kind(
        scope,
        "Queue",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(1),
        dead_letter_queue=sqs.DeadLetterQueue(queue=letters, max_receive_count=3),
        queue_name=None,
    )


def test_the_template_is_that_of_cdks_own_constructor():
    own, unlike = cdk.Stack(cdk.App()), cdk.Stack(cdk.App())
    make(sqs.Queue, own)
    made = make(lambda *place, **options: unchecked(sqs.Queue, *place, **options), unlike)
    assert Template.from_stack(unlike).to_json() == Template.from_stack(own).to_json()
    assert type(made) is sqs.Queue


def test_cdk_gives_the_same_object_back():
    stack = cdk.Stack(cdk.App())
    made = unchecked(sqs.Queue, stack, "Queue")
    assert stack.node.find_child("Queue") is made
    assert cdk.Stack.of(made) is stack


def test_cdk_itself_still_refuses_a_wrong_value():
    with pytest.raises(RuntimeError, match="threshold"):
        unchecked(cloudwatch.CfnAlarm, cdk.Stack(cdk.App()), "Alarm", threshold="high")  # type: ignore[arg-type]
