"""Practices for how the number of tasks follows the load."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"
_ECS_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="backlog-per-task",
        title="Scale a worker by the number of waiting messages per task",
        why=(
            "A worker that waits for messages uses no CPU, and a busy one may use little, so CPU does not show how "
            "much work is waiting. The number of messages alone does not show how many tasks share them."
        ),
        source=f"{_GUIDE}/application-auto-scaling-target-tracking-metric-math.html",
        severity=Severity.MEDIUM,
        option="ServiceScaling.messages_per_task",
    ),
    Practice(
        id="scale-to-zero",
        title="Let a service scale to zero only if its work can wait",
        why=(
            "Messages stay in their queue until a task starts, but requests fail. Without tasks, there are no CPU or "
            "memory metrics, so a target on those metrics never starts the first task again."
        ),
        source=f"{_ECS_GUIDE}/service-autoscaling-targettracking.html",
        severity=Severity.HIGH,
        option="ServiceScaling.min_tasks",
    ),
    Practice(
        id="scaling-metric",
        title="Track a metric that falls when tasks are added",
        why=(
            "Target tracking expects a metric for a load that tasks share. If the metric does not fall with more "
            "tasks, the service scales to its maximum. If no alarm can watch the metric, the service never scales."
        ),
        source=f"{_GUIDE}/target-tracking-scaling-policy-overview.html",
        severity=Severity.MEDIUM,
        option="TargetMetric.metric",
    ),
    Practice(
        id="step-intervals",
        title="Use step scaling ranges without gaps or overlaps, and one range without change",
        why=(
            "Overlapping ranges contradict each other, and scaling stops when the load is in a gap. Without a range in "
            "which scaling does not act, the number of tasks never settles."
        ),
        source=f"{_GUIDE}/step-scaling-policy-overview.html",
        severity=Severity.MEDIUM,
        option="StepScaling.steps",
    ),
    Practice(
        id="schedule-expression",
        title="Write schedules in the cron syntax of AWS, and set their time zone",
        why=(
            "AWS cron expressions have six fields, and their days of the week start at 1. AWS refuses a crontab "
            "expression or reads it as another day. In UTC, a local time differs between summer and winter."
        ),
        source=f"{_GUIDE}/scheduled-scaling-using-cron-expressions.html",
        severity=Severity.MEDIUM,
        option="ScheduledScaling.schedule",
    ),
    Practice(
        id="predictive-scaling",
        title="Use predictive scaling for a load that recurs daily or weekly",
        why=(
            "Target tracking reacts to existing load, so tasks start minutes late. A forecast starts them before the "
            "load arrives, and only adds tasks."
        ),
        source=f"{_ECS_GUIDE}/predictive-auto-scaling.html",
        severity=Severity.LOW,
        option="ServiceScaling.predictive",
    ),
)
