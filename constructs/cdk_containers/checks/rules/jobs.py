"""Checks of schedules, rules and state machines that run tasks."""

from __future__ import annotations

import re

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Map, Resource, texts_of

from .job_targets import (
    RULE,
    SCHEDULE,
    STATE_MACHINE,
    definition_of,
    each_job,
    is_direct,
    runs_tasks,
    starts_jobs,
    state_machine_of,
)
from .roles import role_of, worst_grant
from .settings import is_set, listed
from .statements import Statement

_A_DAY = 86_400
_MOST_ATTEMPTS = 185
_FIELDS = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "$or"}
_PATH = re.compile(r"\$(\.[\w-]+|\[\d+\]|\.?\['[^']+'\])*")
_PLACEHOLDER = re.compile(r"<([\w-]+)>")


@check("job-schedule", SCHEDULE, RULE, fix="Write ScheduleExpression as cron(…) with six fields, rate(…) or at(…).")
def schedule_is_one(starter: Resource) -> Outcome | None:
    """EventBridge accepts the schedule."""
    from cdk_containers.core.inputs import schedule_problem  # noqa: PLC0415  (few templates have jobs)

    if not starts_jobs(starter) or not starter.has("ScheduleExpression"):
        return None
    expression = starter.text("ScheduleExpression")
    problem = schedule_problem(expression, allowed=("cron", "rate") if starter.type == RULE else ("cron", "rate", "at"))
    return fault(f"{expression} is not a valid schedule: {problem}") if problem else ok(f"its schedule is {expression}")


@check("job-time-zone", SCHEDULE, fix="Set ScheduleExpressionTimezone.")
def zone_is_written_out(schedule: Resource) -> Outcome | None:
    """The time zone is set explicitly."""
    if not starts_jobs(schedule):
        return None
    if schedule.text("ScheduleExpression").startswith("rate("):
        return ok("a rate has no time zone")
    if is_set(schedule, "ScheduleExpressionTimezone"):
        return ok("its time zone is set")
    return fault("its schedule is in UTC, because no time zone is set")


@check("job-dead-letter-queue", SCHEDULE, RULE, fix="Set DeadLetterConfig.Arn of the target to a queue.")
@each_job
def lost_runs_are_kept(target: Map, _: Resource) -> Outcome:
    """Failed starts are kept."""
    if is_set(target, "DeadLetterConfig", "Arn"):
        return ok("failed starts are kept")
    return fault("failed starts are dropped")


@check("job-start-retry", SCHEDULE, RULE, fix="Set MaximumEventAgeInSeconds of the target's RetryPolicy.")
@each_job
def start_is_bounded(target: Map, _: Resource) -> Outcome:
    """A run that could not be started does not start a day later."""
    age = target.number("RetryPolicy", "MaximumEventAgeInSeconds", default=_A_DAY)
    attempts = target.number("RetryPolicy", "MaximumRetryAttempts", default=_MOST_ATTEMPTS)
    if age < _A_DAY:
        return ok(f"a run starts at most {age:.0f} seconds late")
    if attempts < _MOST_ATTEMPTS:
        return ok(f"a start is retried {attempts:.0f} times")
    return fault("a run can start up to a day late")


@check("job-start-role", SCHEDULE, RULE, fix="Allow ecs:RunTask on the task definition, and iam:PassRole on its roles.")
@each_job
def role_starts_nothing_else(target: Map, starter: Resource) -> Outcome | None:
    """The starter of a job can start no other job and pass no other role."""
    if not target.has("RoleArn") and not starter.has("RoleArn"):
        return None
    value = target.value("RoleArn") if target.has("RoleArn") else starter.value("RoleArn")
    role = role_of(value, starter.template.estate)
    if role is None:
        raise CannotTell("its role is in another stack")
    return worst_grant(role, _starting, _starting_policy) or ok("its role can start nothing else")


def _starting(statement: Statement) -> Outcome | None:
    for action, what in (("iam:PassRole", "pass any role"), ("ecs:RunTask", "run any task")):
        wide = statement.names(action) and statement.on_everything
        if wide and not (action == "ecs:RunTask" and _names_a_cluster(statement)):
            return fault(f"{statement.policy} lets its role {what}")
    wide_actions = [one for one in statement.actions if one == "*"]
    return fault(f"{statement.policy} allows every action") if wide_actions else ok("its role can start nothing else")


def _names_a_cluster(statement: Statement) -> bool:
    operators = statement.source.map("Condition")
    return any(key.lower() == "ecs:cluster" for one in operators for key in statement.source.map("Condition", one))


def _starting_policy(name: str) -> Outcome:
    if name.endswith("Access") or name in {"AmazonEC2ContainerServiceEventsRole"}:
        return fault(f"{name} allows its role to run any task and pass any role")
    return ok("its role can start nothing else")


@check("job-timeout", SCHEDULE, RULE, fix="Set TimeoutSeconds of the state that runs the task.")
@each_job
def run_is_stopped(target: Map, starter: Resource) -> Outcome:
    """A run that hangs is stopped."""
    machine = state_machine_of(target, starter)
    if machine is None or is_direct(target):
        raise CannotTell("EventBridge stops no task, and the template does not show whether the job stops itself")
    if "TimeoutSeconds" in definition_of(machine):
        return ok("its state machine stops tasks that hang")
    return fault(f"the state machine {machine.logical_id} waits for its task forever")


@check("job-retries", STATE_MACHINE, fix="Add a Retry with a BackoffRate to the state that runs the task.")
def failed_runs_are_tried_again(machine: Resource) -> Outcome | None:
    """A run is retried after a transient failure."""
    if not runs_tasks(machine):
        return None
    if '"Retry"' in definition_of(machine):
        return ok("it retries a failed task")
    if machine.has("DefinitionSubstitutions"):
        raise CannotTell("its definition is complete only at deployment")
    return fault("it fails when its task fails once")


@check(
    "job-execution-logs",
    STATE_MACHINE,
    fix="Set LoggingConfiguration with a Level and a log group, and TracingConfiguration.Enabled to true.",
)
def executions_are_logged(machine: Resource) -> Outcome | None:
    """The log shows which run failed, and why."""
    if not runs_tasks(machine):
        return None
    if machine.text("LoggingConfiguration", "Level", default="OFF") == "OFF":
        return fault("its executions are not logged")
    if not listed(machine, "LoggingConfiguration", "Destinations"):
        return fault("its logging has no log group")
    if not machine.flag("TracingConfiguration", "Enabled"):
        return fault("its executions are not traced")
    return ok("its executions are logged and traced")


@check("event-pattern", RULE, fix="Set the source, and the details that the job handles, in EventPattern.")
def pattern_matches_one_source(rule: Resource) -> Outcome | None:
    """Only intended events start the job."""
    if not rule.has("EventPattern") or not starts_jobs(rule):
        return None
    pattern = rule.map("EventPattern")
    unknown = [key for key in pattern if key not in _FIELDS]
    if unknown:
        return fault(f"events have no field {unknown[0]}")
    if not pattern.has("source") and not pattern.has("$or"):
        return fault("it matches the events of every source")
    sources = [text for value in listed(pattern, "source") for text in texts_of(value) if not isinstance(value, Map)]
    if "aws.ecs" in sources and not any(
        pattern.has("detail", key) for key in ("taskDefinitionArn", "group", "clusterArn")
    ):
        return fault("it matches the job's own runs, so the job starts itself")
    return ok("it matches the events of one source")


@check("job-input", RULE, fix="Write each path in InputPathsMap as $.…, and use its name as <name> in InputTemplate.")
@each_job
def input_is_taken_by_path(target: Map, _: Resource) -> Outcome | None:
    """The event contains what the job reads from it."""
    if not target.has("InputTransformer"):
        return None
    paths = target.map("InputTransformer", "InputPathsMap")
    wrong = [name for name in paths if not _PATH.fullmatch(paths.text(name))]
    if wrong:
        return fault(f"the path of {wrong[0]} is invalid: {paths.text(wrong[0])}")
    used = set(_PLACEHOLDER.findall(" ".join(texts_of(target.value("InputTransformer", "InputTemplate")))))
    lost = sorted(name for name in used - set(paths) if not name.startswith("aws"))
    if lost:
        return fault(f"its input uses <{lost[0]}>, which has no path")
    return ok("its input uses paths")
