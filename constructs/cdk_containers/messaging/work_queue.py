"""A work queue with a dead-letter queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms, sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import (
    DurationLike,
    argument_problems,
    arn_problems,
    as_duration,
    disabled_problems,
    in_seconds,
    is_token,
    seconds,
    usable_arguments,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked

from .topic_subscription import TopicSubscription, subscribe

_DAY = 24 * 3600
_VISIBILITY_SECONDS = 300
_RETENTION_SECONDS = 4 * _DAY
_DEAD_LETTER_RETENTION_SECONDS = 14 * _DAY
_LONGEST_WAIT_SECONDS = 20
_LONGEST_DELAY_SECONDS = 900
_RECEIVE_COUNT = 3


_SQS_KEY = Acknowledgement(
    "SQS encrypts the queue with its own key; a customer managed key costs money and is optional "
    "(WorkQueue.encryption_key)",
    checkov=("CKV_AWS_27",),
)


class WorkQueue(CheckedConstruct):
    """An encrypted SQS queue with a dead-letter queue.

    A `WorkerService` creates one by default. Create it yourself to subscribe it to topics or to share it.

    Attributes:
        queue: The CDK queue.
        dead_letter_queue: The dead-letter queue; None if it is disabled.
        visibility_timeout: How long a received message is hidden from others, in seconds; None if unknown, for an
            imported queue.

    See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-best-practices.html
    """

    queue: sqs.IQueue
    dead_letter_queue: sqs.IQueue | None
    visibility_timeout: int | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        visibility_timeout: DurationLike | None = None,
        retention: DurationLike | None = None,
        receive_wait_time: DurationLike | None = None,
        delivery_delay: DurationLike | None = None,
        dead_letters: Literal[True] | Disabled = True,
        max_receive_count: int = _RECEIVE_COUNT,
        fifo: bool = False,
        content_based_deduplication: bool = False,
        high_throughput: bool = False,
        encryption_key: kms.IKey | None = None,
        subscriptions: Sequence[TopicSubscription] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.DESTROY,
    ) -> None:
        """Create a queue.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            visibility_timeout: How long a received message is hidden from others, 0 s to 12 h. Make it longer than the
                processing of a message, or another worker processes it again. Default: 5 min.
            retention: How long SQS keeps a message, 60 s to 14 days. Default: 4 days.
            receive_wait_time: How long a receive call waits for a message, 0–20 s. Default: 20 s (long polling), which
                queries all servers and returns fewer empty responses.
            delivery_delay: Delay before workers can receive a new message, 0–15 min. Default: 0 s.
            dead_letters: Moves a message that was received too often to a dead-letter queue, which keeps it for 14 days
                after it was first sent. Without it, workers receive a broken message until it expires. Default: True.
            max_receive_count: Receives before a message moves to the dead-letter queue, 1–1000. Default: 3.
            fifo: Keeps messages of a group in order and delivers each once. If you change it later, CloudFormation
                creates another queue. Default: False.
            content_based_deduplication: Treats messages with the same body within 5 min as duplicates, on a FIFO queue.
                Default: False; senders set a deduplication id.
            high_throughput: Applies the throughput limits of a FIFO queue to each message group. Default: False.
            encryption_key: KMS key. Default: the key of SQS.
            subscriptions: Topics that fill it. Default: none.
            removal_policy: What happens to the queues and their messages when the stack is deleted. A queue that an
                update replaces is always kept. Default: they are deleted.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(WorkQueue.__init__, locals())
        given = usable_arguments(WorkQueue.__init__, locals(), found)
        found.extend_anew(
            [
                *_time_problems("visibility_timeout", given["visibility_timeout"], 0, 12 * 3600),
                *_time_problems("retention", given["retention"], 60, 14 * _DAY),
                *_time_problems("receive_wait_time", given["receive_wait_time"], 0, _LONGEST_WAIT_SECONDS),
                *_time_problems("delivery_delay", given["delivery_delay"], 0, _LONGEST_DELAY_SECONDS),
                *_dead_letter_problems(given["dead_letters"], given["max_receive_count"]),
                *_fifo_problems(
                    given["subscriptions"],
                    fifo=given["fifo"],
                    content_based_deduplication=given["content_based_deduplication"],
                    high_throughput=given["high_throughput"],
                ),
            ]
        )
        found.raise_for(scope, id)
        super().__init__(scope, id)

        hidden = _VISIBILITY_SECONDS if visibility_timeout is None else seconds(visibility_timeout)
        self.visibility_timeout = hidden
        common: dict[str, Any] = {
            # CDK treats None as "not set", and False renders a property that standard queues refuse.
            "fifo": True if fifo else None,
            "deduplication_scope": sqs.DeduplicationScope.MESSAGE_GROUP if high_throughput else None,
            "fifo_throughput_limit": sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID if high_throughput else None,
            "encryption": sqs.QueueEncryption.KMS if encryption_key is not None else sqs.QueueEncryption.SQS_MANAGED,
            "encryption_master_key": encryption_key,
            "enforce_ssl": True,
            "removal_policy": removal_policy,
        }
        self.dead_letter_queue = None
        if dead_letters is True:
            self.dead_letter_queue = unchecked(
                sqs.Queue, self, "DeadLetters", retention_period=in_seconds(_DEAD_LETTER_RETENTION_SECONDS), **common
            )
        self.queue = unchecked(
            sqs.Queue,
            self,
            "Queue",
            visibility_timeout=in_seconds(hidden),
            retention_period=in_seconds(_RETENTION_SECONDS) if retention is None else as_duration(retention),
            receive_message_wait_time=(
                in_seconds(_LONGEST_WAIT_SECONDS) if receive_wait_time is None else as_duration(receive_wait_time)
            ),
            delivery_delay=None if delivery_delay is None else as_duration(delivery_delay),
            content_based_deduplication=True if content_based_deduplication else None,
            dead_letter_queue=(
                sqs.DeadLetterQueue(queue=self.dead_letter_queue, max_receive_count=max_receive_count)
                if self.dead_letter_queue is not None
                else None
            ),
            **common,
        )
        for queue in (self.queue, *([self.dead_letter_queue] if self.dead_letter_queue else [])):
            # Also if the stack may delete it, because a change of `fifo` should not delete messages.
            resource_of(queue).add_override("UpdateReplacePolicy", "Retain")
            if encryption_key is None:
                acknowledge(queue, _SQS_KEY, new=True)
        if isinstance(dead_letters, Disabled):
            record_opt_out(self.queue, "dead-letter-queue", dead_letters)
        for subscription in subscriptions:
            subscribe(
                self,
                # An id by position would move: CloudFormation would create the subscription while it still exists, and
                # then delete it.
                f"Subscription{subscription.topic.node.addr[-8:]}",
                subscription,
                queue=self.queue,
                dead_letters=self.dead_letter_queue,
                key=encryption_key,
            )

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        queue_arn: str,
        queue_url: str | None = None,
        visibility_timeout: DurationLike | None = None,
        dead_letter_queue_arn: str | None = None,
        encryption_key: kms.IKey | None = None,
    ) -> WorkQueue:
        """Use an existing queue. The library does not change it, so you cannot add subscriptions.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            queue_arn: Its ARN. The ARN of a FIFO queue ends with `.fifo`.
            queue_url: Its URL. Default: the URL that matches the ARN.
            visibility_timeout: Its visibility timeout. A worker with a longer processing time is refused. Default:
                unknown, which skips this check.
            dead_letter_queue_arn: ARN of its dead-letter queue, for an alarm. Default: none.
            encryption_key: KMS key of the queue, which senders and workers may then use. Default: the key of SQS.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_attributes, locals())
        if not found.has("visibility_timeout"):
            found.extend(_time_problems("visibility_timeout", visibility_timeout, 0, 12 * 3600))
        found.extend(arn_problems(found, queue_arn=queue_arn, dead_letter_queue_arn=dead_letter_queue_arn))
        found.raise_for(scope, id)
        return _ImportedWorkQueue(
            scope,
            id,
            queue_arn=queue_arn,
            queue_url=queue_url,
            visibility_timeout=None if visibility_timeout is None else seconds(visibility_timeout),
            dead_letter_queue_arn=dead_letter_queue_arn,
            encryption_key=encryption_key,
        )

    @property
    def queue_url(self) -> str:
        """Its URL, for senders: `environment={"QUEUE_URL": queue.queue_url}`."""
        return self.queue.queue_url

    def grant_send_messages(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a sender, such as a service, send messages to the queue."""
        return self.queue.grant_send_messages(grantee)

    def grant_consume_messages(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a worker receive and delete messages; a `WorkerService` already has this permission."""
        return self.queue.grant_consume_messages(grantee)


class _ImportedWorkQueue(WorkQueue):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        queue_arn: str,
        queue_url: str | None,
        visibility_timeout: int | None,
        dead_letter_queue_arn: str | None,
        encryption_key: kms.IKey | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.visibility_timeout = visibility_timeout
        self.queue = sqs.Queue.from_queue_attributes(
            self,
            "Queue",
            queue_arn=queue_arn,
            queue_url=queue_url,
            key_arn=None if encryption_key is None else encryption_key.key_arn,
        )
        self.dead_letter_queue = (
            None
            if dead_letter_queue_arn is None
            else sqs.Queue.from_queue_arn(self, "DeadLetters", dead_letter_queue_arn)
        )


def _time_problems(option: str, value: DurationLike | None, low: int, high: int) -> list[Problem]:
    found = Problems()
    if value is not None and not is_token(time := seconds(value)) and not low <= time <= high:
        found.add(option, "out of range", given=Shown(f"{time} s"), allowed=f"{low}–{high} s", practice="queue-times")
    return list(found)


def _dead_letter_problems(dead_letters: object, max_receive_count: int) -> list[Problem]:
    found = Problems()
    found.extend(disabled_problems(dead_letters), under="dead_letters")
    if not is_token(max_receive_count) and not 1 <= max_receive_count <= 1000:
        found.add(
            "max_receive_count",
            "out of range",
            given=max_receive_count,
            allowed="1–1000",
            practice="dead-letter-queue",
        )
    elif isinstance(dead_letters, Disabled) and max_receive_count != _RECEIVE_COUNT:
        found.add(
            "max_receive_count",
            "there is no dead-letter queue",
            given=max_receive_count,
            allowed="remove it, or turn dead_letters on",
            practice="dead-letter-queue",
        )
    return list(found)


def _fifo_problems(
    subscriptions: Sequence[TopicSubscription], *, fifo: bool, content_based_deduplication: bool, high_throughput: bool
) -> list[Problem]:
    found = Problems()
    for option, value in (
        ("content_based_deduplication", content_based_deduplication),
        ("high_throughput", high_throughput),
    ):
        if value and not fifo:
            found.add(
                option, "a standard queue does not support it", given=True, allowed="fifo=True", practice="fifo-queue"
            )
    for index, subscription in enumerate(subscriptions):
        option = f"subscriptions[{index}]"
        wrong = subscription.problems()
        found.extend(wrong, under=option)
        if fifo and not wrong and not subscription.topic.fifo:
            found.add(
                f"{option}.topic",
                "a standard topic cannot deliver to a FIFO queue",
                given=subscription.topic.node.path,
                allowed="a FIFO topic, or fifo=False",
                practice="fifo-queue",
            )
        if not wrong and any(other.topic.topic_arn == subscription.topic.topic_arn for other in subscriptions[:index]):
            found.add(
                f"{option}.topic",
                "the queue is already subscribed to this topic, and SNS accepts only one subscription for each topic",
                given=Shown("the same topic"),
                allowed="one subscription for each topic",
                practice="filter-policy",
            )
    return list(found)
