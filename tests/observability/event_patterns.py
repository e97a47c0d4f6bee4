"""What EventBridge does with an event pattern, as far as the patterns of this library go.

See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Tell whether an event matches: all fields of the pattern, and one of each `$or`.

    Fields of objects in an array have to match in one and the same object, as in the rule engine of EventBridge:
    https://github.com/aws/event-ruler#json-array-matching
    """
    for field, wanted in pattern.items():
        if field == "$or":
            if not any(matches(one, event) for one in wanted):
                return False
        elif isinstance(wanted, Mapping):
            parts = event.get(field)
            found = [parts] if isinstance(parts, Mapping) else parts or []
            if not any(matches(wanted, part) for part in found):
                return False
        elif not any(_fits(test, value) for test in wanted for value in _values(event, field)):
            return False
    return True


def _values(event: Mapping[str, Any], field: str) -> Iterator[Any]:
    if field in event:
        value = event[field]
        yield from value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _fits(test: Any, value: Any) -> bool:
    if not isinstance(test, Mapping):
        return bool(test == value)
    [(operator, operand)] = test.items()
    match operator:
        case "prefix":
            return isinstance(value, str) and value.startswith(operand)
        case "anything-but" if isinstance(operand, Mapping):
            return isinstance(value, str) and not value.startswith(tuple(operand["prefix"]))
        case "anything-but":
            return value not in operand
    raise NotImplementedError(operator)
