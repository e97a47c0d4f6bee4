"""Metrics identified by name."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import in_seconds


@frozen
class KnownMetric:
    """A CloudWatch metric.

    Attributes:
        namespace: Its namespace, such as `AWS/ECS`.
        name: Its name.
        dimensions: Its dimensions.
        statistic: CloudWatch statistic over a period: `Average`, `Sum`, `Maximum`, `p99`.
        period: Period in seconds.
        label: Label in a graph. Default: its name.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Average"
    period: int = 60
    label: str | None = None

    def to_cdk(self) -> cloudwatch.Metric:
        """Return the metric as a CDK metric."""
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
        label: Label in a graph.
        period: Period of all metrics in seconds.
    """

    expression: str
    metrics: Mapping[str, KnownMetric]
    label: str
    period: int = 60

    def to_cdk(self) -> cloudwatch.MathExpression:
        """Return the expression as a CDK metric."""
        return cloudwatch.MathExpression(
            expression=self.expression,
            using_metrics={id_: metric.to_cdk() for id_, metric in self.metrics.items()},
            label=self.label,
            period=in_seconds(self.period),
        )


def as_cdk(metric: KnownMetric | KnownExpression | None) -> cloudwatch.IMetric | None:
    """Return a metric as a CDK metric, if there is one."""
    return None if metric is None else metric.to_cdk()
