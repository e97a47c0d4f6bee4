"""What is wrong with what an event is to start, and with what the job takes from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .event_pattern import event_pattern_problems
from .paths import path_problems

_MAX_CONCURRENCY = 40
_MAX_VARIABLES = 100
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def event_problems(
    known: Problems,
    *,
    event_pattern: Mapping[str, Any] | None,
    event_bus: events.IEventBus | None,
    environment_from: Mapping[str, str] | None,
    for_each: str | None,
    max_concurrency: int | None,
    watched: bool,
) -> list[Problem]:
    """Find what is wrong with the options that only an `EventJob` has.

    Args:
        known: What is known to be wrong, and is not looked at again.
        event_pattern: The events that start it.
        event_bus: The bus that they come by.
        environment_from: Environment variables by path into the event.
        for_each: Path to a list in the event.
        max_concurrency: Runs at once.
        watched: Whether the job has a state machine.
    """
    found = Problems()
    if event_pattern is not None:
        found.extend([] if known.has("event_pattern") else event_pattern_problems(event_pattern))
    elif event_bus is not None:
        found.add("event_bus", "no event starts the job", allowed="an event_pattern as well", practice="event-pattern")
    if for_each is not None and not known.has("for_each"):
        found.extend(path_problems("for_each", for_each))
    concurrency = None if known.has("max_concurrency") else max_concurrency
    if concurrency is not None and for_each is None:
        found.add(
            "max_concurrency",
            "there is one run, so none beside it",
            given=concurrency,
            allowed="for_each as well",
            practice="job-input",
        )
    elif concurrency is not None and not is_token(concurrency) and not 1 <= concurrency <= _MAX_CONCURRENCY:
        found.add(
            "max_concurrency",
            "out of range",
            given=concurrency,
            allowed=f"1–{_MAX_CONCURRENCY}, beyond which Step Functions does not go",
            practice="job-input",
        )
    variables = {} if known.has("environment_from") else environment_from or {}
    found.extend(_variable_problems(variables, fed=watched or event_pattern is not None))
    return list(found)


def _variable_problems(variables: Mapping[str, str], *, fed: bool) -> list[Problem]:
    found = Problems()
    if variables and not fed:
        found.add(
            "environment_from",
            "no event starts the job, so there is nothing to take values from",
            allowed="an event_pattern; or a timeout, with which the job has an input also when it is started by hand",
            practice="job-input",
        )
    if len(variables) > _MAX_VARIABLES:
        found.add(
            "environment_from",
            "EventBridge takes no more",
            given=len(variables),
            allowed=f"up to {_MAX_VARIABLES}",
            practice="job-input",
        )
    for name, path in variables.items():
        if is_token(name) or not _VARIABLE.fullmatch(name):
            found.add(
                "environment_from",
                "not the name of an environment variable",
                given=name,
                allowed="letters, digits and underscores, known at synthesis",
                practice="job-input",
            )
        found.extend(path_problems(f"environment_from[{name!r}]", path))
    return list(found)
