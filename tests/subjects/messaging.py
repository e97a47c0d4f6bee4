"""Subjects of `messaging`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sns as sns

from cdk_containers import TopicSubscription, WorkQueue
from tests.toolkit import topic

from .making import OFF, key
from .subject import Change, Subject


def subscribed(stack: cdk.Stack, given: dict[str, Any]) -> WorkQueue:
    return WorkQueue(stack, "Queue", subscriptions=[TopicSubscription(**given)])


def other_topic(stack: cdk.Stack) -> sns.ITopic:
    return topic(stack, "returns")


SUBJECTS: list[Subject] = [
    Subject(WorkQueue, lambda stack, given: WorkQueue(stack, "Queue", **given)),
    Subject(TopicSubscription, subscribed, lambda stack: {"topic": topic(stack)}),
]

CHANGES: dict[str, dict[str, Any]] = {
    "WorkQueue": {
        "visibility_timeout": timedelta(seconds=60),
        "retention": timedelta(days=1),
        "receive_wait_time": timedelta(seconds=0),
        "delivery_delay": timedelta(seconds=60),
        "dead_letters": OFF,
        "max_receive_count": 5,
        "fifo": True,
        "content_based_deduplication": Change(value=True, beside={"fifo": True}),
        "high_throughput": Change(value=True, beside={"fifo": True}),
        "encryption_key": key("QueueKey"),
        "subscriptions": lambda stack: [TopicSubscription(topic=topic(stack))],
        "removal_policy": cdk.RemovalPolicy.RETAIN,
    },
    "TopicSubscription": {
        "topic": other_topic,
        "filter_policy": {"size": ["large"]},
        "filter_policy_scope": Change("MessageBody", beside={"filter_policy": {"size": ["large"]}}),
        "raw_message_delivery": False,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
