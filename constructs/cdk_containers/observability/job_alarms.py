"""Alarms of a job."""

from __future__ import annotations

from datetime import timedelta

from constructs import Construct

from cdk_containers.core.cdk_modules import sns, sqs
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds
from cdk_containers.metrics import KnownExpression, KnownMetric, OwnAlarm, queue_metric

_WITHIN = timedelta(minutes=5)
_DAY_SECONDS = 24 * 60 * 60


@frozen
class JobAlarms:
    """Alarms for job runs that failed or could not start.

    Attributes:
        topic: SNS topic that gets a notification when an alarm starts and when it ends. Default: none; the alarms show
            in CloudWatch.
        failed_runs: Failed runs within `within` that trigger the alarm, 1 or more. Default: 1.
        within: Period for counting failed runs, in whole minutes, 1 minute to 1 day. Default: 5 minutes.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
    """

    topic: sns.ITopic | None = None
    failed_runs: int = 1
    within: DurationLike = _WITHIN

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.failed_runs) and self.failed_runs < 1:
            found.add("failed_runs", "out of range", given=self.failed_runs, allowed="1 or more", practice="job-alarms")
        within = seconds(self.within)
        if is_token(within) or not (60 <= within <= _DAY_SECONDS and within % 60 == 0):
            found.add(
                "within",
                "not a valid CloudWatch period",
                given=Shown("a token" if is_token(within) else f"{within} s"),
                allowed="whole minutes, 1 minute to 1 day, known at synthesis",
                practice="job-alarms",
            )
        return list(found)


def make_failed_runs_alarm(scope: Construct, failed: KnownMetric | KnownExpression, alarms: JobAlarms) -> OwnAlarm:
    """Create the alarm on failed runs. The metric counts them over `alarms.within`."""
    return OwnAlarm(
        scope=scope,
        id="FailedRunsAlarm",
        metric=failed,
        threshold=alarms.failed_runs,
        evaluation_periods=1,
        description="A run of the job failed",
        topic=alarms.topic,
    )


def make_not_started_alarm(scope: Construct, dead_letters: sqs.IQueue, alarms: JobAlarms) -> OwnAlarm:
    """Create the alarm on runs that could not start. It ends when the queue is empty."""
    return OwnAlarm(
        scope=scope,
        id="NotStartedAlarm",
        metric=queue_metric(dead_letters, "ApproximateNumberOfMessagesVisible"),
        threshold=1,
        evaluation_periods=1,
        description="A run of the job could not be started and waits in the dead-letter queue",
        topic=alarms.topic,
    )


def failed_executions(state_machine_arn: str, alarms: JobAlarms) -> KnownExpression:
    """Count the executions of a state machine that failed or timed out."""
    period = seconds(alarms.within)
    metrics = {
        id_: KnownMetric(
            namespace="AWS/States",
            name=name,
            statistic="Sum",
            period=period,
            dimensions={"StateMachineArn": state_machine_arn},
        )
        for id_, name in (("failed", "ExecutionsFailed"), ("late", "ExecutionsTimedOut"))
    }
    return KnownExpression(
        expression="FILL(failed, 0) + FILL(late, 0)", metrics=metrics, label="Failed runs", period=period
    )


def matched_events(rule_name: str, alarms: JobAlarms) -> KnownMetric:
    """Count the events that a rule of the default bus matched."""
    return KnownMetric(
        namespace="AWS/Events",
        name="TriggeredRules",
        statistic="Sum",
        period=seconds(alarms.within),
        dimensions={"RuleName": rule_name},
    )
