"""Event patterns in EventBridge syntax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

_FIELDS = ("source", "detail-type", "detail", "resources", "account", "region", "id", "time", "version")
_OPERATORS = ("prefix", "suffix", "wildcard", "equals-ignore-case", "anything-but", "numeric", "cidr", "exists")
_OWN_EVENTS = "aws.ecs"
_EXAMPLE = '{"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": ["…"]}}}'
_PRACTICE = "event-pattern"


def event_pattern_problems(pattern: Mapping[str, Any]) -> list[Problem]:
    """Find parts of a pattern that EventBridge refuses or that match too much."""
    found = Problems()
    if not pattern:
        found.add("event_pattern", "the pattern is empty", allowed=_EXAMPLE, practice=_PRACTICE)
        return list(found)
    for name in pattern:
        if name not in (*_FIELDS, "$or"):
            meant = name.replace("_", "-")
            found.add(
                "event_pattern",
                "events have no field with this name",
                given=name,
                allowed=meant if meant in _FIELDS else ", ".join(_FIELDS),
                practice=_PRACTICE,
            )
    found.extend(_shape_problems("event_pattern", pattern))
    if not found and "source" not in pattern and "$or" not in pattern:
        found.add(
            "event_pattern",
            "without a source the pattern matches events of every service",
            given=Shown(", ".join(pattern)),
            allowed=_EXAMPLE,
            practice=_PRACTICE,
        )
    if not found and _OWN_EVENTS in pattern.get("source", ()) and "detail" not in pattern:
        found.add(
            "event_pattern",
            "the job's own runs are ECS events, so each run would start the next one",
            given=_OWN_EVENTS,
            allowed="a detail that does not match the job's own runs, such as another cluster",
            practice=_PRACTICE,
        )
    return list(found)


def _shape_problems(option: str, value: Mapping[str, Any]) -> list[Problem]:
    """Check the shape of a pattern: nested mappings, down to lists of allowed values."""
    found = Problems()
    for name, part in value.items():
        place = f"{option}[{name!r}]"
        if is_token(part):
            continue
        if name == "$or":
            found.extend(_or_problems(place, part))
        elif isinstance(part, Mapping):
            if part:
                found.extend(_shape_problems(place, cast("Mapping[str, Any]", part)))
            else:
                found.add(place, "an empty mapping", allowed="fields with lists of allowed values", practice=_PRACTICE)
        elif isinstance(part, Sequence) and not isinstance(part, str):
            found.extend(_list_problems(place, part))
        else:
            found.add(
                place,
                "a single value instead of a list",
                given=part,
                allowed=f"a list of values, [{part!r}]",
                practice=_PRACTICE,
            )
    return list(found)


def _or_problems(place: str, part: object) -> list[Problem]:
    found = Problems()
    choices = cast("Sequence[Any]", part)
    if not isinstance(part, Sequence) or len(choices) < 2 or not all(isinstance(one, Mapping) for one in choices):
        found.add(place, "not a list of patterns", allowed="a list of two patterns or more", practice=_PRACTICE)
        return list(found)
    for index, choice in enumerate(choices):
        found.extend(_shape_problems(f"{place}[{index}]", choice))
    return list(found)


def _list_problems(place: str, values: Sequence[Any]) -> list[Problem]:
    found = Problems()
    if not values:
        found.add(place, "an empty list matches nothing", allowed="at least one value", practice=_PRACTICE)
    for index, value in enumerate(values):
        if isinstance(value, Mapping):
            names = list(cast("Mapping[str, Any]", value))
            if len(names) != 1 or names[0] not in _OPERATORS:
                found.add(
                    f"{place}[{index}]",
                    "not a single operator that EventBridge supports",
                    given=Shown(", ".join(names) or "none"),
                    allowed=", ".join(_OPERATORS),
                    practice=_PRACTICE,
                )
        elif not isinstance(value, str | int | float | None):
            found.add(
                f"{place}[{index}]",
                f"a value of type {type(value).__name__}",
                allowed="text, a number, true, false, null or an operator",
                practice=_PRACTICE,
            )
    return list(found)
