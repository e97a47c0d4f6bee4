"""What is wrong with what an event is to start, and with what the job takes from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

from .event_pattern import event_pattern_problems
from .paths import path_problems

_MAX_CONCURRENCY = 40
_MAX_VARIABLES = 100
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def event_problems(arguments: Mapping[str, Any], *, watched: bool) -> list[Problem]:
    """Find what is wrong with the options that only an `EventJob` has; `watched` is one with a state machine."""
    found = Problems()
    pattern, for_each, concurrency = (arguments[name] for name in ("event_pattern", "for_each", "max_concurrency"))
    if pattern is not None:
        found.extend(event_pattern_problems(pattern))
    elif arguments["event_bus"] is not None:
        found.add("event_bus", "no event starts the job", allowed="an event_pattern as well", practice="event-pattern")
    if for_each is not None:
        found.extend(path_problems("for_each", for_each))
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
    found.extend(_variable_problems(arguments["environment_from"] or {}, fed=watched or pattern is not None))
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
