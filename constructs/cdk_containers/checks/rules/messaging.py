"""Checks of queues, topics, and the subscriptions between them."""

from __future__ import annotations

import json
import re

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import (
    CannotTell,
    Malformed,
    Map,
    Missing,
    Partial,
    Reference,
    Resource,
    Value,
    texts_of,
)

QUEUE = "AWS::SQS::Queue"
QUEUE_POLICY = "AWS::SQS::QueuePolicy"
TOPIC = "AWS::SNS::Topic"
SUBSCRIPTION = "AWS::SNS::Subscription"
ALARM = "AWS::CloudWatch::Alarm"
SCALING_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"

_DEAD = re.compile(r"dead|dlq|fail", re.IGNORECASE)
_DAY = 86400
_FIFO_ONLY = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
_MOST_FILTER_KEYS = 5
_USERS = (
    SUBSCRIPTION,
    "AWS::Events::Rule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Pipes::Pipe",
    "AWS::Scheduler::Schedule",
    "AWS::Serverless::Function",
)


def _dead_letter_target(queue: Resource) -> Value:
    """Return what names the queue for dead letters, also where the redrive policy is JSON in text."""
    policy = queue.value("RedrivePolicy")
    if isinstance(policy, str | Partial):
        return policy if any("deadLetterTargetArn" in text for text in texts_of(policy)) else Missing()
    return queue.map("RedrivePolicy").value("deadLetterTargetArn")


def _dead_letters_of(queue: Resource) -> Resource | None:
    """Return the dead-letter queue; None if the templates contain none."""
    target = _dead_letter_target(queue)
    for other in queue.template.resources.values():
        name = other.source.get("QueueName") if other.type == QUEUE else None
        if isinstance(name, str) and any(text.rstrip('"}').endswith(f":{name}") for text in texts_of(target)):
            return other
    return queue.template.estate.find(target, QUEUE)


def _sources(queue: Resource) -> list[Resource]:
    """Return the queues whose dead letters come here."""
    queues = queue.template.estate.of_type(QUEUE) if queue.has("QueueName") else queue.referring(QUEUE)
    return [it for it in queues if _is_dead_letters_of(queue, it)]


def _is_dead_letters_of(queue: Resource, source: Resource) -> bool:
    try:
        return _dead_letters_of(source) is queue
    except (CannotTell, Malformed):
        return False


def _takes_dead_letters(queue: Resource) -> bool:
    if _sources(queue) or queue.has("RedriveAllowPolicy"):
        return True
    return any(_names_as_dead_letters(user, queue) for user in queue.referring(*_USERS))


def _names_as_dead_letters(user: Resource, queue: Resource) -> bool:
    keys = ("DeadLetterConfig", "DeadLetterQueue", "RedrivePolicy", "DestinationConfig", "OnFailure")
    return any(key in keys for key in _keys_above(user, queue))


def _keys_above(value: Value, queue: Resource) -> list[str]:
    """Return the keys under which something refers to a queue."""
    if isinstance(value, list):
        return [key for item in value for key in _keys_above(item, queue)]
    if not isinstance(value, Map):
        return []
    found = []
    for key in value.source:
        child = value.value(key)
        try:
            is_here = queue.template.estate.find(child) is queue
        except CannotTell:
            is_here = False
        below = _keys_above(child, queue)
        if is_here or below:
            found += [key, *below]
    return found


@check("dead-letter-queue", QUEUE, fix="Set RedrivePolicy to a dead-letter queue and a maxReceiveCount.")
def dead_letters_are_kept(queue: Resource) -> Outcome | None:
    """A message that cannot be processed is kept."""
    if not isinstance(_dead_letter_target(queue), Missing):
        return ok("messages that cannot be processed go to a dead-letter queue")
    if _takes_dead_letters(queue):
        return ok("it is a dead-letter queue")
    if _DEAD.search(queue.logical_id) or _DEAD.search(str(queue.source.get("QueueName", ""))):
        raise CannotTell("its name says that it is a dead-letter queue")
    return fault("a message that makes its worker fail returns until it is deleted")


@check(
    "visibility-timeout",
    QUEUE,
    fix="Set VisibilityTimeout above the processing time of a message.",
)
def messages_stay_hidden(queue: Resource) -> Outcome | None:
    """Only one task at a time processes a message."""
    if _takes_dead_letters(queue):
        return None
    seconds = queue.number("VisibilityTimeout")
    if seconds is None:
        raise CannotTell("VisibilityTimeout is not set, and the default of 30 s may be enough")
    if seconds == 0:
        return fault("each message can be received again at once")
    return ok(f"a message is hidden for {seconds:g} s")


@check(
    "queue-encryption",
    QUEUE,
    fix="Set SqsManagedSseEnabled to true, and deny calls without aws:SecureTransport in an AWS::SQS::QueuePolicy.",
)
def messages_are_encrypted(queue: Resource) -> Outcome:
    """Messages are encrypted at rest and in transit."""
    if not queue.has("KmsMasterKeyId") and not queue.flag("SqsManagedSseEnabled", default=True):
        return fault("messages are not encrypted")
    policies = queue.referring(QUEUE_POLICY)
    if any(_denies_plain_calls(it) for policy in policies for it in policy.maps("PolicyDocument", "Statement")):
        return ok("messages are encrypted, and calls must use TLS")
    return fault("messages are encrypted, but SQS also accepts calls without TLS")


def _denies_plain_calls(statement: Map) -> bool:
    if statement.text("Effect") != "Deny" or not statement.has("Condition", "Bool", "aws:SecureTransport"):
        return False
    return all(it.lower() == "false" for it in statement.texts("Condition", "Bool", "aws:SecureTransport"))


@check(
    "queue-times",
    QUEUE,
    fix="Set ReceiveMessageWaitTimeSeconds to 20, and MessageRetentionPeriod to several days.",
)
def queue_waits_and_keeps(queue: Resource) -> Outcome:
    """Messages survive an outage, and long polling avoids empty responses."""
    kept = queue.number("MessageRetentionPeriod", default=4 * _DAY)
    if kept < _DAY:
        return fault(f"messages are deleted after {kept:g} s, whether processed or not")
    for source in _sources(queue):
        if kept < source.number("MessageRetentionPeriod", default=4 * _DAY):
            return fault(f"a dead letter, whose age counts from {source.logical_id}, expires before you find it")
    if _takes_dead_letters(queue):
        return ok(f"messages are kept for {kept / _DAY:g} days")
    if not queue.number("ReceiveMessageWaitTimeSeconds", default=0):
        raise CannotTell("the queue uses short polling, unless a call asks for long polling")
    return ok(f"the queue uses long polling, and keeps messages for {kept / _DAY:g} days")


@check("fifo-queue", QUEUE, SUBSCRIPTION, fix="Make queue and topic both FIFO, with names that end in .fifo.")
def order_is_kept(ordered: Resource) -> Outcome | None:
    """FIFO queues and topics fit together."""
    return _fifo_subscription(ordered) if ordered.type == SUBSCRIPTION else _fifo_queue(ordered)


def _fifo_subscription(subscription: Resource) -> Outcome | None:
    if subscription.text("Protocol") != "sqs":
        return None
    queue = subscription.template.estate.find(subscription.value("Endpoint"), QUEUE)
    if queue is None or not _is_fifo(queue):
        return None
    topic = subscription.template.estate.find(subscription.value("TopicArn"), TOPIC)
    if topic is None:
        raise CannotTell("the topic is in another stack")
    if _is_fifo(topic):
        return ok("a FIFO topic delivers to the FIFO queue")
    return fault(f"{topic.logical_id} is a standard topic, which cannot deliver to the FIFO queue {queue.logical_id}")


def _is_fifo(named: Resource) -> bool:
    return named.flag("FifoQueue" if named.type == QUEUE else "FifoTopic")


def _fifo_queue(queue: Resource) -> Outcome | None:
    name = queue.source.get("QueueName")
    ends = str(name).endswith(".fifo")
    if _is_fifo(queue):
        if isinstance(name, str) and not ends:
            return fault(f"{name} does not end in .fifo, which SQS requires for a FIFO queue")
        dead = _dead_letters_of(queue)
        if dead is not None and not _is_fifo(dead):
            return fault(f"{dead.logical_id}, which takes its dead letters, is not FIFO")
        return ok("it is a FIFO queue")
    wrong = [key for key in _FIFO_ONLY if queue.has(key)]
    if wrong or ends:
        return fault(
            f"{', '.join(wrong) or 'a name that ends in .fifo'} is only for FIFO queues, and this is a standard queue"
        )
    return None


@check("filter-policy", SUBSCRIPTION, fix="Write a map of up to five keys, each with a list of values.")
def filter_can_be_read(subscription: Resource) -> Outcome | None:
    """SNS understands the filter."""
    value = subscription.value("FilterPolicy")
    if isinstance(value, str):
        try:
            source = json.loads(value)
        except ValueError:
            return fault("FilterPolicy is not valid JSON")
    else:
        source = subscription.map("FilterPolicy").source
    if not isinstance(source, dict):
        return fault("FilterPolicy is not a map")
    if not source:
        return None
    if len(source) > _MOST_FILTER_KEYS:
        return fault(f"FilterPolicy has {len(source)} keys, and SNS accepts at most {_MOST_FILTER_KEYS}")
    nested = subscription.text("FilterPolicyScope", default="MessageAttributes") == "MessageBody"
    single = [key for key, it in source.items() if not isinstance(it, list) and not (nested or isinstance(it, dict))]
    if single:
        return fault(f"{', '.join(single)} of FilterPolicy is not a list of values")
    return ok("SNS delivers only messages that match the filter")


@check(
    "queue-alarms", QUEUE, fix=("Add an AWS::CloudWatch::Alarm for ApproximateAgeOfOldestMessage or for dead letters.")
)
def queue_is_watched(queue: Resource) -> Outcome:
    """Waiting messages cause an alarm."""
    filled_by = queue.referring("AWS::Events::Rule")
    alarms = [it for watched in (queue, *filled_by) for it in watched.referring(ALARM) if not _only_scales(it)]
    if alarms:
        return ok(f"{alarms[0].logical_id} watches the queue")
    if any(not _only_scales(it) for it in queue.template.estate.of_type(ALARM)):
        return fault("no alarm watches the queue, although alarms watch others")
    raise CannotTell("no alarm is in the templates, but another stack may watch the queue")


def _only_scales(alarm: Resource) -> bool:
    """Tell whether an alarm only starts scaling, without a notification."""
    actions = alarm.values("AlarmActions")
    return bool(actions) and all(map(_is_scaling, actions))


def _is_scaling(action: Value) -> bool:
    if isinstance(action, Reference):
        return action.resource.type == SCALING_POLICY
    return isinstance(action, str) and ":scalingPolicy:" in action
