"""Messages in a queue per task of a service."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import in_seconds
from cdk_containers.metrics import KnownExpression, KnownMetric, insights_metric, queue_metric

from .step_scaling import ScalingStep, StepScaling


@frozen
class Backlog:
    """Metrics of a queue and of the tasks that read it."""

    queue: sqs.IQueue
    service: ecs.BaseService

    def to_track(self, *, to_zero: bool) -> KnownExpression:
        """Return the metric to keep at a target: waiting messages per running task.

        Without a running task there is no value, and nothing happens. If the service may scale to zero, a message in
        progress keeps one task, because SQS hides the message and it would look like no work.
        """
        metrics = {"waiting": self._messages("Visible"), "running": self._running}
        waiting = "waiting"
        if to_zero:
            metrics["inwork"] = self._messages("NotVisible")
            waiting = "IF(waiting > 0, waiting, IF(inwork > 0, 1, 0))"
        return KnownExpression(expression=f"{waiting} / running", metrics=metrics, label="Messages per task")

    @property
    def first_task(self) -> StepScaling:
        """The step from zero tasks to one, which target tracking cannot do.

        Metrics are missing when a service has no tasks and also when they arrive late. Waiting three minutes tells the
        two apart.
        """
        unread = KnownExpression(
            expression="IF(FILL(running, 0) > 0, 0, waiting)",
            metrics={"waiting": self._messages("Visible"), "running": self._running},
            label="Messages that no task reads",
        )
        return StepScaling(
            metric=unread.to_cdk(),
            steps=[ScalingStep(lower=1, change=1)],
            cooldown=in_seconds(300),
            evaluation_periods=3,
        )

    def _messages(self, what: str) -> KnownMetric:
        return queue_metric(self.queue, f"ApproximateNumberOfMessages{what}", statistic="Sum")

    @property
    def _running(self) -> KnownMetric:
        return insights_metric(self.service, "RunningTaskCount")
