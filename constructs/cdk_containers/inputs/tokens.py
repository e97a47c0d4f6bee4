"""Recognising values that are known only at deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

_STRING_MARKER = "${Token["
_LIST_MARKER = "#{Token["
_NUMBER_LIMIT = -1e280


def is_token(value: object) -> bool:
    """Tell whether a value holds a CDK token, without a call to CDK.

    CDK hides a token in a string (`${Token[…]}`), in a huge negative number, or in a list of one marked string;
    a resolvable object such as `Fn.ref` stands for itself. The answer of `Token.is_unresolved` costs a call of
    about a millisecond into the CDK process for each value, and is the same.
    """
    if isinstance(value, str):
        return _STRING_MARKER in value or _LIST_MARKER in value
    if isinstance(value, int | float):
        return value < _NUMBER_LIMIT
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        return any(is_token(item) for item in entries.values())
    if isinstance(value, Sequence):
        return any(is_token(item) for item in cast("Sequence[object]", value))
    return hasattr(type(value), "resolve") and hasattr(type(value), "creation_stack")
