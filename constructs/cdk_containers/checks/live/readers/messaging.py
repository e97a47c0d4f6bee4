"""Queues, topics and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_QUEUE = (
    "ContentBasedDeduplication DeduplicationScope FifoQueue FifoThroughputLimit KmsMasterKeyId MessageRetentionPeriod "
    "ReceiveMessageWaitTimeSeconds SqsManagedSseEnabled VisibilityTimeout"
)
_SUBSCRIPTION = "Endpoint FilterPolicyScope Protocol RawMessageDelivery TopicArn"


@reader(
    {
        "AWS::SQS::Queue": f"{_QUEUE} QueueName RedriveAllowPolicy RedrivePolicy",
        "AWS::SQS::QueuePolicy": "PolicyDocument Queues",
    },
    sqs=("list_queues", "get_queue_attributes"),
)
def queues(account: Account) -> Iterator[Found]:
    """Find the queues and their policies."""
    for url in account.pages("sqs", "list_queues", "QueueUrls"):
        answer = account.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
        if answer is None:
            continue
        it = answer["Attributes"]
        name = it["QueueArn"].rpartition(":")[2]
        policies = {key: json.loads(it[key]) for key in ("RedriveAllowPolicy", "RedrivePolicy") if it.get(key)}
        yield Found(
            type="AWS::SQS::Queue",
            name=it["QueueArn"],
            properties={**properties(it, _QUEUE), **policies, "QueueName": name},
            identifiers=frozenset({it["QueueArn"], url, name}),
        )
        if it.get("Policy"):
            yield Found(
                type="AWS::SQS::QueuePolicy",
                name=f"policy of {it['QueueArn']}",
                properties={"PolicyDocument": json.loads(it["Policy"]), "Queues": [url]},
            )


@reader({"AWS::SNS::Topic": "FifoTopic"}, sns=("list_topics", "get_topic_attributes"))
def topics(account: Account) -> Iterator[Found]:
    """Find the topics."""
    for topic in account.pages("sns", "list_topics", "Topics"):
        arn = topic["TopicArn"]
        answer = account.call("sns", "get_topic_attributes", TopicArn=arn)
        if answer is not None:
            shown = properties(answer["Attributes"], "FifoTopic")
            yield Found(type="AWS::SNS::Topic", name=arn, properties=shown, identifiers=frozenset({arn}))


@reader(
    {"AWS::SNS::Subscription": f"{_SUBSCRIPTION} FilterPolicy RedrivePolicy"},
    sns=("list_subscriptions", "get_subscription_attributes"),
)
def subscriptions(account: Account) -> Iterator[Found]:
    """Find the confirmed subscriptions."""
    for it in account.pages("sns", "list_subscriptions", "Subscriptions"):
        arn = it["SubscriptionArn"]
        if not arn.startswith("arn:"):
            continue
        answer = account.call("sns", "get_subscription_attributes", SubscriptionArn=arn)
        if answer is not None:
            attributes: dict[str, Any] = answer["Attributes"]
            documents = {
                key: json.loads(attributes[key]) for key in ("FilterPolicy", "RedrivePolicy") if attributes.get(key)
            }
            yield Found(
                type="AWS::SNS::Subscription",
                name=arn,
                properties={**properties(attributes, _SUBSCRIPTION), **documents},
                identifiers=frozenset({arn}),
            )
