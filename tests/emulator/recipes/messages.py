"""Queues, topics, rules and schedules."""

from typing import Any

from ..recipe import Properties, Recipe, call, only, renamed, without

# ---- SNS


def topic_policy_request(properties: Properties) -> Properties:
    (topic,) = properties["Topics"]
    return {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": properties["PolicyDocument"]}


def subscription_request(properties: Properties) -> Properties:
    """Regroup what the API has as a map of attributes."""
    own = ("TopicArn", "Protocol", "Endpoint")
    attributes = without(*own, "Region")(properties)
    return {**only(*own)(properties), "Attributes": attributes, "ReturnSubscriptionArn": True}


# ---- SQS


def queue_request(properties: Properties) -> Properties:
    attributes = without("QueueName", "Tags")(properties)
    return {**only("QueueName", "Tags")(properties), "Attributes": attributes}


def queue(api: Any, url: str) -> Properties:
    attributes = api.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return {"Arn": attributes["QueueArn"], "QueueName": url.rsplit("/", maxsplit=1)[-1], "QueueUrl": url}


def queue_policy_request(properties: Properties) -> Properties:
    (url,) = properties["Queues"]
    return {"QueueUrl": url, "Attributes": {"Policy": properties["PolicyDocument"]}}


# ---- EventBridge


def rule_identity(made: Properties, _: Properties) -> str:
    """Give the name of a rule on the default bus, as CloudFormation does."""
    bus = made.get("EventBusName", "default")
    return made["Name"] if bus == "default" else f"{bus}|{made['Name']}"


def rule_key(identity: str) -> Properties:
    *bus, name = identity.split("|")
    return {"Name": name, **({"EventBusName": bus[0]} if bus else {})}


def rule_arn(api: Any, identity: str) -> Properties:
    return {"Arn": api.describe_rule(**rule_key(identity))["Arn"]}


def put_targets(api: Any, identity: str, properties: Properties) -> None:
    name = renamed(Name="Rule")(rule_key(identity))
    wanted = [target_request(it) for it in properties.get("Targets", [])]
    gone = {it["Id"] for it in api.list_targets_by_rule(**name)["Targets"]} - {it["Id"] for it in wanted}
    if gone:
        api.remove_targets(**name, Ids=sorted(gone))
    if wanted:
        call(api, "put_targets", {**name, "Targets": wanted})


def target_request(target: Properties) -> Properties:
    """Give a task's tags the name that the API has for them."""
    if "EcsParameters" not in target:
        return target
    return {**target, "EcsParameters": renamed(TagList="Tags")(target["EcsParameters"])}


def delete_rule(api: Any, identity: str) -> None:
    put_targets(api, identity, {})
    api.delete_rule(**rule_key(identity))


# ---- EventBridge Scheduler


def schedule_key(api: Any, name: str) -> Properties:
    """Find the group; the physical id is the schedule's name alone."""
    found = (it for it in api.list_schedules()["Schedules"] if it["Name"] == name)
    return {"Name": name, "GroupName": next(found)["GroupName"]}


RECIPES = {
    "AWS::Events::Rule": Recipe(
        service="events",
        create="put_rule",
        name="Name",
        longest=64,
        prepare=without("Targets"),
        identity=rule_identity,
        then=put_targets,
        attributes=rule_arn,
        delete=delete_rule,
    ),
    "AWS::SNS::Subscription": Recipe(
        service="sns",
        create="subscribe",
        prepare=subscription_request,
        identity=lambda _, response: response["SubscriptionArn"],
        delete=lambda api, arn: api.unsubscribe(SubscriptionArn=arn),
    ),
    "AWS::SNS::TopicPolicy": Recipe(
        service="sns",
        create="set_topic_attributes",
        prepare=topic_policy_request,
        identity=lambda made, _: made["TopicArn"],
        delete=lambda _api, _arn: None,  # the policy goes with its topic
    ),
    "AWS::SQS::Queue": Recipe(
        service="sqs",
        create="create_queue",
        name="QueueName",
        longest=80,
        prepare=queue_request,
        identity=lambda _, response: response["QueueUrl"],
        attributes=queue,
        update=("set_queue_attributes", "QueueUrl"),
        delete=lambda api, url: api.delete_queue(QueueUrl=url),
    ),
    "AWS::SQS::QueuePolicy": Recipe(
        service="sqs",
        create="set_queue_attributes",
        prepare=queue_policy_request,
        identity=lambda made, _: made["QueueUrl"],
        delete=lambda api, url: api.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""}),
    ),
    "AWS::Scheduler::Schedule": Recipe(
        service="scheduler",
        create="create_schedule",
        name="Name",
        longest=64,
        identity=lambda made, _: made["Name"],
        attributes=lambda api, name: {"Arn": api.get_schedule(**schedule_key(api, name))["Arn"]},
        update=("update_schedule", "Name"),
        delete=lambda api, name: api.delete_schedule(**schedule_key(api, name)),
    ),
    "AWS::Scheduler::ScheduleGroup": Recipe(
        service="scheduler",
        create="create_schedule_group",
        name="Name",
        longest=64,
        identity=lambda made, _: made["Name"],
        attributes=lambda api, name: {"Arn": api.get_schedule_group(Name=name)["Arn"]},
        delete=lambda api, name: api.delete_schedule_group(Name=name),
    ),
}
