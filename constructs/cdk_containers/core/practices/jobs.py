"""Practices for jobs that run to their end."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide"
_EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_STATES = "https://docs.aws.amazon.com/step-functions/latest/dg"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="job-schedule",
        title="Write a schedule that EventBridge Scheduler takes",
        why=(
            "A crontab line with five fields, or a rate of 1 minutes, is refused when it is deployed. One that is "
            "taken and means something else runs at the wrong time for as long as nobody looks."
        ),
        source=f"{_SCHEDULER}/schedule-types.html",
        severity=Severity.HIGH,
        option="ScheduledJob.schedule",
    ),
    Practice(
        id="job-time-zone",
        title="Say in which time zone a schedule is",
        why=(
            "Three in the morning in UTC is another hour of the working day twice a year. Scheduler follows the "
            "change of clocks in the zone that it is told."
        ),
        source=f"{_SCHEDULER}/schedule-types.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.time_zone",
    ),
    Practice(
        id="job-dead-letter-queue",
        title="Keep the runs that could not be started",
        why=(
            "EventBridge drops what it could not deliver after its last try, and says so nowhere but in a metric. "
            "The nightly run did not happen, and nobody knows which one."
        ),
        source=f"{_SCHEDULER}/configuring-schedule-dlq.html",
        severity=Severity.HIGH,
        option="ScheduledJob, EventJob",
        checkers={"cdk-nag": ("AwsSolutions-SQS3",)},
    ),
    Practice(
        id="job-start-retry",
        title="Bound how late a run may start",
        why=(
            "By default EventBridge goes on for a day: what was to run at night then starts at noon, beside the users "
            "and beside the next run."
        ),
        source=f"{_SCHEDULER}/managing-schedule.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.start_retry, EventJob.start_retry",
    ),
    Practice(
        id="job-start-role",
        title="Let what starts a job start nothing else",
        why=(
            "A role that may run any task and pass any role is a way to every role of the account, for whoever can "
            "make a schedule or a rule."
        ),
        source=f"{_SCHEDULER}/cross-service-confused-deputy-prevention.html",
        severity=Severity.CRITICAL,
        option="ScheduledJob, EventJob",
    ),
    Practice(
        id="job-timeout",
        title="Give a job a time after which it is stopped",
        why=(
            "Neither ECS nor EventBridge ends a task that hangs: it is paid for, and holds its locks, until somebody "
            "notices."
        ),
        source=f"{_STATES}/sfn-stuck-execution.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.timeout, EventJob.timeout",
    ),
    Practice(
        id="job-retries",
        title="Retry a failed job a few times, with growing pauses",
        why=(
            "Spot capacity that was taken back, or a database that restarts, is gone in minutes. Work that is done "
            "twice must not hurt, so it is for the job to say how often."
        ),
        source=f"{_STATES}/concepts-error-handling.html",
        severity=Severity.LOW,
        option="ScheduledJob.retries, EventJob.retries",
    ),
    Practice(
        id="job-overlap",
        title="Decide what happens when the run before still runs",
        why=(
            "EventBridge starts a task at its time whatever else runs. Two imports of the same data at once are seldom "
            "what was meant."
        ),
        source=f"{_SCHEDULER}/what-is-scheduler.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.overlap",
        check="none",
        not_in_templates="A template shows what prevents two runs at once; that they may overlap, it does not say.",
    ),
    Practice(
        id="job-alarms",
        title="Alarm on runs that failed or never began",
        why=(
            "No user sees a job fail. Without an alarm the backup that has not run for a month is found on the day on "
            "which it is needed."
        ),
        source=f"{_GUIDE}/ecs_cwe_events.html",
        severity=Severity.HIGH,
        option="ScheduledJob.alarms, EventJob.alarms",
        check="live",
        not_in_templates="Alarms often stand in another stack; only the account shows that a job has none.",
    ),
    Practice(
        id="job-execution-logs",
        title="Log and trace the executions of a job's state machine",
        why=(
            "Step Functions forgets an execution after 90 days, and shows one at a time. The log says which of a "
            "thousand inputs failed, and why."
        ),
        source=f"{_STATES}/cw-logs.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob, EventJob",
        checkers={"cdk-nag": ("AwsSolutions-SF1", "AwsSolutions-SF2"), "checkov": ("CKV_AWS_284", "CKV_AWS_285")},
    ),
    Practice(
        id="event-pattern",
        title="Match the events of one source, by fields that events have",
        why=(
            "A pattern with a wrong field matches nothing, silently; one without a source matches far too much, and "
            "one that matches the job's own runs starts itself forever."
        ),
        source=f"{_EVENTBRIDGE}/eb-event-patterns.html",
        severity=Severity.HIGH,
        option="EventJob.event_pattern",
    ),
    Practice(
        id="job-input",
        title="Take from an event what the job needs, by path",
        why=(
            "A path that is none is refused when it is deployed, or gives nothing when the event comes. A job that "
            "reads the whole event knows more about its sender than it should."
        ),
        source=f"{_EVENTBRIDGE}/eb-transform-target-input.html",
        severity=Severity.MEDIUM,
        option="EventJob.environment_from, EventJob.for_each, EventJob.max_concurrency",
    ),
)
