"""How many messages of a queue there are for each task of a service."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sqs as sqs

from cdk_containers.core.inputs import in_seconds

from .step_scaling import ScalingStep, StepScaling
from .target_metric import TargetMetric


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """The messages of a queue, and the tasks of the service that reads it, as metrics."""

    queue: sqs.IQueue
    service: ecs.BaseService

    def target(self, messages_per_task: int, *, to_zero: bool) -> TargetMetric:
        """Return the target: messages that wait, for each running task.

        Without a running task there is no value, and nothing happens. Where no task may be left, a message in work
        keeps one: it is invisible, and would look like no work.
        """
        metrics = {"waiting": self._messages("Visible"), "running": self._running}
        waiting = "waiting"
        if to_zero:
            metrics["inwork"] = self._messages("NotVisible")
            waiting = "IF(waiting > 0, waiting, IF(inwork > 0, 1, 0))"
        return TargetMetric(
            metric=cloudwatch.MathExpression(
                expression=f"{waiting} / running",
                using_metrics=metrics,
                period=in_seconds(60),
                label="Messages per task",
            ),
            target_value=messages_per_task,
        )

    @property
    def first_task(self) -> StepScaling:
        """The step from no task to one, which the target cannot take.

        A service without a task has no metrics, nor has one whose metrics are late: three minutes tell them apart.
        """
        return StepScaling(
            metric=cloudwatch.MathExpression(
                expression="IF(FILL(running, 0) > 0, 0, waiting)",
                using_metrics={"waiting": self._messages("Visible"), "running": self._running},
                period=in_seconds(60),
                label="Messages that no task reads",
            ),
            steps=[ScalingStep(lower=1, change=1)],
            cooldown=in_seconds(300),
            evaluation_periods=3,
        )

    def _messages(self, what: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/SQS",
            metric_name=f"ApproximateNumberOfMessages{what}",
            dimensions_map={"QueueName": self.queue.queue_name},
            statistic="Sum",
            period=in_seconds(60),
        )

    @property
    def _running(self) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions_map={
                "ClusterName": self.service.cluster.cluster_name,
                "ServiceName": self.service.service_name,
            },
            statistic="Average",
            period=in_seconds(60),
        )
