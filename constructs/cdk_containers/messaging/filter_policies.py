"""Checks of SNS filter policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any, Literal, TypeAlias, cast

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token

FilterPolicyScope: TypeAlias = Literal["MessageAttributes", "MessageBody"]

_PRACTICE = "filter-policy"
_MOST_KEYS = 5
_MOST_COMBINATIONS = 150
_MOST_BYTES = 256 * 1024
_NUMBER_LIMIT = 10**9
_LOWER, _UPPER = (">", ">="), ("<", "<=")
_TEXT_OPERATORS = ("prefix", "suffix", "equals-ignore-case", "wildcard")


def filter_policy_problems(policy: Mapping[str, Any], scope: FilterPolicyScope) -> list[Problem]:
    """Find what SNS refuses in a filter policy, key by key.

    See https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
    """
    found = Problems()
    if not policy:
        found.add("", "the policy filters nothing", allowed="at least one key, or no filter policy", practice=_PRACTICE)
    for key, value in policy.items():
        found.extend(_entry_problems(key, value, nested=scope == "MessageBody"))
    if found or is_token(policy):
        return list(found)
    keys = _key_count(policy)
    if keys > _MOST_KEYS:
        found.add("", "too many keys", given=keys, allowed=f"up to {_MOST_KEYS}", practice=_PRACTICE)
    combinations = _combinations(policy)
    if combinations > _MOST_COMBINATIONS:
        found.add(
            "",
            "too many combinations, which is the product of the number of values of each key and its nesting depth",
            given=combinations,
            allowed=f"up to {_MOST_COMBINATIONS}",
            practice=_PRACTICE,
        )
    if not found and (size := _size(policy)) > _MOST_BYTES:
        found.add(
            "", "too large", given=Shown(f"{size} bytes"), allowed=f"up to {_MOST_BYTES} bytes", practice=_PRACTICE
        )
    return list(found)


def _entry_problems(key: str, value: object, *, nested: bool) -> Iterator[Problem]:
    option = f"[{key!r}]"
    if is_token(value):
        return
    if (branches := _branches(key, value)) is not None:
        for index, branch in enumerate(branches):
            yield from _inner_problems(f"{option}[{index}]", branch, nested=nested)
    elif isinstance(value, Mapping):
        if nested:
            yield from _inner_problems(option, cast("Mapping[str, object]", value), nested=nested)
        else:
            yield _problem(option, "nested keys, which only a policy for the message body may have", value, _VALUES)
    elif not isinstance(value, Sequence) or isinstance(value, str):
        yield _problem(option, "not a list", value, _VALUES)
    elif not value:
        yield _problem(option, "no value would match", value, "at least one value")
    else:
        for index, condition in enumerate(cast("Sequence[object]", value)):
            if (wrong := _condition_problem(condition)) is not None:
                yield _problem(f"{option}[{index}]", wrong[0], condition, wrong[1])


def _inner_problems(option: str, policy: Mapping[str, object], *, nested: bool) -> Iterator[Problem]:
    if not policy:
        yield _problem(option, "the key is empty", policy, "keys with values")
    for key, value in policy.items():
        yield from (problem.under(option) for problem in _entry_problems(key, value, nested=nested))


_VALUES = 'a list of values, such as ["large"] or [{"prefix": "order-"}]'


def _problem(option: str, what: str, given: object, allowed: str) -> Problem:
    return Problem(option=option, what=what, given=repr(given), allowed=allowed, practice=_PRACTICE)


def _condition_problem(condition: object) -> tuple[str, str] | None:
    """Return the problem of one value of a key, and what is allowed instead."""
    if condition is None or is_token(condition) or isinstance(condition, str | bool):
        return None
    if isinstance(condition, int | float):
        return None if _in_range(condition) else _RANGE
    if not isinstance(condition, Mapping) or len(cast("Mapping[str, object]", condition)) != 1:
        return "neither a value nor an operator", "text, a number, true, false, null, or one operator"
    [(operator, operand)] = cast("Mapping[str, object]", condition).items()
    return _operator_problem(operator, operand)


def _operator_problem(operator: str, operand: object) -> tuple[str, str] | None:
    if operator in _TEXT_OPERATORS:
        return (
            None if isinstance(operand, str) and operand else (f"{operator} requires text", f'{{"{operator}": "text"}}')
        )
    match operator:
        case "exists":
            return None if isinstance(operand, bool) else ("exists requires true or false", '{"exists": True}')
        case "cidr":
            return None if _is_range(operand) else ("cidr requires a range of addresses", '{"cidr": "10.0.0.0/24"}')
        case "numeric":
            return _numeric_problem(operand)
        case "anything-but":
            return _anything_but_problem(operand)
        case _:
            known = ", ".join(("anything-but", "cidr", "exists", "numeric", *_TEXT_OPERATORS))
            return f"{operator} is not an SNS operator", known


_RANGE = ("out of range", "-1000000000 to 1000000000")


def _in_range(number: float) -> bool:
    return is_token(number) or -_NUMBER_LIMIT <= number <= _NUMBER_LIMIT


def _is_range(operand: object) -> bool:
    if not isinstance(operand, str):
        return False
    try:
        ip_network(operand, strict=False)
    except ValueError:
        return is_token(operand)
    return "/" in operand


def _numeric_problem(operand: object) -> tuple[str, str] | None:
    parts = list(cast("Sequence[object]", operand)) if isinstance(operand, Sequence) else []
    operators, numbers = parts[::2], parts[1::2]
    wrong: str | None
    if isinstance(operand, str) or len(parts) not in (2, 4):
        wrong = "numeric requires one comparison, or two for a range"
    elif not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        wrong = "numeric compares only with numbers"
    else:
        wrong = _comparison_problem(operators, cast("list[float]", numbers))
    return (wrong, '{"numeric": ["=", 5]}, or [">", 0, "<=", 150], of -1000000000 to 1000000000') if wrong else None


def _comparison_problem(operators: Sequence[object], bounds: Sequence[float]) -> str | None:
    if not all(_in_range(bound) for bound in bounds):
        return "out of range"
    if len(bounds) == 1:
        return None if operators[0] in ("=", *_LOWER, *_UPPER) else "numeric compares with =, <, <=, > and >="
    if operators[0] not in _LOWER or operators[1] not in _UPPER:
        return "a range has first its lower bound, with > or >=, then its upper bound, with < or <="
    return "the range is empty" if not is_token(bounds) and bounds[0] >= bounds[1] else None


def _anything_but_problem(operand: object) -> tuple[str, str] | None:
    allowed = '{"anything-but": ["a", "b"]}, numbers, or one of prefix, suffix, equals-ignore-case and wildcard'
    if isinstance(operand, Mapping):
        inner = cast("Mapping[str, object]", operand)
        if len(inner) == 1 and next(iter(inner)) in _TEXT_OPERATORS:
            return _operator_problem(*next(iter(inner.items())))
        return "anything-but requires values, or one operator on text", allowed
    listed = isinstance(operand, Sequence) and not isinstance(operand, str)
    values = list(cast("Sequence[object]", operand)) if listed else [operand]
    texts = [isinstance(value, str) for value in values]
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in values]
    if values and (all(texts) or all(numbers)):
        return None
    return "anything-but accepts texts or numbers, but not both", allowed


def _branches(key: str, value: object) -> Sequence[Mapping[str, Any]] | None:
    """Return the policies of an `$or`; SNS treats it as one only with at least two policies."""
    if key != "$or" or not isinstance(value, Sequence) or isinstance(value, str) or len(value) < 2:
        return None
    return value if all(isinstance(branch, Mapping) for branch in value) else None


def _key_count(policy: Mapping[str, Any]) -> int:
    """Count the keys with values; an `$or` counts as its largest policy."""
    count = 0
    for key, value in policy.items():
        if (branches := _branches(key, value)) is not None:
            count += max(_key_count(branch) for branch in branches)
        else:
            count += _key_count(value) if isinstance(value, Mapping) else 1
    return count


def _combinations(policy: Mapping[str, Any], depth: int = 1) -> int:
    product = 1
    for key, value in policy.items():
        if (branches := _branches(key, value)) is not None:
            product *= sum(_combinations(branch, depth) for branch in branches)
        elif isinstance(value, Mapping):
            product *= _combinations(cast("Mapping[str, Any]", value), depth + 1)
        else:
            product *= len(value) * depth
    return product


def _size(policy: Mapping[str, Any]) -> int:
    return len(json.dumps(policy, ensure_ascii=False, default=str).encode())
