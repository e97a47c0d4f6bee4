"""Checking values against the type hints of the option they were given for.

Python does not check types at run time and CDK does so late, with a stack trace out of its own process. These checks
read the hints that are there for the type checker anyway, so an option's type is written once.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Union, cast, get_args, get_origin

from ..errors import Problem, Problems
from .tokens import is_token

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def field_problems(instance: DataclassInstance) -> list[Problem]:
    """Find the fields of a dataclass whose values do not fit their hints."""
    hints = _hints(type(instance))
    values = {field.name: getattr(instance, field.name) for field in fields(instance)}
    return _problems(hints, values)


def argument_problems(function: Callable[..., object], arguments: Mapping[str, object]) -> Problems:
    """Find the keyword-only arguments of a call whose values do not fit their hints.

    Args:
        function: The function that was called.
        arguments: Its local variables, taken as its first statement (`locals()`).
    """
    found = Problems()
    found.extend(_problems(_keyword_hints(function), arguments))
    return found


@cache
def _hints(owner: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(owner)


@cache
def _keyword_hints(function: Callable[..., object]) -> Mapping[str, Any]:
    function = getattr(function, "__func__", function)
    code = function.__code__
    keyword_only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    hints = _hints(function)
    return {name: hints[name] for name in keyword_only if name in hints}


def _problems(hints: Mapping[str, Any], values: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(
            option=name,
            what=f"{_type_name(values[name])} where {_describe(hint)} belongs{_hint_at(hint, values[name])}",
            given=repr(values[name]),
            allowed=_describe(hint),
        )
        for name, hint in hints.items()
        if name in values and not _fits(values[name], hint)
    ]


def _hint_at(hint: Any, value: object) -> str:
    """A default that is on is switched off by name: say so to whoever wrote `False` or `None`."""
    if value in (False, None) and any(getattr(part, "__name__", "") == "Disabled" for part in get_args(hint)):
        return '; to switch it off write Disabled(reason="…")'
    return ""


def _type_name(value: object) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"


def _describe(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_describe(part) for part in arguments))
    if origin is Literal:
        return " or ".join(repr(value) for value in arguments)
    if origin is not None and issubclass(origin, Mapping):
        return f"a mapping of {_describe(arguments[0])} to {_describe(arguments[1])}"
    if origin is not None and issubclass(origin, Sequence):
        return f"a list of {_describe(arguments[0])}"
    if hint is type(None):
        return "None"
    return getattr(hint, "__name__", str(hint)).lstrip("_")


def _fits(value: object, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in arguments)
    if origin is Literal:
        return any(value == allowed and type(value) is type(allowed) for allowed in arguments)
    if origin is not None:
        return _fits_collection(value, origin, arguments)
    if hint in (int, float, str, bool):
        return _fits_scalar(value, hint)
    if getattr(hint, "_is_protocol", False):
        return _fits_protocol(value, hint)
    return hint is Any or isinstance(value, hint)


def _fits_scalar(value: object, hint: type) -> bool:
    if hint is not bool and isinstance(value, bool):
        return False
    if hint in (int, float) and isinstance(value, int | float):
        return hint is float or isinstance(value, int) or value.is_integer() or is_token(value)
    return isinstance(value, hint)


def _fits_collection(value: object, origin: type, arguments: tuple[Any, ...]) -> bool:
    if issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            return False
        entries = cast("Mapping[object, object]", value)
        return all(_fits(key, arguments[0]) and _fits(item, arguments[1]) for key, item in entries.items())
    if issubclass(origin, Sequence):
        if isinstance(value, str) or not isinstance(value, Sequence):
            return False
        return all(_fits(item, arguments[0]) for item in cast("Sequence[object]", value))
    return isinstance(value, origin)


def _fits_protocol(value: object, protocol: type) -> bool:
    members = {name for name in dir(protocol) if not name.startswith("_")} - {"node", "env", "stack"}
    return has_members(value, *members)


def has_members(value: object, *names: str) -> bool:
    """Tell whether a value has members, without reading them: that would call into CDK.

    CDK hands out some objects as proxies that stand for several interfaces at once.
    """
    owners = [type(part) for part in getattr(value, "_delegates", ())] or [type(value)]
    return all(any(hasattr(owner, name) for owner in owners) for name in names)
