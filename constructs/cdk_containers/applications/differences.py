"""Differences between environments, as written in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.inputs import has_members

from .environment import Environment

_TWO = 2


def environment_differences(*environments: Environment) -> Mapping[str, Mapping[str, str]]:
    """List the options that differ between environments.

    For the differences in the templates, run `cdk-containers environments differences`.

    Args:
        environments: The environments, two or more.

    Returns:
        By option, such as `desired_count` or `network.cidr`, the value in each environment, as text.

    Raises:
        ConstructError: A value is not an environment, or two have the same name.
    """
    found = Problems()
    for index, one in enumerate(environments):
        if not isinstance(one, Environment):
            found.add(f"environments[{index}]", "not an environment", given=one, allowed="an Environment")
    names = [one.name for one in environments if isinstance(one, Environment)]
    if len(environments) < _TWO:
        found.add("environments", "nothing to compare", given=len(environments), allowed="two environments or more")
    for name in dict.fromkeys(it for it in names if names.count(it) > 1):
        found.add(
            "environments", "two environments have the same name", given=name, allowed="a different name for each"
        )
    if found:
        raise ConstructError("environment_differences", found)
    return {option: dict(zip(names, texts, strict=True)) for option, texts in _rows(environments) if option != "name"}


def _rows(values: Sequence[Any], at: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the options whose values differ; values of one type with options are compared option by option."""
    if is_dataclass(values[0]) and all(type(value) is type(values[0]) for value in values):
        for one in fields(values[0]):
            yield from _rows([getattr(value, one.name) for value in values], f"{at}.{one.name}" if at else one.name)
        return
    texts = [_shown(value) for value in values]
    if len(set(texts)) > 1:
        yield at, texts


def _shown(value: Any) -> str:
    """Show a value in readable form, because CDK objects have none."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_shown, value)) or "none"
    if is_dataclass(value):
        changed = (
            f"{one.name}={_shown(given)}"
            for one in fields(value)
            if (given := getattr(value, one.name)) is not one.default
        )
        return f"{type(value).__name__}({', '.join(changed)})"
    if has_members(value, "to_human_string"):
        return str(value.to_human_string())
    if has_members(value, "node"):
        return str(value.node.path)
    return "not set" if value is None else value.name if isinstance(value, Enum) else str(value)
