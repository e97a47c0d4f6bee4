"""A queue of work, its dead letters, and the topics that fill it."""

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from cdk_containers import ConstructError, Disabled, TopicSubscription, WorkQueue
from tests.toolkit import (
    REASON,
    Template,
    backend,
    new_stack,
    opt_outs,
    properties,
    resources,
    statements,
    synth,
    topic,
)


def made(**options: Any) -> Template:
    stack = new_stack()
    WorkQueue(stack, "Orders", **options)
    return synth(stack)


def queue(template: Template, like: str = "OrdersQueue") -> dict[str, Any]:
    return properties(template, "AWS::SQS::Queue", like=like)


def policy(template: Template, like: str = "OrdersQueue") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = properties(template, "AWS::SQS::QueuePolicy", like=like)["PolicyDocument"][
        "Statement"
    ]
    return found


@pytest.fixture(scope="module")
def default() -> Template:
    return made()


# ---- the queue


def test_both_queues_are_encrypted_and_take_calls_over_tls_only(default: Template):
    for like in ("OrdersQueue", "OrdersDeadLetters"):
        assert queue(default, like)["SqsManagedSseEnabled"] is True
        [statement] = policy(default, like)
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_messages_that_fail_three_times_are_kept_for_two_weeks(default: Template):
    redrive = queue(default)["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 3
    assert "OrdersDeadLetters" in str(redrive["deadLetterTargetArn"])
    assert queue(default, "OrdersDeadLetters")["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_receive_calls_wait_and_messages_are_hidden_for_five_minutes(default: Template):
    found = queue(default)
    assert (found["ReceiveMessageWaitTimeSeconds"], found["VisibilityTimeout"]) == (20, 300)
    assert found["MessageRetentionPeriod"] == 4 * 24 * 3600


def test_dead_letters_can_be_switched_off():
    template = made(dead_letters=Disabled(REASON))
    assert opt_outs(template) == {"AWS::SQS::Queue": {"dead-letter-queue": REASON}}
    assert "RedrivePolicy" not in queue(template)
    assert len(resources(template, "AWS::SQS::Queue")) == 1


def test_a_fifo_queue_has_fifo_dead_letters():
    template = made(fifo=True, content_based_deduplication=True, high_throughput=True)
    for like in ("OrdersQueue", "OrdersDeadLetters"):
        found = queue(template, like)
        assert found["FifoQueue"] is True
        assert (found["DeduplicationScope"], found["FifoThroughputLimit"]) == ("messageGroup", "perMessageGroupId")
    assert queue(template)["ContentBasedDeduplication"] is True
    assert "FifoQueue" not in queue(made())


def test_cdk_gives_a_fifo_queue_whatever_dead_letters_it_is_handed():
    stack = new_stack()
    letters = sqs.Queue(stack, "Letters")
    dead = sqs.DeadLetterQueue(queue=letters, max_receive_count=3)
    sqs.Queue(stack, "Queue", fifo=True, dead_letter_queue=dead)
    template = synth(stack)
    assert properties(template, "AWS::SQS::Queue", like="Queue")["FifoQueue"] is True
    assert "FifoQueue" not in properties(template, "AWS::SQS::Queue", like="Letters")


def test_a_key_encrypts_both_queues_and_comes_with_the_grants():
    stack = new_stack()
    key = kms.Key(stack, "Key")
    orders = WorkQueue(stack, "Orders", encryption_key=key)
    orders.grant_send_messages(backend(stack, "Sender"))
    orders.grant_consume_messages(backend(stack, "Reader"))
    template = synth(stack)
    assert {"KmsMasterKeyId"} <= queue(template).keys() & queue(template, "OrdersDeadLetters").keys()
    [send, encrypt] = statements(template, "SenderTaskTaskRole")
    assert "sqs:SendMessage" in send["Action"]
    assert "kms:GenerateDataKey*" in encrypt["Action"]
    [_, decrypt] = statements(template, "ReaderTaskTaskRole")
    assert decrypt["Action"] == "kms:Decrypt"


def test_a_sender_is_told_the_url():
    stack = new_stack()
    orders = WorkQueue(stack, "Orders")
    assert stack.resolve(orders.queue_url) == stack.resolve(orders.queue.queue_url)


# ---- topics


def subscribed(**options: Any) -> Template:
    stack = new_stack()
    WorkQueue(stack, "Orders", subscriptions=[TopicSubscription(topic=topic(stack), **options)])
    return synth(stack)


def test_a_topic_fills_the_queue_and_nobody_else_may():
    template = subscribed()
    arn = "arn:aws:sns:eu-west-1:111111111111:orders"
    subscription = properties(template, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["TopicArn"]) == ("sqs", arn)
    assert subscription["RawMessageDelivery"] is True
    assert "FilterPolicy" not in subscription
    for like in ("OrdersQueue", "OrdersDeadLetters"):
        [_, allow] = policy(template, like)
        assert (allow["Action"], allow["Principal"]) == ("sqs:SendMessage", {"Service": "sns.amazonaws.com"})
        assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": arn}}


def test_what_sns_cannot_deliver_is_a_dead_letter():
    template = subscribed()
    redrive = properties(template, "AWS::SNS::Subscription")["RedrivePolicy"]
    assert "OrdersDeadLetters" in str(redrive["deadLetterTargetArn"])
    stack = new_stack()
    WorkQueue(stack, "Orders", dead_letters=Disabled(REASON), subscriptions=[TopicSubscription(topic=topic(stack))])
    assert "RedrivePolicy" not in properties(synth(stack), "AWS::SNS::Subscription")


def test_a_subscription_keeps_its_id_when_another_goes():
    """SNS makes no second subscription of one queue: made again and then deleted, it would be gone."""

    def ids(*names: str) -> dict[str, str]:
        stack = new_stack()
        topics = {name: topic(stack, name) for name in ("orders", "returns")}
        WorkQueue(stack, "Work", subscriptions=[TopicSubscription(topic=topics[name]) for name in names])
        made = resources(synth(stack), "AWS::SNS::Subscription")
        return {entry["Properties"]["TopicArn"].rsplit(":", 1)[1]: id_ for id_, entry in made.items()}

    both = ids("orders", "returns")
    assert len(set(both.values())) == 2
    assert ids("returns", "orders") == both
    for name in both:
        assert ids(name) == {name: both[name]}


@pytest.mark.parametrize("policy", [None, cdk.RemovalPolicy.RETAIN])
def test_queues_that_are_replaced_are_kept(policy: cdk.RemovalPolicy | None):
    queues = resources(made(**({} if policy is None else {"removal_policy": policy})), "AWS::SQS::Queue").values()
    assert [entry["UpdateReplacePolicy"] for entry in queues] == ["Retain", "Retain"]
    assert {entry["DeletionPolicy"] for entry in queues} == {"Delete" if policy is None else "Retain"}


def test_the_subscription_waits_for_the_leave_to_deliver():
    [entry] = resources(subscribed(), "AWS::SNS::Subscription").values()
    assert len(entry["DependsOn"]) == 2
    assert all("Policy" in name for name in entry["DependsOn"])


def test_a_filter_lets_some_messages_through():
    subscription = properties(subscribed(filter_policy={"size": ["large"]}), "AWS::SNS::Subscription")
    assert subscription["FilterPolicy"] == {"size": ["large"]}
    assert subscription["FilterPolicyScope"] == "MessageAttributes"
    nested = {"order": {"size": ["large"]}}
    subscription = properties(
        subscribed(filter_policy=nested, filter_policy_scope="MessageBody"), "AWS::SNS::Subscription"
    )
    assert (subscription["FilterPolicy"], subscription["FilterPolicyScope"]) == (nested, "MessageBody")


def key_statement(template: Template) -> dict[str, Any]:
    found = properties(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    [statement] = [entry for entry in found if entry["Principal"] == {"Service": "sns.amazonaws.com"}]
    return dict(statement)


def test_sns_may_use_the_key_for_topics_of_the_account():
    stack = new_stack()
    own = sns.Topic(stack, "Topic")
    WorkQueue(stack, "Orders", encryption_key=kms.Key(stack, "Key"), subscriptions=[TopicSubscription(topic=own)])
    assert key_statement(synth(stack))["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


def test_cdk_lets_every_topic_use_the_key():
    stack = new_stack()
    own = sns.Topic(stack, "Topic")
    own.add_subscription(
        subscriptions.SqsSubscription(sqs.Queue(stack, "Queue", encryption_master_key=kms.Key(stack, "Key")))
    )
    assert "Condition" not in key_statement(synth(stack))


def test_a_key_of_another_stack_can_be_used():
    app = cdk.App()
    keys, work = cdk.Stack(app, "Keys"), cdk.Stack(app, "Work")
    own = sns.Topic(work, "Topic")
    WorkQueue(work, "Orders", encryption_key=kms.Key(keys, "Key"), subscriptions=[TopicSubscription(topic=own)])
    assert key_statement(synth(keys))["Condition"]
    assert "KmsMasterKeyId" in queue(synth(work))


def test_a_topic_of_another_region_is_subscribed_to_there():
    stack = new_stack(region="eu-central-1")
    WorkQueue(stack, "Orders", subscriptions=[TopicSubscription(topic=topic(stack))])
    assert properties(synth(stack), "AWS::SNS::Subscription")["Region"] == "eu-west-1"
    stack = new_stack(region="eu-west-1")
    WorkQueue(stack, "Orders", subscriptions=[TopicSubscription(topic=topic(stack))])
    assert "Region" not in properties(synth(stack), "AWS::SNS::Subscription")


def test_a_fifo_topic_fills_fifo_queues_and_standard_ones():
    for fifo in (True, False):
        stack = new_stack()
        WorkQueue(stack, "Orders", fifo=fifo, subscriptions=[TopicSubscription(topic=topic(stack, "orders.fifo"))])
        assert properties(synth(stack), "AWS::SNS::Subscription")["Protocol"] == "sqs"


# ---- bad input


@pytest.mark.parametrize(
    ("options", "option", "practice"),
    [
        ({"visibility_timeout": timedelta(hours=13)}, "visibility_timeout", "queue-times"),
        ({"visibility_timeout": timedelta(seconds=-1)}, "visibility_timeout", "queue-times"),
        ({"retention": timedelta(seconds=59)}, "retention", "queue-times"),
        ({"retention": timedelta(days=15)}, "retention", "queue-times"),
        ({"receive_wait_time": timedelta(seconds=21)}, "receive_wait_time", "queue-times"),
        ({"max_receive_count": 0}, "max_receive_count", "dead-letter-queue"),
        ({"max_receive_count": 5, "dead_letters": Disabled(REASON)}, "max_receive_count", "dead-letter-queue"),
        ({"max_receive_count": 1001}, "max_receive_count", "dead-letter-queue"),
        ({"content_based_deduplication": True}, "content_based_deduplication", "fifo-queue"),
        ({"high_throughput": True}, "high_throughput", "fifo-queue"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, practice: str):
    with pytest.raises(ConstructError) as raised:
        made(**options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)


def refused(stack: cdk.Stack, **options: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(ConstructError) as raised:
        WorkQueue(stack, "Orders", **options)
    assert stack.node.try_find_child("Orders") is None
    return [(problem.option, problem.practice) for problem in raised.value.problems]


def test_a_standard_topic_fills_no_fifo_queue():
    stack = new_stack()
    found = refused(stack, fifo=True, subscriptions=[TopicSubscription(topic=topic(stack))])
    assert found == [("subscriptions[0].topic", "fifo-queue")]


def test_a_filter_that_sns_refuses_is_refused_here_with_all_that_is_wrong():
    stack = new_stack()
    wrong = TopicSubscription(topic=topic(stack), filter_policy={"size": "large", "price": [{"numeric": [5]}]})
    assert refused(stack, subscriptions=[wrong], max_receive_count=0) == [
        ("max_receive_count", "dead-letter-queue"),
        ("subscriptions[0].filter_policy['size']", "filter-policy"),
        ("subscriptions[0].filter_policy['price'][0]", "filter-policy"),
    ]


def test_a_scope_without_a_filter_changes_nothing():
    stack = new_stack()
    wrong = TopicSubscription(topic=topic(stack), filter_policy_scope="MessageBody")
    assert refused(stack, subscriptions=[wrong]) == [("subscriptions[0].filter_policy_scope", "filter-policy")]


def test_a_queue_is_subscribed_to_a_topic_once():
    stack = new_stack()
    twice = [TopicSubscription(topic=topic(stack)), TopicSubscription(topic=topic(stack))]
    assert refused(stack, subscriptions=twice) == [("subscriptions[1].topic", "filter-policy")]


def test_an_opt_out_has_a_reason():
    assert refused(new_stack(), dead_letters=Disabled("")) == [("dead_letters.reason", None)]


def test_a_new_message_can_be_hidden_for_a_while():
    stack = new_stack()
    WorkQueue(stack, "Queue", delivery_delay=timedelta(seconds=30))
    dead, queue = sorted(
        resources(synth(stack), "AWS::SQS::Queue").values(), key=lambda entry: "RedrivePolicy" in str(entry)
    )
    assert queue["Properties"]["DelaySeconds"] == 30
    assert "DelaySeconds" not in dead["Properties"]
    with pytest.raises(ConstructError) as error:
        WorkQueue(stack, "Other", delivery_delay=timedelta(minutes=16))
    assert [problem.option for problem in error.value.problems] == ["delivery_delay"]
