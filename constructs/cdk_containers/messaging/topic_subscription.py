"""A subscription of a queue to a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms, sns, sqs
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

from .filter_policies import FilterPolicyScope, filter_policy_problems


@frozen
class TopicSubscription:
    """Sends messages of an SNS topic to a queue: all messages, or those that match a filter.

    Attributes:
        topic: The topic. A standard topic cannot deliver to a FIFO queue.
        filter_policy: Filter policy in SNS syntax: `{"size": ["large"], "price": [{"numeric": [">", 100]}]}`. Default:
            all.
        filter_policy_scope: What the filter matches: `MessageAttributes`, or `MessageBody` if the body is JSON.
            Default: MessageAttributes.
        raw_message_delivery: Delivers the message and its attributes without the SNS envelope. Default: True.

    See https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
    """

    topic: sns.ITopic
    filter_policy: Mapping[str, Any] | None = None
    filter_policy_scope: FilterPolicyScope = "MessageAttributes"
    raw_message_delivery: bool = True

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if self.filter_policy is not None:
            found.extend(filter_policy_problems(self.filter_policy, self.filter_policy_scope), under="filter_policy")
        elif self.filter_policy_scope != "MessageAttributes":
            found.add(
                "filter_policy_scope",
                "it has no effect without filter_policy",
                given=self.filter_policy_scope,
                allowed="remove it, or also set filter_policy",
                practice="filter-policy",
            )
        return list(found)


def subscribe(
    scope: Construct,
    id: str,  # noqa: A002
    subscription: TopicSubscription,
    *,
    queue: sqs.Queue,
    dead_letters: sqs.Queue | None,
    key: kms.IKey | None,
) -> None:
    """Subscribe a queue to a topic; messages that SNS cannot deliver go to the dead-letter queue.

    CDK's `SqsSubscription` lets every topic of every account use the key, unless a feature flag is set.
    """
    topic = subscription.topic
    queues = [queue] if dead_letters is None else [queue, dead_letters]
    service = iam.ServicePrincipal("sns.amazonaws.com")
    allowed = [
        target.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["sqs:SendMessage"],
                resources=[target.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}},
            )
        ).policy_dependable
        for target in queues
    ]
    if key is not None:
        # By account and not by topic, because the topic's stack may depend on the stack of the key.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": topic.env.account}},
            )
        )
    made = sns.CfnSubscription(
        scope,
        id,
        topic_arn=topic.topic_arn,
        protocol="sqs",
        endpoint=queue.queue_arn,
        raw_message_delivery=subscription.raw_message_delivery,
        filter_policy=subscription.filter_policy,
        filter_policy_scope=subscription.filter_policy_scope if subscription.filter_policy is not None else None,
        redrive_policy=None if dead_letters is None else {"deadLetterTargetArn": dead_letters.queue_arn},
        region=_region_of(topic, scope),
    )
    for policy in allowed:
        if policy is not None:
            made.node.add_dependency(policy)


def _region_of(topic: sns.ITopic, scope: Construct) -> str | None:
    """Return the region of a topic if it differs from the queue's; the subscription is created there."""
    there, here = topic.env.region, cdk.Stack.of(scope).region
    return None if is_token(there) or there == here else there
