"""The library's own alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.cdk_modules import sns
from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.unchecked import unchecked

from .known_metric import KnownExpression, KnownMetric

Comparison = Literal["GreaterThanOrEqualToThreshold", "LessThanThreshold"]
Missing = Literal["breaching", "notBreaching"]

_COMPARISONS: dict[str, str] = {
    "GreaterThanOrEqualToThreshold": "GREATER_THAN_OR_EQUAL_TO_THRESHOLD",
    "LessThanThreshold": "LESS_THAN_THRESHOLD",
}
_MISSING = {"breaching": "BREACHING", "notBreaching": "NOT_BREACHING"}
_SIMPLE_STATISTICS = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")


@frozen(slots=False, eq=False)
class OwnAlarm:
    """An alarm in a template, which becomes a CDK construct on first use.

    Few callers need the construct, which with its metrics takes three to seven calls instead of one.

    Attributes:
        scope: The parent.
        id: Name among the parent's children.
        metric: The metric to watch.
        threshold: The value that it is compared with.
        description: The meaning of the alarm.
        evaluation_periods: Number of periods of the metric to evaluate.
        datapoints_to_alarm: How many of these periods must breach the threshold. Default: all.
        comparison: The comparison operator.
        missing: How missing data is treated.
        topic: SNS topic that gets a notification when the alarm starts and when it ends. Default: none.
    """

    scope: Construct
    id: str
    metric: KnownMetric | KnownExpression
    threshold: float
    description: str
    evaluation_periods: int
    datapoints_to_alarm: int | None = None
    comparison: Comparison = "GreaterThanOrEqualToThreshold"
    missing: Missing = "notBreaching"
    topic: sns.ITopic | None = None
    _resource: cloudwatch.CfnAlarm = field(init=False)

    def __post_init__(self) -> None:
        actions = None if self.topic is None else [_topic_arn(self.topic)]
        resource = unchecked(
            cloudwatch.CfnAlarm,
            self.scope,
            self.id,
            threshold=self.threshold,
            alarm_description=self.description,
            comparison_operator=self.comparison,
            evaluation_periods=self.evaluation_periods,
            datapoints_to_alarm=self.datapoints_to_alarm,
            treat_missing_data=self.missing,
            alarm_actions=actions,
            ok_actions=actions,
            **_watched(self.metric),
        )
        object.__setattr__(self, "_resource", resource)

    @cached_property
    def name(self) -> str:
        """Name of the alarm."""
        return self._resource.ref

    @cached_property
    def construct(self) -> cloudwatch.Alarm:
        """The alarm as a CDK construct, which replaces the resource and keeps its logical id."""
        logical_id = cdk.Stack.of(self.scope).get_logical_id(self._resource)
        self.scope.node.try_remove_child(self.id)
        alarm = cloudwatch.Alarm(
            self.scope,
            self.id,
            metric=self.metric.to_cdk(),
            threshold=self.threshold,
            alarm_description=self.description,
            comparison_operator=cloudwatch.ComparisonOperator[_COMPARISONS[self.comparison]],
            evaluation_periods=self.evaluation_periods,
            datapoints_to_alarm=self.datapoints_to_alarm,
            treat_missing_data=cloudwatch.TreatMissingData[_MISSING[self.missing]],
        )
        resource_of(alarm).override_logical_id(logical_id)
        if self.topic is not None:
            from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions  # noqa: PLC0415  (few need it)

            action = cloudwatch_actions.SnsAction(self.topic)
            alarm.add_alarm_action(action)
            alarm.add_ok_action(action)
        return alarm


class OwnAlarms(Mapping[str, cloudwatch.Alarm]):
    """Alarms by name; each becomes a CDK construct on first use."""

    def __init__(self, made: Mapping[str, OwnAlarm]) -> None:
        self._made = dict(made)

    def __getitem__(self, name: str) -> cloudwatch.Alarm:
        return self._made[name].construct

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


@asked_once
def _topic_arn(topic: sns.ITopic) -> str:
    return topic.topic_arn


def _watched(metric: KnownMetric | KnownExpression) -> dict[str, Any]:
    """Return the properties of an alarm that define the metrics it watches.

    Uses plain dicts, because CDK checks the types of each struct's fields twice.
    """
    if isinstance(metric, KnownMetric):
        simple = metric.statistic in _SIMPLE_STATISTICS
        return {
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": _dimensions(metric),
            "period": metric.period,
            "statistic": metric.statistic if simple else None,
            "extended_statistic": None if simple else metric.statistic,
        }
    return {
        "metrics": [
            {"id": "expr_1", "expression": metric.expression, "label": metric.label, "returnData": True},
            *(
                {"id": id_, "metricStat": _stat(one, metric.period), "returnData": False}
                for id_, one in metric.metrics.items()
            ),
        ]
    }


def _stat(metric: KnownMetric, period: int) -> dict[str, Any]:
    return {
        "metric": {"namespace": metric.namespace, "metricName": metric.name, "dimensions": _dimensions(metric)},
        "period": period,
        "stat": metric.statistic,
    }


def _dimensions(metric: KnownMetric) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in sorted(metric.dimensions.items())]
