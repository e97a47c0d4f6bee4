"""Log groups and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_LOG_GROUP = "KmsKeyId LogGroupClass LogGroupName RetentionInDays"
_ALARM = (
    "ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions "
    "EvaluationPeriods MetricName Metrics Namespace"
)
_COMPOSITE = "ActionsEnabled AlarmActions AlarmName AlarmRule"


@reader({"AWS::Logs::LogGroup": _LOG_GROUP}, logs=("describe_log_groups",))
def log_groups(account: Account) -> Iterator[Found]:
    """Find the log groups."""
    for it in account.pages("logs", "describe_log_groups", "logGroups"):
        arn = it["arn"].removesuffix(":*")
        yield Found(
            type="AWS::Logs::LogGroup",
            name=arn,
            properties=properties(it, _LOG_GROUP),
            identifiers=frozenset({arn, f"{arn}:*"}),
            physical_id=it["logGroupName"],
        )


@reader(
    {"AWS::CloudWatch::Alarm": _ALARM, "AWS::CloudWatch::CompositeAlarm": _COMPOSITE}, cloudwatch=("describe_alarms",)
)
def alarms(account: Account) -> Iterator[Found]:
    """Find metric alarms and composite alarms."""
    for type_, key, kind, names in (
        ("AWS::CloudWatch::Alarm", "MetricAlarms", "MetricAlarm", _ALARM),
        ("AWS::CloudWatch::CompositeAlarm", "CompositeAlarms", "CompositeAlarm", _COMPOSITE),
    ):
        for it in account.pages("cloudwatch", "describe_alarms", key, AlarmTypes=[kind]):
            yield Found(
                type=type_,
                name=it["AlarmArn"],
                properties=properties(it, names),
                identifiers=frozenset({it["AlarmArn"], it["AlarmName"]}),
            )
