"""Merges the programs of all environments. Differences become settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from cdk_containers.core.frozen import frozen

from .expressions import Expression, value
from .programs import Program
from .recording import Step

ENVIRONMENT = Expression("setting", "environment")


@frozen(kw_only=False)
class Line:
    """A call, in some environments or in all.

    Attributes:
        step: The call.
        environments: Environments with this call.
    """

    step: Step
    environments: tuple[str, ...]


@frozen
class United:
    """A program for several environments.

    Attributes:
        environments: The environments.
        lines: The calls.
        settings: Values that differ, by name and environment.
    """

    environments: tuple[str, ...]
    lines: tuple[Line, ...]
    settings: Mapping[str, Mapping[str, Expression]]


def unite(programs: Mapping[str, Program]) -> United | None:
    """Merge several programs; None if they have too little in common."""
    names = tuple(programs)
    columns = _aligned(programs)
    united = _Uniting(names)
    # The line of each step of a program.
    places: dict[str, dict[int, int]] = {name: {} for name in names}
    for number, column in enumerate(columns):
        for name, place in zip(names, column, strict=True):
            if place is not None:
                places[name][place] = number
    lines: list[Line] = []
    for column in columns:
        there = {name: place for name, place in zip(names, column, strict=True) if place is not None}
        moved: dict[str, Step] = {}
        for name, place in there.items():
            step = programs[name].steps[place]
            expression = step.expression.map(partial(_moved, places=places[name]))
            moved[name] = Step(expression, step.effect, step.hint, step.result)
        environments = tuple(there)
        united.path = []
        expression = united.unite({name: step.expression for name, step in moved.items()})
        for one in expression.walk():
            if one.kind == "step" and not set(environments) <= set(lines[one.name].environments):
                return None
        first = next(iter(moved.values()))
        lines.append(Line(Step(expression, first.effect, first.hint, first.result), environments))
    return United(environments=names, lines=tuple(lines), settings=united.settings)


def _moved(one: Expression, places: Mapping[int, int]) -> Expression:
    return Expression("step", places[one.name]) if one.kind == "step" else one


def _aligned(programs: Mapping[str, Program]) -> list[tuple[int | None, ...]]:
    """Return which steps of several programs match."""
    (first_keys, *others) = [[_key(step, name) for step in program.steps] for name, program in programs.items()]
    columns: list[tuple[int | None, ...]] = [(place,) for place in range(len(first_keys))]
    keys = first_keys
    for number, own in enumerate(others, 1):
        after: list[tuple[int | None, ...]] = []
        after_keys: list[Any] = []
        matcher = SequenceMatcher(None, keys, own, autojunk=False)
        for _, first, last, own_first, own_last in matcher.get_opcodes():
            same = keys[first:last] == own[own_first:own_last]
            for place in range(first, last):
                after.append((*columns[place], own_first + place - first if same else None))
                after_keys.append(keys[place])
            for place in range(own_first, own_last) if not same else ():
                after.append((*([None] * number), place))
                after_keys.append(own[place])
        columns, keys = after, after_keys
    return columns


def _key(step: Step, environment: str) -> tuple[Any, ...]:
    """Return the similarity of two calls in two environments."""
    expression = step.expression
    if expression.kind == "method" and expression.name == "=":
        return ("=", expression.parts[0].name, None, expression.parts[0].parts[0].kind)
    if expression.kind == "method":
        path = expression.parts[1].name if len(expression.parts) > 1 and expression.parts[1].kind == "value" else None
        return ("method", expression.name, path, expression.parts[0].kind)
    target = expression.parts[0].name if expression.kind == "call" else None
    id_ = expression.parts[-1 - len(expression.keys)].name if target is not None else None
    return (expression.kind, expression.name, target, id_.replace(environment, "") if isinstance(id_, str) else None)


class _Uniting:
    """Merges expressions of several environments.

    Attributes:
        settings: Values that differ, by name and environment.
        path: The names that lead to the expression.
    """

    def __init__(self, environments: tuple[str, ...]) -> None:
        self.environments = environments
        self.settings: dict[str, dict[str, Expression]] = {}
        self.path: list[str] = []

    def unite(self, given: Mapping[str, Expression]) -> Expression:
        """Return one expression."""
        one, *others = given.values()
        if all(other == one for other in others):
            return one
        if all(
            (other.kind, other.name, len(other.parts), other.keys) == (one.kind, one.name, len(one.parts), one.keys)
            for other in others
        ):
            parts = []
            start = len(one.parts) - len(one.keys)
            for place in range(len(one.parts)):
                self.path.append(one.keys[place - start] if place >= start else self._named(one))
                parts.append(self.unite({name: expression.parts[place] for name, expression in given.items()}))
                self.path.pop()
            return Expression(one.kind, one.name, tuple(parts), one.keys)
        if all(expression.kind == "value" and isinstance(expression.name, str) for expression in given.values()):
            text = _with_environment({name: expression.name for name, expression in given.items()})
            if text is not None:
                return text
        if all(_is_closed(expression) for expression in given.values()):
            return self._setting(given)
        return Expression("choice", None, tuple(given.values()), tuple(given))

    def _named(self, one: Expression) -> str:
        """Return a name for a positional argument: the property that a method changes."""
        if one.kind == "method" and len(one.parts) > 1 and isinstance(one.parts[1].name, str):
            return one.parts[1].name.rpartition(".")[2]
        if one.kind == "method" and one.name == "=":
            return str(one.parts[0].name)
        return ""

    def _setting(self, given: Mapping[str, Expression]) -> Expression:
        hint = next((name for name in reversed(self.path) if name), "value")
        name = snake(hint)
        number = 1
        while name in self.settings and dict(self.settings[name]) != dict(given):
            number += 1
            name = f"{snake(hint)}_{number}"
        self.settings[name] = dict(given)
        return Expression("setting", f"settings.{name}")


def _is_closed(expression: Expression) -> bool:
    return not any(one.kind in ("step", "setting", "choice") for one in expression.walk())


def _with_environment(given: Mapping[str, str]) -> Expression | None:
    """Return a text that differs only in the name of the environment."""
    for edge in (r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])", "{}"):
        found = {tuple(re.split(edge.format(re.escape(name)), text)) for name, text in given.items()}
        if len(found) == 1 and len(parts := found.pop()) > 1:
            whole: list[Expression] = []
            for place, part in enumerate(parts):
                whole += [*([ENVIRONMENT] if place else []), *([value(part)] if part else [])]
            return whole[0] if len(whole) == 1 else Expression("text", None, tuple(whole))
    return None


def snake(name: str) -> str:
    """Return a name in snake case.

    >>> snake("HTTPListenerArn"), snake("Record-shop"), snake("DiscoveryServiceARNExport")
    ('http_listener_arn', 'record_shop', 'discovery_service_arn_export')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", re.sub(r"[^0-9A-Za-z]+", "_", name))
    made = re.sub(r"_+", "_", words).strip("_").lower()
    return made if made[:1].isalpha() else f"value_{made}".rstrip("_")
