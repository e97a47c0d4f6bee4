"""`@frozen`: an immutable dataclass that costs almost nothing until it is used.

`@dataclass(frozen=True, kw_only=True, slots=True)` compiles six methods of every class while it is imported. Here the
constructor is compiled when the first object is made, and the other methods are one function for all classes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import (
    MISSING,
    Field,
    FrozenInstanceError,
    dataclass,  # noqa: TID251  (here it becomes ours)
    field,
    fields,
)
from functools import partial
from reprlib import recursive_repr
from typing import Any, TypeVar, cast, dataclass_transform, overload

_T = TypeVar("_T")


@overload
def frozen(cls: type[_T], /) -> type[_T]: ...


@overload
def frozen(*, kw_only: bool = ..., slots: bool = ..., eq: bool = ...) -> Callable[[type[_T]], type[_T]]: ...


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def frozen(
    cls: type[_T] | None = None, /, *, kw_only: bool = True, slots: bool = True, eq: bool = True
) -> type[_T] | Callable[[type[_T]], type[_T]]:
    """Make a class a frozen dataclass.

    Args:
        cls: The class, if no option is given.
        kw_only: Whether fields must be passed by name.
        slots: Whether objects have only slots. A `cached_property` needs a `__dict__`.
        eq: Whether objects with equal fields are equal.
    """
    if cls is None:
        return partial(_freeze, kw_only=kw_only, slots=slots, eq=eq)
    return _freeze(cls, kw_only=kw_only, slots=slots, eq=eq)


def _freeze(cls: type[_T], *, kw_only: bool, slots: bool, eq: bool) -> type[_T]:
    made: Any = dataclass(init=False, repr=False, eq=False, kw_only=kw_only, slots=slots)(cls)
    made.__init__ = MadeOnUse(made, "__init__", partial(_constructor, made))
    made.__repr__, made.__setattr__, made.__delattr__ = _repr, _set, _delete
    if eq:
        made.__eq__, made.__hash__ = _equal, _hash
    if slots:
        made.__getstate__, made.__setstate__ = _state, _restore
    return cast("type[_T]", made)


class MadeOnUse:
    """A method that is compiled on first lookup, and then replaces this descriptor."""

    def __init__(self, owner: type, name: str, make: Callable[[], Any]) -> None:
        self._owner = owner
        self._name = name
        self.make = make

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Compile the method."""
        method = self.make()
        setattr(self._owner, self._name, method)
        return method.__get__(instance, owner)


class _Factory:
    """The default of a field with a factory."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _constructor(cls: Any) -> Callable[..., None]:
    """Compile the constructor of a class from its fields."""
    given = [one for one in fields(cls) if one.init]
    by_place = [one for one in given if not one.kw_only]
    by_name = [one for one in given if one.kw_only]
    parameters = ["self", *(one.name for one in by_place), *(["*"] if by_name else []), *(one.name for one in by_name)]
    body = [f"_set(self, {one.name!r}, {_value(one)})" for one in given]
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    lines = [f"def __init__({', '.join(parameters)}):", *(f" {line}" for line in body or ["pass"])]
    source = "\n ".join(["def make(_set, _fields, _factory):", *lines, "return __init__"])
    scope: dict[str, Any] = {}
    exec(source, vars(sys.modules[cls.__module__]), scope)  # noqa: S102  (made of names of fields)
    made = scope["make"](object.__setattr__, cls.__dataclass_fields__, _FACTORY)
    made.__defaults__ = tuple(default for one in by_place if (default := _default(one)) is not MISSING)
    made.__kwdefaults__ = {one.name: default for one in by_name if (default := _default(one)) is not MISSING}
    made.__annotations__ = {**{one.name: one.type for one in given}, "return": None}
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return cast("Callable[..., None]", made)


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else _FACTORY


def _value(one: Field[Any]) -> str:
    if one.default_factory is MISSING:
        return one.name
    return f"_fields[{one.name!r}].default_factory() if {one.name} is _factory else {one.name}"


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equal(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    compared = [one.name for one in fields(self) if one.compare]
    return [getattr(self, name) for name in compared] == [getattr(other, name) for name in compared]


def _hash(self: Any) -> int:
    hashed = (one for one in fields(self) if (one.compare if one.hash is None else one.hash))
    return hash(tuple(getattr(self, one.name) for one in hashed))


def _set(self: Any, name: str, value: object) -> None:
    _refuse("assign to", self, name)
    object.__setattr__(self, name, value)


def _delete(self: Any, name: str) -> None:
    _refuse("delete", self, name)
    object.__delattr__(self, name)


def _refuse(what: str, self: Any, name: str) -> None:
    if name in self.__dataclass_fields__ or "__dataclass_fields__" in vars(type(self)):
        raise FrozenInstanceError(f"cannot {what} field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, state: list[object]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
