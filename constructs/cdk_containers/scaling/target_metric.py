"""Target tracking on your own metric, or on an expression of several metrics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token, seconds
from cdk_containers.core.unchecked import unchecked
from cdk_containers.metrics import KnownExpression

_PRACTICE = "scaling-metric"
_MOST_METRICS = 10
_UNFIT = re.compile(r"\b(SEARCH|METRICS|INSIGHT_RULE_METRIC|LAMBDA|DB_PERF_INSIGHTS)\s*\(")

Query = autoscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty
_Stat = autoscaling.CfnScalingPolicy.TargetTrackingMetricStatProperty
_Metric = autoscaling.CfnScalingPolicy.TargetTrackingMetricProperty
_Dimension = autoscaling.CfnScalingPolicy.TargetTrackingMetricDimensionProperty


@frozen
class TargetMetric:
    """Your own metric to keep at a target. It must fall when tasks are added, as a number per task does.

    Attributes:
        metric: The metric, or a `MathExpression` of up to nine of them. Application Auto Scaling reads it each minute,
            whatever its period.
        target_value: The value to keep, more than 0.
        scale_in: Also removes tasks when the metric is low. False leaves scale-in to other policies. Default: True.

    See https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    """

    metric: cloudwatch.IMetric
    target_value: float
    scale_in: bool = True

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.target_value) and self.target_value <= 0:
            found.add(
                "target_value", "out of range", given=self.target_value, allowed="more than 0", practice=_PRACTICE
            )
        found.extend(metric_problems(self.metric))
        return list(found)


def metric_problems(metric: cloudwatch.IMetric) -> list[Problem]:
    """Find metrics that an alarm of Application Auto Scaling cannot watch."""
    found = Problems()
    queries = metric_queries(metric)
    if len(queries) > _MOST_METRICS:
        found.add(
            "metric",
            "too many metrics and expressions for one alarm",
            given=len(queries),
            allowed=f"up to {_MOST_METRICS}, including the expressions",
            practice=_PRACTICE,
        )
    for query in queries:
        if query.expression is not None and (unfit := _UNFIT.search(query.expression)) is not None:
            found.add(
                "metric",
                f"an alarm cannot watch an expression with {unfit[1]}",
                given=query.expression,
                allowed="an expression that names its metrics",
                practice=_PRACTICE,
            )
    return list(found)


def metric_queries(metric: cloudwatch.IMetric) -> list[Query]:
    """Return a metric as Application Auto Scaling expects it, after the metrics that it is computed from.

    CDK's `scale_to_track_custom_metric` refuses expressions and percentiles, which the service has accepted since 2023.
    """
    return list({query.id: query for query in _queries("result", metric)}.values())


def _queries(name: str, metric: cloudwatch.IMetric, *, returned: bool = True) -> Iterator[Query]:
    config = metric.to_metric_config()
    if (expression := config.math_expression) is not None:
        for part, used in expression.using_metrics.items():
            yield from _queries(part, used, returned=False)
        yield Query(id=name, expression=expression.expression, return_data=returned)
    elif (stat := config.metric_stat) is not None:
        yield Query(id=name, metric_stat=_stat(stat), return_data=returned)


def _stat(stat: cloudwatch.MetricStatConfig) -> autoscaling.CfnScalingPolicy.TargetTrackingMetricStatProperty:
    return autoscaling.CfnScalingPolicy.TargetTrackingMetricStatProperty(
        stat=stat.statistic,
        # CDK returns its own name of a unit, COUNT_PER_SECOND, instead of CloudWatch's, Count/Second.
        unit="/".join(word.capitalize() for word in stat.unit_filter.name.split("_PER_")) if stat.unit_filter else None,
        metric=autoscaling.CfnScalingPolicy.TargetTrackingMetricProperty(
            namespace=stat.namespace,
            metric_name=stat.metric_name,
            dimensions=[_Dimension(name=entry.name, value=entry.value) for entry in stat.dimensions or ()],
        ),
    )


def add_target_metrics(
    count: ecs.ScalableTaskCount, targets: Sequence[TargetMetric], **cooldowns: cdk.Duration
) -> None:
    """Add a policy for each metric, named after it.

    A name by position would move when you remove the first: the second would take its name while the old policy still
    follows the same metric, and a service accepts one policy for each metric.
    """
    taken = Counter[str]()
    for target in targets:
        name = f"Metric{_metric_name(target.metric)}"
        taken[name] += 1
        add_target_metric(count, name if taken[name] == 1 else f"{name}{taken[name]}", target, **cooldowns)


def _metric_name(metric: cloudwatch.IMetric) -> str:
    stats = [query.metric_stat for query in metric_queries(metric)]
    names = [stat.metric.metric_name for stat in stats if isinstance(stat, _Stat) and isinstance(stat.metric, _Metric)]
    return "".join(re.sub(r"\W", "", name) for name in names if name is not None and not is_token(name))[:100]


def add_target_metric(count: ecs.ScalableTaskCount, name: str, target: TargetMetric, **cooldowns: cdk.Duration) -> None:
    """Add the policy."""
    add_tracking(count, name, metric_queries(target.metric), target.target_value, scale_in=target.scale_in, **cooldowns)


def known_queries(expression: KnownExpression) -> list[Query]:
    """Return an expression as Application Auto Scaling expects it, after the metrics that it is computed from."""
    queries = [
        Query(
            id=id_,
            metric_stat=_Stat(
                stat=metric.statistic,
                metric=_Metric(
                    namespace=metric.namespace,
                    metric_name=metric.name,
                    dimensions=[_Dimension(name=name, value=value) for name, value in metric.dimensions.items()],
                ),
            ),
            return_data=False,
        )
        for id_, metric in expression.metrics.items()
    ]
    return [*queries, Query(id="result", expression=expression.expression, return_data=True)]


def add_tracking(
    count: ecs.ScalableTaskCount,
    name: str,
    queries: Sequence[Query],
    target_value: float,
    *,
    scale_out_cooldown: cdk.Duration,
    scale_in_cooldown: cdk.Duration,
    scale_in: bool = True,
) -> None:
    """Add a policy that keeps the last of several queries at a target."""
    unchecked(
        autoscaling.CfnScalingPolicy,
        count,
        name,
        policy_name=name,
        policy_type="TargetTrackingScaling",
        scaling_target_id=count.scalable_target_ref.resource_id,
        target_tracking_scaling_policy_configuration=(
            autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                target_value=target_value,
                disable_scale_in=None if scale_in else True,
                scale_out_cooldown=seconds(scale_out_cooldown),
                scale_in_cooldown=seconds(scale_in_cooldown),
                customized_metric_specification=autoscaling.CfnScalingPolicy.CustomizedMetricSpecificationProperty(
                    metrics=list(queries)
                ),
            )
        ),
    )
