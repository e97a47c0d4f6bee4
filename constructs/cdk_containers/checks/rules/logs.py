"""Checks of the logs of containers, and of log groups."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Resource

from .containers import Container, each_container, on_fargate
from .service_parts import TASK_DEFINITION
from .settings import is_set

LOG_GROUP = "AWS::Logs::LogGroup"
_ON_FARGATE = ("awslogs", "awsfirelens", "splunk")


@check("log-configuration", TASK_DEFINITION, fix="Add a LogConfiguration to each container.")
@each_container
def output_goes_to_a_log(container: Container) -> Outcome:
    """The output of containers is kept."""
    if not container.source.has("LogConfiguration"):
        return fault(f"{container} has no LogConfiguration", fix=f"Add a LogConfiguration to {container.name}.")
    driver = container.source.text("LogConfiguration", "LogDriver")
    if driver in {"", "none"}:
        return fault(f"{container} sends its output to no log")
    if driver == "awslogs":
        wanted = ["awslogs-group", "awslogs-region", *(["awslogs-stream-prefix"] if on_fargate(container.task) else [])]
        options = container.source.map("LogConfiguration", "Options")
        missing = [name for name in wanted if not options.has(name)]
        if missing:
            return fault(
                (f"the log configuration of {container} has no {', '.join(missing)}"),
                fix=f"Add {missing[0]} to Options.",
            )
    return ok("each container has a log")


@check("fargate-log-driver", TASK_DEFINITION, fix="Set LogDriver to awslogs, awsfirelens or splunk.")
@each_container
def driver_is_one_of_fargate(container: Container) -> Outcome | None:
    """Fargate has three log drivers."""
    if not on_fargate(container.task) or not container.source.has("LogConfiguration", "LogDriver"):
        return None
    driver = container.source.text("LogConfiguration", "LogDriver")
    if driver in _ON_FARGATE:
        return ok(f"Fargate supports {driver}")
    return fault(f"{container} has the log driver {driver}, which Fargate does not support")


@check("log-delivery-mode", TASK_DEFINITION, fix="Set mode to non-blocking or blocking in LogConfiguration.Options.")
@each_container
def mode_is_written_out(container: Container) -> Outcome | None:
    """The log mode does not depend on an account setting."""
    if container.source.text("LogConfiguration", "LogDriver") != "awslogs":
        return None
    options = container.source.map("LogConfiguration", "Options")
    if options.has("mode"):
        return ok(f"the log mode is {options.text('mode')}")
    return fault(f"{container} sets no log mode, so an account setting decides")


@check("log-retention", LOG_GROUP, fix="Set RetentionInDays.")
def log_group_forgets(group: Resource) -> Outcome | None:
    """The retention of logs is set explicitly."""
    if group.text("LogGroupClass", default="STANDARD") == "DELIVERY":
        return None
    days = group.number("RetentionInDays")
    return fault("it never expires its events") if days is None else ok(f"it keeps events for {days:.0f} days")


@check("log-retention", TASK_DEFINITION, fix="Add the log group with RetentionInDays, and remove awslogs-create-group.")
@each_container
def log_group_of_ecs_forgets(container: Container) -> Outcome | None:
    """A log group that ECS creates never expires its events, unless its retention is set elsewhere."""
    options = container.source.map("LogConfiguration", "Options")
    if not options.has("awslogs-create-group") or not options.flag("awslogs-create-group"):
        return None
    estate = container.task.template.estate
    name = options.value("awslogs-group")
    if isinstance(name, str):
        groups = estate.of_type(LOG_GROUP)
        if any(group.value("LogGroupName") == name for group in groups if isinstance(group.value("LogGroupName"), str)):
            return None
    elif estate.find(name, LOG_GROUP) is not None:
        return None
    raise CannotTell(f"ECS creates the log group of {container}, and no retention is set")


@check("log-encryption", LOG_GROUP, fix="Set KmsKeyId.")
def log_group_has_a_key(group: Resource) -> Outcome:
    """Readers of logs need your KMS key."""
    return ok("it has a KMS key") if is_set(group, "KmsKeyId") else fault("it has no KMS key")
