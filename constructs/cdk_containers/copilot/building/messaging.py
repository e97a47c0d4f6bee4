"""Topics that a workload publishes to, and queues that a worker reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers.core.cdk_modules import kms, sns, sqs
from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.messaging import TopicSubscription, WorkQueue
from cdk_containers.messaging.topic_subscription import subscribe

from ..manifests.models.messaging import Publish, Queue, QueueFifo, Subscribe, SubscribedTopic, TopicFifo
from .making import REASON, Making, json_object, seconds_or, topic_arn

_VISIBLE_AFTER = 30
_RETENTION = 345_600


@frozen(slots=False)
class Topics:
    """Topics of a workload.

    Attributes:
        arns: Their ARNs, by name.
    """

    arns: Mapping[str, str]

    def told(self) -> dict[str, str]:
        """Return the environment variables for containers."""
        return {"COPILOT_SNS_TOPIC_ARNS": json_object(self.arns)} if self.arns else {}

    def allow_publishing(self, role: iam.IRole) -> None:
        """Let a task publish to them."""
        if self.arns:
            role.add_to_principal_policy(
                iam.PolicyStatement(actions=["sns:Publish"], resources=list(self.arns.values()))
            )


def make_topics(making: Making, publish: Publish | None) -> Topics:
    """Create the topics that a workload publishes to."""
    arns: dict[str, str] = {}
    for topic in (publish.topics if publish is not None else None) or []:
        name = f"{topic.name}.fifo" if topic.is_fifo else topic.name or ""
        deduplicates = isinstance(topic.fifo, TopicFifo) and topic.fifo.content_based_deduplication is True
        full_name = f"{making.full_name}-{name}"
        made = sns.CfnTopic(
            making.scope,
            f"Topic-{name}",
            # Other workloads subscribe by this name.
            topic_name=full_name,
            kms_master_key_id="alias/aws/sns",
            fifo_topic=True if topic.is_fifo else None,
            content_based_deduplication=True if deduplicates else None,
        )
        making.name_it(f"{_letters(name)}SNSTopic", made)
        arns[name] = topic_arn(full_name)
    return Topics(arns=arns)


@frozen(slots=False)
class Queues:
    """The queues of a worker.

    Attributes:
        main: Queue of topics without their own queue.
        own: Queues of single topics, by their names in containers.
    """

    main: WorkQueue
    own: Mapping[str, WorkQueue]

    @property
    def all(self) -> dict[str, WorkQueue]:
        """All queues, by name."""
        return {"Main": self.main, **self.own}

    def told(self) -> dict[str, str]:
        """Return the environment variables for containers."""
        told = {"COPILOT_QUEUE_URI": self.main.queue_url}
        if self.own:
            told["COPILOT_TOPIC_QUEUE_URIS"] = json_object({name: one.queue_url for name, one in self.own.items()})
        return told


def make_queues(making: Making, given: Subscribe | None) -> Queues:
    """Create the queues of a worker, with their subscriptions."""
    key = kms.Key(
        making.scope,
        "QueueKey",
        description=f"Messages of {making.full_name}",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    making.name_it("EventsKMSKey", key)
    subscribe_to = given or Subscribe()
    main = _queue(making, "Queue", subscribe_to.queue or Queue(), key)
    _name(making, main, "")
    own: dict[str, WorkQueue] = {}
    for topic in subscribe_to.topics or []:
        options = topic.queue if isinstance(topic.queue, Queue) else Queue()
        fifo = topic.has_own_queue and options.is_fifo
        full_fifo = fifo or (not topic.has_own_queue and subscribe_to.queue is not None and subscribe_to.queue.is_fifo)
        name = f"{(topic.name or '').removesuffix('.fifo')}{'.fifo' if full_fifo else ''}"
        queue = main
        if topic.has_own_queue:
            prefix = f"{_letters(topic.service or '')}{_letters(name)}"
            told = f"{_letters(topic.service or '')}{_letters(name)[:1].upper()}{_letters(name)[1:]}EventsQueue"
            queue = own[told] = _queue(making, f"Queue-{topic.service}-{name}", options, key)
            _name(making, queue, prefix)
        _subscribe(making, topic, name, queue, key)
    return Queues(main=main, own=own)


def allow_reading_queues(queues: Queues, role: iam.IRole) -> None:
    """Let a worker read its queues and dead-letter queues."""
    for queue in queues.all.values():
        queue.grant_consume_messages(role)
        if queue.dead_letter_queue is not None:
            queue.dead_letter_queue.grant_consume_messages(role)
        key = queue.queue.encryption_master_key
        if key is not None:
            key.grant(role, "kms:Encrypt", "kms:Decrypt")


def _queue(making: Making, id: str, given: Queue, key: kms.IKey) -> WorkQueue:  # noqa: A002
    tries = given.dead_letter.tries if given.dead_letter is not None else None
    fifo = given.fifo if isinstance(given.fifo, QueueFifo) else QueueFifo()
    dead_letters: dict[str, Any] = {"dead_letters": Disabled(REASON)} if not tries else {"max_receive_count": tries}
    made = WorkQueue(
        making.scope,
        id,
        visibility_timeout=seconds_or(given.timeout, _VISIBLE_AFTER),
        retention=seconds_or(given.retention, _RETENTION),
        receive_wait_time=timedelta(seconds=0),
        delivery_delay=None if given.delay is None else seconds_or(given.delay, 0),
        fifo=given.is_fifo,
        content_based_deduplication=fifo.content_based_deduplication is True,
        encryption_key=key,
        **dead_letters,
    )
    for queue in (made.queue, made.dead_letter_queue):
        if queue is not None:
            high = fifo.high_throughput is True and queue is made.queue
            scope = fifo.deduplication_scope or ("messageGroup" if high else None)
            limit = fifo.throughput_limit or ("perMessageGroupId" if high else None)
            for name, value in (("DeduplicationScope", scope), ("FifoThroughputLimit", limit)):
                if value is not None and queue is made.queue:
                    resource_of(queue).add_property_override(name, value)
    return made


def _name(making: Making, queue: WorkQueue, prefix: str) -> None:
    """Name queues and their policies: deleting a policy would also delete its replacement."""
    making.name_it(f"{prefix}EventsQueue", queue.queue)
    making.name_it(f"{prefix}QueuePolicy", queue.queue.node.find_child("Policy"))
    if queue.dead_letter_queue is not None:
        making.name_it(f"{prefix}DeadLetterQueue", queue.dead_letter_queue)
        making.name_it(f"{prefix}DeadLetterPolicy", queue.dead_letter_queue.node.find_child("Policy"))


def _subscribe(making: Making, topic: SubscribedTopic, name: str, queue: WorkQueue, key: kms.IKey) -> None:
    full_name = f"{making.setting.prefix}-{topic.service}-{name}"
    known = sns.Topic.from_topic_arn(making.scope, f"Topic-{topic.service}-{name}", topic_arn(full_name))
    policy = dict(topic.filter_policy) if topic.filter_policy is not None else None
    made = cast("sqs.Queue", queue.queue)
    subscribe(
        making.scope,
        f"Subscription-{topic.service}-{name}",
        TopicSubscription(topic=known, filter_policy=policy, raw_message_delivery=False),
        queue=made,
        dead_letters=cast("sqs.Queue | None", queue.dead_letter_queue),
        key=key,
    )
    child = making.scope.node.find_child(f"Subscription-{topic.service}-{name}")
    making.name_it(f"{_letters(topic.service or '')}{_letters(name)}SNSTopicSubscription", child)


def _letters(name: str) -> str:
    """Return a name in the form of Copilot's logical ids."""
    return re.sub(r"[^0-9A-Za-z]", "", name)
