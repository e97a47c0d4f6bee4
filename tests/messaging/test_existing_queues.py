"""Queues that a worker is given: what CDK knows of them, and what was said of those that exist."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from cdk_containers import ConstructError, WorkQueue
from tests.toolkit import (
    containers,
    new_stack,
    properties,
    resources,
    statements,
    synth,
    worker,
)

ARN = "arn:aws:sqs:eu-west-1:111111111111:orders"
FIVE_MINUTES = timedelta(minutes=5)


def warnings(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [str(entry.entry.data) for entry in found if "dead-letter-queue" in str(entry.entry.data)]


def stop_timeout(stack: cdk.Stack) -> int:
    seconds: int = containers(synth(stack))["app"]["StopTimeout"]
    return seconds


class TestQueueOfCdk:
    @pytest.mark.parametrize(("options", "hidden"), [({}, 30), ({"visibility_timeout": cdk.Duration.minutes(2)}, 120)])
    def test_work_that_takes_longer_is_refused(self, options: dict[str, Any], hidden: int):
        stack = new_stack()
        queue = sqs.Queue(stack, "Orders", **options)
        with pytest.raises(ConstructError) as caught:
            worker(stack, queue=queue, processing_time=FIVE_MINUTES)
        [problem] = caught.value.problems
        assert problem.option == "processing_time"
        assert f"up to {hidden} s" in problem.allowed

    def test_so_is_what_was_written_past_the_l2(self):
        stack = new_stack()
        queue = sqs.Queue(stack, "Orders", visibility_timeout=cdk.Duration.minutes(5))
        resource = queue.node.default_child
        assert isinstance(resource, sqs.CfnQueue)
        resource.visibility_timeout = 60
        with pytest.raises(ConstructError, match="up to 60 s"):
            worker(stack, queue=queue, processing_time=FIVE_MINUTES)

    def test_its_time_is_the_default(self):
        stack = new_stack()
        worker(stack, queue=sqs.Queue(stack, "Orders", visibility_timeout=cdk.Duration.seconds(90)))
        assert stop_timeout(stack) == 90

    def test_a_time_that_is_known_only_at_deployment_passes(self):
        stack = new_stack()
        token = cdk.Duration.seconds(cdk.Token.as_number(cdk.Fn.ref("Seconds")))
        worker(stack, queue=sqs.Queue(stack, "Orders", visibility_timeout=token), processing_time=FIVE_MINUTES)
        assert stop_timeout(stack) == 120

    def test_without_dead_letters_there_is_a_warning(self):
        stack = new_stack()
        worker(stack, queue=sqs.Queue(stack, "Orders"))
        [warning] = warnings(stack)
        assert "no dead-letter queue" in warning

    def test_with_them_there_is_an_alarm_in_its_place(self):
        stack = new_stack()
        letters = sqs.DeadLetterQueue(queue=sqs.Queue(stack, "Letters"), max_receive_count=3)
        worker(stack, queue=sqs.Queue(stack, "Orders", dead_letter_queue=letters))
        assert not warnings(stack)
        watched = [entry["Properties"] for entry in resources(synth(stack), "AWS::CloudWatch::Alarm").values()]
        assert any("Letters" in str(alarm.get("Dimensions")) for alarm in watched)


class TestQueueThatExists:
    def test_the_worker_is_trusted_where_nobody_knows(self):
        stack = new_stack()
        worker(stack, queue=sqs.Queue.from_queue_arn(stack, "Orders", ARN), processing_time=timedelta(hours=1))
        assert not warnings(stack)
        [setting] = containers(synth(stack))["app"]["Environment"]
        assert setting["Name"] == "QUEUE_URL"
        assert "orders" in str(setting["Value"])

    def test_what_is_said_is_checked(self):
        stack = new_stack()
        queue = WorkQueue.from_attributes(stack, "Orders", queue_arn=ARN, visibility_timeout=timedelta(seconds=60))
        with pytest.raises(ConstructError, match="up to 60 s"):
            worker(stack, queue=queue, processing_time=FIVE_MINUTES)
        worker(stack, queue=queue)
        assert stop_timeout(stack) == 60

    def test_its_dead_letters_are_watched(self):
        stack = new_stack()
        queue = WorkQueue.from_attributes(
            stack, "Orders", queue_arn=ARN, dead_letter_queue_arn=f"{ARN}-letters", queue_url="https://example.com/q"
        )
        worker(stack, queue=queue)
        template = synth(stack)
        watched = [entry["Properties"] for entry in resources(template, "AWS::CloudWatch::Alarm").values()]
        assert any("orders-letters" in str(alarm.get("Dimensions")) for alarm in watched)
        assert not resources(template, "AWS::SQS::Queue")
        [setting] = containers(template)["app"]["Environment"]
        assert setting["Value"] == "https://example.com/q"

    def test_its_key_may_be_used(self):
        stack = new_stack()
        key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/abc")
        worker(stack, queue=WorkQueue.from_attributes(stack, "Orders", queue_arn=ARN, encryption_key=key))
        granted = {str(entry["Action"]): entry["Resource"] for entry in statements(synth(stack), "TaskRole")}
        assert granted["kms:Decrypt"] == "arn:aws:kms:eu-west-1:111111111111:key/abc"
        assert next(where for what, where in granted.items() if "sqs:ReceiveMessage" in what) == ARN

    def test_a_fifo_queue_is_known_by_its_name(self):
        queue = WorkQueue.from_attributes(new_stack(), "Orders", queue_arn=f"{ARN}.fifo")
        assert queue.queue.fifo

    def test_what_is_wrong_is_said_at_once(self):
        with pytest.raises(ConstructError) as caught:
            WorkQueue.from_attributes(
                new_stack(),
                "Orders",
                queue_arn="orders",
                dead_letter_queue_arn="arn:aws:sns:eu-west-1:111111111111:letters",
                visibility_timeout=timedelta(days=1),
            )
        assert {problem.option for problem in caught.value.problems} == {
            "queue_arn",
            "dead_letter_queue_arn",
            "visibility_timeout",
        }

    def test_a_sender_gets_its_rights(self):
        stack = new_stack()
        queue = WorkQueue.from_attributes(stack, "Orders", queue_arn=ARN)
        sender = worker(stack)
        queue.grant_send_messages(sender)
        assert any(entry["Resource"] == ARN for entry in statements(synth(stack), "TaskRole"))
        assert properties(synth(stack), "AWS::ECS::Service")
