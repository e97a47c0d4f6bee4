"""Minimum deployed length of parts of a template."""

from __future__ import annotations

import json
from collections.abc import Mapping

_QUOTES = 2


def least_size(value: object) -> int:
    """Return the length of a value as JSON without spaces. Unknown parts count as empty."""
    if isinstance(value, Mapping):
        if len(value) == 1 and (known := _intrinsic(*next(iter(value.items())))) is not None:
            return known + _QUOTES
        inside = sum(len(json.dumps(str(key))) + 1 + least_size(it) for key, it in value.items())
        return inside + max(len(value) - 1, 0) + _QUOTES
    if isinstance(value, list):
        return sum(map(least_size, value)) + max(len(value) - 1, 0) + _QUOTES
    return len(json.dumps(value, default=str))


def _intrinsic(name: object, argument: object) -> int | None:
    """Return the length of the known text of an intrinsic function; None for any other map."""
    if name == "Ref" or not str(name).startswith("Fn::"):
        return 0 if name == "Ref" else None
    match name, argument:
        case "Fn::Join", [str(delimiter), [*parts]]:
            return sum(max(least_size(it) - _QUOTES, 0) for it in parts) + len(delimiter) * max(len(parts) - 1, 0)
        case "Fn::Sub", str(text) | [str(text), *_]:
            return sum(len(piece.partition("}")[2]) for piece in ("}" + text).split("${"))
        case _:
            return 0
