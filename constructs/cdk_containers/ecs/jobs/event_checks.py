"""Problems with the options of event-driven jobs."""

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
    """Find problems with the options that only an `EventJob` has.

    Args:
        known: Known problems, whose options are not checked again.
        event_pattern: The events that start it.
        event_bus: The event bus.
        environment_from: Environment variables by path into the event.
        for_each: Path to a list in the event.
        max_concurrency: Maximum number of concurrent runs.
        watched: Whether the job has a state machine.
    """
    found = Problems()
    if event_pattern is not None:
        found.extend([] if known.has("event_pattern") else event_pattern_problems(event_pattern))
    elif event_bus is not None:
        found.add("event_bus", "no event starts the job", allowed="also set event_pattern", practice="event-pattern")
    if for_each is not None and not known.has("for_each"):
        found.extend(path_problems("for_each", for_each))
    concurrency = None if known.has("max_concurrency") else max_concurrency
    if concurrency is not None and for_each is None:
        found.add(
            "max_concurrency",
            "the job has only one run, so there are no concurrent runs",
            given=concurrency,
            allowed="also set for_each",
            practice="job-input",
        )
    elif concurrency is not None and not is_token(concurrency) and not 1 <= concurrency <= _MAX_CONCURRENCY:
        found.add(
            "max_concurrency",
            "out of range",
            given=concurrency,
            allowed=f"1–{_MAX_CONCURRENCY} (the Step Functions limit)",
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
            "no event starts the job, so there are no values to read",
            allowed="an event_pattern; or a timeout, with which a manual run also has an input",
            practice="job-input",
        )
    if len(variables) > _MAX_VARIABLES:
        found.add(
            "environment_from",
            "more than EventBridge accepts",
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
