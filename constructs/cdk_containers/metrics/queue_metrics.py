"""Metrics of queues."""

from __future__ import annotations

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.cdk_modules import sqs

from .known_metric import KnownMetric


def queue_metric(queue: sqs.IQueue, name: str, *, statistic: str = "Maximum", label: str | None = None) -> KnownMetric:
    """Return a metric of a queue with a period of one minute.

    See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    return KnownMetric(
        namespace="AWS/SQS", name=name, dimensions={"QueueName": _name(queue)}, statistic=statistic, label=label
    )


@asked_once
def _name(queue: sqs.IQueue) -> str:
    return queue.queue_name
