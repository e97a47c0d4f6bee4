"""Targets of schedules and rules: ECS tasks, directly or through a state machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps

from cdk_containers.checks.engine import Outcome, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource, Unknown, texts_of

SCHEDULE = "AWS::Scheduler::Schedule"
RULE = "AWS::Events::Rule"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
_CALL = ":::aws-sdk:ecs:runTask"
_RUNS_TASKS = re.compile(r":states:::ecs:runTask")


def each_job(look: Callable[[Map, Resource], Outcome | None]) -> Callable[[Resource], Outcome | None]:
    """Turn a check of a target into a check of schedules and rules. The worst target that runs tasks counts."""

    @wraps(look)
    def look_at_all(starter: Resource) -> Outcome | None:
        return worst(lambda target: look(target, starter) if _is_job(target, starter) else None, _targets(starter))

    return look_at_all


def starts_jobs(starter: Resource) -> bool:
    """Tell whether a schedule or a rule runs tasks."""
    return any(_is_job(target, starter) for target in _targets(starter))


def is_direct(target: Map) -> bool:
    """Tell whether EventBridge starts the task directly: in a cluster, or by calling ECS."""
    return target.has("EcsParameters") or any(text.endswith(_CALL) for text in texts_of(target.value("Arn")))


def state_machine_of(target: Map, starter: Resource) -> Resource | None:
    """Return the state machine of the estate that a target starts."""
    try:
        return starter.template.estate.find(target.value("Arn"), STATE_MACHINE)
    except CannotTell:
        return None


def runs_tasks(machine: Resource) -> bool:
    """Tell whether a state machine runs tasks of ECS, as far as its definition is in the template."""
    return _RUNS_TASKS.search(definition_of(machine)) is not None


def definition_of(machine: Resource) -> str:
    """Return the known text of a state machine's definition.

    Raises:
        CannotTell: The definition is elsewhere.
    """
    if machine.has("DefinitionS3Location"):
        raise CannotTell("its definition is in S3")
    return " ".join(_texts(machine.value("DefinitionString"))) + " ".join(_texts(machine.value("Definition")))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Map):
        for key in value.source:
            yield f'"{key}"'
            yield from _texts(value.value(key))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield from texts_of(value)


def _targets(starter: Resource) -> list[Map]:
    if starter.type == RULE:
        return [value for value in starter.values("Targets") if isinstance(value, Map)]
    target = starter.value("Target")
    if isinstance(target, Unknown):
        raise CannotTell(f"its target depends on {target.why}")
    return [target] if isinstance(target, Map) else []


def _is_job(target: Map, starter: Resource) -> bool:
    if is_direct(target):
        return True
    machine = state_machine_of(target, starter)
    try:
        return machine is not None and runs_tasks(machine)
    except CannotTell:
        return False
