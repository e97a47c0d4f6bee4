"""Starters of a job: the state that runs its task, its schedule, or the target of its rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .api import Api

RUN_TASK = ":::ecs:runTask"


def read_schedule(api: Api, name: str) -> Mapping[str, Any]:
    """Return a schedule. CloudFormation has only its name, so any group can contain it.

    Raises:
        Refused: AWS refuses a call.
    """
    for it in api.pages("scheduler", "list_schedules", "Schedules", NamePrefix=name):
        if it["Name"] == name:
            found: Mapping[str, Any] = api.call("scheduler", "get_schedule", Name=name, GroupName=it["GroupName"]) or {}
            return found
    return {}


def states_that_run(definition: str) -> Iterator[Mapping[str, Any]]:
    """Yield the RunTask parameters of all states of a state machine."""
    try:
        waiting: list[Any] = [json.loads(definition)]
    except ValueError:
        return
    while waiting:
        it = waiting.pop(0)
        if isinstance(it, Mapping):
            if RUN_TASK in str(it.get("Resource", "")):
                yield it.get("Arguments") or it.get("Parameters") or {}
            waiting += it.values()
        elif isinstance(it, list):
            waiting += it
