"""Metrics that are known by name."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import in_seconds


@frozen
class KnownMetric:
    """A metric, by the names that CloudWatch has for it.

    Attributes:
        namespace: Its namespace, such as `AWS/ECS`.
        name: Its name.
        dimensions: Its dimensions.
        statistic: What is taken of a period, in CloudWatch's words: `Average`, `Sum`, `Maximum`, `p99`.
        period: Seconds over which it is taken.
        label: What a graph calls it. Default: its name.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Average"
    period: int = 60
    label: str | None = None

    def to_cdk(self) -> cloudwatch.Metric:
        """Return the metric as CDK's constructs take it."""
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=self.name,
            dimensions_map=dict(self.dimensions),
            statistic=self.statistic,
            period=in_seconds(self.period),
            label=self.label,
        )


@frozen
class KnownExpression:
    """An expression over metrics.

    Attributes:
        expression: The expression, in which each metric has its id.
        metrics: The metrics, by id.
        label: What a graph calls it.
        period: Seconds over which all of them are taken.
    """

    expression: str
    metrics: Mapping[str, KnownMetric]
    label: str
    period: int = 60

    def to_cdk(self) -> cloudwatch.MathExpression:
        """Return the expression as CDK's constructs take it."""
        return cloudwatch.MathExpression(
            expression=self.expression,
            using_metrics={id_: metric.to_cdk() for id_, metric in self.metrics.items()},
            label=self.label,
            period=in_seconds(self.period),
        )


def as_cdk(metric: KnownMetric | KnownExpression | None) -> cloudwatch.IMetric | None:
    """Return a metric as CDK's constructs take it, if there is one."""
    return None if metric is None else metric.to_cdk()
