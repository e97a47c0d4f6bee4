"""Alarms, logs, streams of them, and trails."""

from typing import Any

from ..recipe import Properties, Recipe, call, renamed, without


def trail_request(properties: Properties) -> Properties:
    rest = without("EventSelectors", "InsightSelectors", "IsLogging")(properties)
    return renamed(TrailName="Name", Tags="TagsList")(rest)


def record_calls(api: Any, name: str, properties: Properties) -> None:
    if selectors := properties.get("EventSelectors"):
        call(api, "put_event_selectors", {"TrailName": name, "EventSelectors": selectors})
    if properties["IsLogging"]:
        api.start_logging(Name=name)
    else:
        api.stop_logging(Name=name)


def delivery_stream(api: Any, name: str) -> Properties:
    found = api.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    return {"Arn": found["DeliveryStreamARN"]}


def log_filter(kind: str) -> Recipe:
    def delete(api: Any, identity: str) -> None:
        group, name = identity.split("|")
        getattr(api, f"delete_{kind}_filter")(logGroupName=group, filterName=name)

    return Recipe(
        service="logs",
        create=f"put_{kind}_filter",
        name="FilterName",
        identity=lambda made, _: f"{made['LogGroupName']}|{made['FilterName']}",
        delete=delete,
    )


RECIPES = {
    "AWS::CloudTrail::Trail": Recipe(
        service="cloudtrail",
        create="create_trail",
        name="TrailName",
        prepare=trail_request,
        identity=lambda made, _: made["Name"],
        then=record_calls,
        attributes=lambda api, name: {"Arn": api.get_trail(Name=name)["Trail"]["TrailARN"]},
        update=("update_trail", "Name"),
        delete=lambda api, name: api.delete_trail(Name=name),
    ),
    "AWS::CloudWatch::Alarm": Recipe(
        service="cloudwatch",
        create="put_metric_alarm",
        name="AlarmName",
        identity=lambda made, _: made["AlarmName"],
        attributes=lambda api, name: {"Arn": api.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"]},
        delete=lambda api, name: api.delete_alarms(AlarmNames=[name]),
    ),
    "AWS::KinesisFirehose::DeliveryStream": Recipe(
        service="firehose",
        create="create_delivery_stream",
        name="DeliveryStreamName",
        longest=64,
        identity=lambda made, _: made["DeliveryStreamName"],
        attributes=delivery_stream,
        delete=lambda api, name: api.delete_delivery_stream(DeliveryStreamName=name),
    ),
    "AWS::Logs::MetricFilter": log_filter("metric"),
    "AWS::Logs::SubscriptionFilter": log_filter("subscription"),
}
