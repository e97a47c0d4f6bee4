"""Differences between two environments, ignoring account, region and names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from cdk_containers.core.frozen import frozen

from .assembly import DeployedStack
from .normal import normal_resources, normal_section

_SECTIONS = ("Parameters", "Mappings", "Conditions", "Outputs")
_NOT_SET = object()
_LONGEST = 60
_LEAD = 10


@frozen
class Difference:
    """One difference between two environments.

    Attributes:
        stack: The stack, by its name without the environment.
        what: The construct and its type, or the section of the template; empty for the stack itself.
        at: The property; empty if only one environment has it.
        before: The value in the first environment, as JSON; None if it has none.
        after: The value in the second environment, as JSON; None if it has none.
    """

    stack: str
    what: str = ""
    at: str = ""
    before: str | None = None
    after: str | None = None


def differences(before: Sequence[DeployedStack], after: Sequence[DeployedStack]) -> list[Difference]:
    """Return the differences between the stacks of two environments."""
    first, second = ({stack.key: stack for stack in stacks} for stacks in (before, after))
    found: list[Difference] = []
    for key in dict.fromkeys([*first, *second]):
        if key in first and key in second:
            found.extend(_between(key, _things(first[key]), _things(second[key])))
        else:
            found.append(_one_sided(key, "", before=key in first))
    return found


def _things(stack: DeployedStack) -> dict[str, Any]:
    things = normal_resources(stack)
    for section in _SECTIONS:
        things |= normal_section(stack, section)
    return things


def _between(key: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Difference]:
    for thing in dict.fromkeys([*first, *second]):
        if thing not in first or thing not in second:
            yield _one_sided(key, thing, before=thing in first)
            continue
        for at, one, other in _unequal(first[thing], second[thing], ""):
            before, after = _shown(one, other)
            yield Difference(stack=key, what=thing, at=at, before=before, after=after)


def _one_sided(key: str, what: str, *, before: bool) -> Difference:
    return Difference(stack=key, what=what, before="there" if before else None, after=None if before else "there")


def _unequal(one: Any, other: Any, at: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping) and not _is_function(one) and not _is_function(other):
        for key in dict.fromkeys([*one, *other]):
            yield from _unequal(one.get(key, _NOT_SET), other.get(key, _NOT_SET), f"{at}.{key}" if at else str(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from _unequal(*pair, f"{at}[{index}]")
    elif one != other:
        yield at.removeprefix("Properties."), one, other


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _shown(one: Any, other: Any) -> tuple[str | None, str | None]:
    """Show two values; for long ones, only the different part."""
    texts = [None if it is _NOT_SET else json.dumps(it, ensure_ascii=False) for it in (one, other)]
    start = 0
    if all(text is not None and len(text) > _LONGEST for text in texts):
        same = (one == other for one, other in zip(*map(str, texts), strict=False))
        start = max(0, sum(takewhile(bool, same)) - _LEAD)
    before, after = (None if text is None else _cut(text, start) for text in texts)
    return before, after


def _cut(text: str, start: int) -> str:
    part = f"…{text[start:]}" if start else text
    return part if len(part) <= _LONGEST else f"{part[: _LONGEST - 1]}…"
