"""Practices for jobs that run to their end."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide"
_EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_STATES = "https://docs.aws.amazon.com/step-functions/latest/dg"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="job-schedule",
        title="Write schedules in the syntax of EventBridge Scheduler",
        why=(
            "The deployment fails with a five-field crontab line or a rate of `1 minutes`. A valid schedule with "
            "another meaning runs at the wrong time until you notice."
        ),
        source=f"{_SCHEDULER}/schedule-types.html",
        severity=Severity.HIGH,
        option="ScheduledJob.schedule",
    ),
    Practice(
        id="job-time-zone",
        title="Set the time zone of a schedule",
        why=(
            "Because of daylight saving time, 03:00 UTC is a different local time in summer and in winter. EventBridge "
            "Scheduler follows the clock changes of the time zone that you set."
        ),
        source=f"{_SCHEDULER}/schedule-types.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.time_zone",
    ),
    Practice(
        id="job-dead-letter-queue",
        title="Keep events of runs that could not be started",
        why=(
            "After its last attempt, EventBridge drops the event and only counts it in a metric. You then know that a "
            "run did not start, but not which one."
        ),
        source=f"{_SCHEDULER}/configuring-schedule-dlq.html",
        severity=Severity.HIGH,
        option="ScheduledJob, EventJob",
        checkers={"cdk-nag": ("AwsSolutions-SQS3",)},
    ),
    Practice(
        id="job-start-retry",
        title="Limit how late a run may start",
        why=(
            "By default EventBridge retries for a day. A nightly run can then start at noon, while users are active or "
            "the next run begins."
        ),
        source=f"{_SCHEDULER}/managing-schedule.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.start_retry, EventJob.start_retry",
    ),
    Practice(
        id="job-start-role",
        title="Let the role that starts a job start only that job",
        why=(
            "If a role may run any task and pass any role, anyone who can create a schedule or a rule can use every "
            "role of the account."
        ),
        source=f"{_SCHEDULER}/cross-service-confused-deputy-prevention.html",
        severity=Severity.CRITICAL,
        option="ScheduledJob, EventJob",
    ),
    Practice(
        id="job-timeout",
        title="Set a timeout for each job",
        why=(
            "Neither ECS nor EventBridge stops a task that hangs. You pay for it, and it holds its locks, until you "
            "notice."
        ),
        source=f"{_STATES}/sfn-stuck-execution.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.timeout, EventJob.timeout",
    ),
    Practice(
        id="job-retries",
        title="Retry a failed job a few times, with increasing delays",
        why=(
            "Reclaimed Spot capacity or a restarting database is available again within minutes. A repeated run must "
            "be safe, so each job sets its number of retries."
        ),
        source=f"{_STATES}/concepts-error-handling.html",
        severity=Severity.LOW,
        option="ScheduledJob.retries, EventJob.retries",
    ),
    Practice(
        id="job-overlap",
        title="Decide what happens if the previous run is still running",
        why=(
            "EventBridge starts a task on schedule even if the previous one still runs. Two imports of the same data "
            "at once are rarely what you want."
        ),
        source=f"{_SCHEDULER}/what-is-scheduler.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob.overlap",
        check="none",
        not_in_templates="A template shows what prevents overlapping runs, but not whether runs may overlap.",
    ),
    Practice(
        id="job-alarms",
        title="Create alarms for runs that fail or do not start",
        why=(
            "No user sees a job fail. Without an alarm, you notice that the backup has not run for a month on the day "
            "you need it."
        ),
        source=f"{_GUIDE}/ecs_cwe_events.html",
        severity=Severity.HIGH,
        option="ScheduledJob.alarms, EventJob.alarms",
        check="live",
        not_in_templates="Alarms are often in another stack, so only the account shows whether a job has one.",
    ),
    Practice(
        id="job-execution-logs",
        title="Log and trace the executions of a job's state machine",
        why=(
            "Step Functions deletes the history of an execution after 90 days, and shows one execution at a time. The "
            "log shows which of a thousand inputs failed, and why."
        ),
        source=f"{_STATES}/cw-logs.html",
        severity=Severity.MEDIUM,
        option="ScheduledJob, EventJob",
        checkers={"cdk-nag": ("AwsSolutions-SF1", "AwsSolutions-SF2"), "checkov": ("CKV_AWS_284", "CKV_AWS_285")},
    ),
    Practice(
        id="event-pattern",
        title="Match the events of one source, by fields that its events have",
        why=(
            "A pattern with a wrong field matches no events, without an error. A pattern without a source matches far "
            "too many. A pattern that matches the job's own events starts the job in an endless loop."
        ),
        source=f"{_EVENTBRIDGE}/eb-event-patterns.html",
        severity=Severity.HIGH,
        option="EventJob.event_pattern",
    ),
    Practice(
        id="job-input",
        title="Pass only the fields of an event that the job needs, by JSON path",
        why=(
            "An invalid path fails the deployment, and a path that the event does not have passes no value. A job that "
            "receives the whole event depends on more of its sender than it needs."
        ),
        source=f"{_EVENTBRIDGE}/eb-transform-target-input.html",
        severity=Severity.MEDIUM,
        option="EventJob.environment_from, EventJob.for_each, EventJob.max_concurrency",
    ),
)
