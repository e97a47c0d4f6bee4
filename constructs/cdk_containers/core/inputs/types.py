"""Checks values against the type hints of their options.

Python does not check types at run time and CDK does so late, with its own stack trace out process. These checks
read the hints that are there for the type checker anyway, so an option's type is written once.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from enum import Enum
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from ..errors import Problem, Problems
from .durations import duration_problem
from .members import has_members
from .places import place_problems
from .tokens import is_token
from .ways_in import interface_of, way_in

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options", bound="DataclassInstance")


def field_problems(instance: DataclassInstance) -> list[Problem]:
    """Find the fields of a dataclass whose values do not fit their hints.

    Most fields have their default, which is not checked: the type checker has done so.
    """
    kind = type(instance)
    given = {name: value for name, default in _defaults(kind) if (value := getattr(instance, name)) is not default}
    return _problems(kind, given)


def argument_problems(function: Callable[..., object], arguments: Mapping[str, object]) -> Problems:
    """Find the keyword-only arguments of a call whose values do not fit their hints; defaults are not checked.

    Args:
        function: The function that was called.
        arguments: Its local variables, taken as its first statement (`locals()`).
    """
    defaults = function.__kwdefaults__ or {}
    given = {
        name: arguments[name]
        for name in _keywords(function)
        if name in arguments and (name not in defaults or arguments[name] is not defaults[name])
    }
    found = Problems()
    found.extend(_problems(_unwrapped(function), given))
    if "scope" in arguments:
        placed = {name: value for name, value in given.items() if not found.has(name)}
        found.extend_beside(place_problems(arguments["scope"], placed))
    return found


def usable_arguments(
    function: Callable[..., object], arguments: Mapping[str, object], found: Problems
) -> dict[str, Any]:
    """Return the keyword-only arguments of a call, with the default for each that already has a problem.

    Valid options can then be checked further, so that one error reports all problems.
    """
    defaults = function.__kwdefaults__ or {}
    return {
        name: defaults[name] if found.has(name) and name in defaults else arguments[name]
        for name in _keywords(function)
    }


def usable_options(options: Options, function: Callable[..., object], found: Problems) -> Options:
    """Return the options of a call, with the default for each that already has a problem.

    Args:
        options: The options, as fields that have the names of the function's arguments.
        function: The function, whose defaults they are, unless its own field makes one.
        found: Known problems.
    """
    if not found:
        return options
    made = {field.name: field.default_factory() for field in fields(options) if field.default_factory is not MISSING}
    defaults = {**(function.__kwdefaults__ or {}), **made}
    wrong = [field.name for field in fields(options) if field.name in defaults and found.has(field.name)]
    return replace(options, **{name: defaults[name] for name in wrong})


@cache
def _defaults(owner: type[DataclassInstance]) -> Sequence[tuple[str, object]]:
    return [(field.name, field.default) for field in fields(owner)]


def _unwrapped(function: Callable[..., object]) -> Any:
    return inspect.unwrap(getattr(function, "__func__", function))


@cache
def _keywords(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the keyword-only arguments of a function that have hints."""
    function = _unwrapped(function)
    code = function.__code__
    keyword_only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return tuple(name for name in keyword_only if name in function.__annotations__)


@cache
def _hint(owner: Any, name: str) -> Any:
    """Read the hint of one field or argument: other hints may name CDK modules that are not loaded."""
    if isinstance(owner, type):
        owner = next(kind for kind in owner.__mro__ if name in inspect.get_annotations(kind))
        names = vars(sys.modules[owner.__module__])
    else:
        names = owner.__globals__
    annotation = SimpleNamespace(__annotations__={name: owner.__annotations__[name]})
    return typing.get_type_hints(annotation, names)[name]


def _problems(owner: object, values: Mapping[str, object]) -> list[Problem]:
    """Find the values that do not fit their hints, by the names of the fields or arguments of their owner."""
    found: list[Problem] = []
    for name, value in values.items():
        hint = _hint(owner, name)
        if not _fits(value, hint):
            found += [
                _type_problem(f"{name}{place}", part, expected) for place, part, expected in _misfits(value, hint)
            ]
        elif (wrong := duration_problem(value)) is not None:
            found.append(wrong.under(name))
    return found


def _type_problem(option: str, value: object, hint: Any) -> Problem:
    allowed = _describe(hint)
    if _is_choice(value, hint):
        what = "not a valid choice"
    else:
        what = f"{_type_name(value, unlike=allowed)} instead of {allowed}{_hint_at(hint, value)}"
    way = way_in(value, _names(hint))
    return Problem(option=option, what=what, given=_shown(value, hint), allowed=way or allowed)


def _names(hint: Any) -> Iterator[str]:
    """Yield the names of the types that a hint allows, including types of list elements."""
    parts = get_args(hint)
    if not parts:
        yield getattr(hint, "__name__", "")
    for part in parts:
        yield from _names(part)


def _is_choice(value: object, hint: Any) -> bool:
    """Tell whether a value has the right type, but is not one of the allowed choices."""
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    choices = [choice for part in parts if get_origin(part) is Literal for choice in get_args(part)]
    return not isinstance(value, bool) and any(type(choice) is type(value) for choice in choices)


def _misfits(value: object, hint: Any) -> Iterator[tuple[str, object, Any]]:
    """Find the parts of a collection that do not fit: where they are, what they are, and what is expected."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inside = [part for part in arguments if _is_collection(value, get_origin(part))]
        if inside:
            yield from _misfits(value, inside[0])
        else:
            yield "", value, hint
    elif not _is_collection(value, origin):
        yield "", value, hint
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[object, object]", value).items():
            if not _fits(key, arguments[0]):
                yield f"[{key!r}]", key, arguments[0]
            elif not _fits(item, arguments[1]):
                yield from ((f"[{key!r}]{place}", part, hint) for place, part, hint in _misfits(item, arguments[1]))
    else:
        for index, item in enumerate(cast("Sequence[object]", value)):
            if not _fits(item, arguments[0]):
                yield from ((f"[{index}]{place}", part, hint) for place, part, hint in _misfits(item, arguments[0]))


def _is_collection(value: object, origin: Any) -> bool:
    return (
        isinstance(origin, type)
        and issubclass(origin, Mapping | Sequence)
        and isinstance(value, origin)
        and not isinstance(value, str | bytes)
    )


def _shown(value: object, hint: Any) -> str:
    """Show a plain value as it is, and anything else by its type: a container, for example, may hold a secret."""
    secretive = any(get_origin(part) is Mapping for part in (hint, *get_args(hint)))
    if secretive or not isinstance(value, str | int | float | Enum | None):
        return _type_name(value)
    return repr(value)


def _hint_at(hint: Any, value: object) -> str:
    """Return how to write the value: you turn a default off by name, and pass capacity by its share."""
    if (value is False or value is None) and any(
        getattr(part, "__name__", "") == "Disabled" for part in get_args(hint)
    ):
        return '; to turn it off, write Disabled(reason="…")'
    if getattr(hint, "__name__", "") == "Capacity" and hasattr(type(value), "share"):
        return "; pass its share()"
    return ""


def _type_name(value: object, unlike: str = "") -> str:
    """Describe a value; if the expected type has the same name, add the module."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    interface = interface_of(value)
    if interface is not None:
        return f"a value of type {interface}"
    kind = type(value)
    name = kind.__name__ if kind.__name__ not in unlike.split(" or ") else f"{kind.__module__}.{kind.__qualname__}"
    return f"a value of type {name}"


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
    return _check_for(hint)(value)


_Check: TypeAlias = Callable[[object], bool]


@cache
def _check_for(hint: Any) -> _Check:  # noqa: PLR0911  (one for each kind of hint)
    """Return a function that tells whether a value fits a hint. The hint is read once."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        parts = [_check_for(part) for part in arguments]
        return lambda value: any(fits(value) for fits in parts)
    if origin is Literal:
        return lambda value: any(value == allowed and type(value) is type(allowed) for allowed in arguments)
    if origin is not None:
        return _check_for_collection(origin, arguments)
    if hint in (int, float):
        return _check_for_number(hint)
    if hint is str:
        return lambda value: isinstance(value, str)
    if getattr(hint, "_is_protocol", False):
        members = frozenset(name for name in dir(hint) if not name.startswith("_")) - {"node", "env", "stack"}
        return lambda value: not isinstance(value, type) and has_members(value, *members)
    return lambda value: hint is Any or isinstance(value, hint)


def _check_for_number(hint: type) -> _Check:
    def fits(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return hint is float or isinstance(value, int) or value.is_integer() or is_token(value)

    return fits


def _check_for_collection(origin: type, arguments: tuple[Any, ...]) -> _Check:
    if not issubclass(origin, Mapping | Sequence):
        return lambda value: isinstance(value, origin)
    parts = [_check_for(argument) for argument in arguments]

    def fits(value: object) -> bool:
        if not _is_collection(value, Mapping if issubclass(origin, Mapping) else Sequence):
            return False
        if isinstance(value, Mapping):
            return all(parts[0](key) and parts[1](item) for key, item in value.items())
        return all(parts[0](item) for item in cast("Sequence[object]", value))

    return fits
