"""AWS metrics as data, and alarms that need one call into CDK instead of several."""

from .known_metric import KnownExpression, KnownMetric, as_cdk
from .own_alarm import OwnAlarm, OwnAlarms
from .queue_metrics import queue_metric
from .service_metrics import INSIGHTS, cluster_metric, insights_metric, remember_cluster, usage_metric

__all__ = [
    "INSIGHTS",
    "KnownExpression",
    "KnownMetric",
    "OwnAlarm",
    "OwnAlarms",
    "as_cdk",
    "cluster_metric",
    "insights_metric",
    "queue_metric",
    "remember_cluster",
    "usage_metric",
]
