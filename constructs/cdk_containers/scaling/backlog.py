"""How many messages of a queue there are for each task of a service."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import in_seconds
from cdk_containers.metrics import KnownExpression, KnownMetric, insights_metric, queue_metric

from .step_scaling import ScalingStep, StepScaling


@frozen
class Backlog:
    """The messages of a queue, and the tasks of the service that reads it, as metrics."""

    queue: sqs.IQueue
    service: ecs.BaseService

    def to_track(self, *, to_zero: bool) -> KnownExpression:
        """Return what to keep at a target: messages that wait, for each running task.

        Without a running task there is no value, and nothing happens. Where no task may be left, a message in work
        keeps one: it is invisible, and would look like no work.
        """
        metrics = {"waiting": self._messages("Visible"), "running": self._running}
        waiting = "waiting"
        if to_zero:
            metrics["inwork"] = self._messages("NotVisible")
            waiting = "IF(waiting > 0, waiting, IF(inwork > 0, 1, 0))"
        return KnownExpression(expression=f"{waiting} / running", metrics=metrics, label="Messages per task")

    @property
    def first_task(self) -> StepScaling:
        """The step from no task to one, which the target cannot take.

        A service without a task has no metrics, nor has one whose metrics are late: three minutes tell them apart.
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
