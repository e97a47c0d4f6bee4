"""Practices for how the number of tasks follows the load."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"
_ECS_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="backlog-per-task",
        title="Scale a worker by the messages that wait for each task",
        why=(
            "A worker that waits for messages uses no CPU, and one that works may use little: its CPU says nothing of "
            "how much there is to do. The number of messages alone says nothing of how many tasks share them."
        ),
        source=f"{_GUIDE}/application-auto-scaling-target-tracking-metric-math.html",
        severity=Severity.MEDIUM,
        option="ServiceScaling.messages_per_task",
    ),
    Practice(
        id="scale-to-zero",
        title="Let a service go to zero only where its work waits for it",
        why=(
            "Messages stay in their queue until a task is there; requests fail. Without a task there is no use of CPU "
            "or memory either, so a target on those never brings the first one back."
        ),
        source=f"{_ECS_GUIDE}/service-autoscaling-targettracking.html",
        severity=Severity.HIGH,
        option="ServiceScaling.min_tasks",
    ),
    Practice(
        id="scaling-metric",
        title="Track a metric that falls when tasks are added",
        why=(
            "Target tracking takes the metric for a load that tasks share. One that does not fall with more tasks, or "
            "that no alarm can watch, drives the service to its most tasks or never moves it."
        ),
        source=f"{_GUIDE}/target-tracking-scaling-policy-overview.html",
        severity=Severity.MEDIUM,
        option="TargetMetric.metric",
    ),
    Practice(
        id="step-intervals",
        title="Give step scaling ranges that meet, with one quiet range",
        why=(
            "Ranges that overlap say two things at once, and a gap is a load at which scaling stops. Without a range "
            "in which nothing happens the number of tasks never rests."
        ),
        source=f"{_GUIDE}/step-scaling-policy-overview.html",
        severity=Severity.MEDIUM,
        option="StepScaling.steps",
    ),
    Practice(
        id="schedule-expression",
        title="Write schedules as AWS reads them, with the time zone that they mean",
        why=(
            "AWS has its own cron, with six fields and days of the week from 1: one from a crontab is refused, or "
            "means another day. In UTC a morning in summer is another hour than in winter."
        ),
        source=f"{_GUIDE}/scheduled-scaling-using-cron-expressions.html",
        severity=Severity.MEDIUM,
        option="ScheduledScaling.schedule",
    ),
    Practice(
        id="predictive-scaling",
        title="Start tasks ahead of a load that comes every day or week",
        why=(
            "Target tracking answers to a load that is there, and the tasks are minutes late. A forecast starts them "
            "before the load comes, and only ever adds tasks."
        ),
        source=f"{_ECS_GUIDE}/predictive-auto-scaling.html",
        severity=Severity.LOW,
        option="ServiceScaling.predictive",
    ),
)
