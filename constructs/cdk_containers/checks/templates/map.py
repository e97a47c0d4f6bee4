"""A map in the properties of a resource, with typed access: text, number, flag or list."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, overload

from .intrinsics import evaluate
from .values import MISSING, CannotTell, Malformed, Missing, Unknown, Unread, Value

if TYPE_CHECKING:
    from .template import Template


class Map:
    """A map of a template, in which intrinsic functions are evaluated on access.

    Every method takes a path of keys. A missing value returns the default. A value that only a deployment sets raises
    `CannotTell`, except in `value` and `values`. A value of another type raises `Malformed`.
    """

    __slots__ = ("_settled", "_template", "source", "where")

    def __init__(self, source: Mapping[str, Any], template: Template, where: str = "") -> None:
        self.source = source
        self.where = where
        self._template = template
        self._settled: dict[str, Value] = {}

    def value(self, *path: str) -> Value:
        """Return whatever is at a path: a scalar, a `Map`, a list, an `Unknown`, or `MISSING`.

        Raises:
            CannotTell: It is from an account and was not read.
        """
        here: Value = self
        for key in path:
            if isinstance(here, Unknown):
                return here
            if isinstance(here, Missing):
                return MISSING
            here = self._as_map(here, path).child(key)
            if isinstance(here, Unread):
                raise CannotTell(here.why)
        return here

    def has(self, *path: str) -> bool:
        """Tell whether a value is set, known or not."""
        return not isinstance(self.value(*path), Missing)

    def text(self, *path: str, default: str = "") -> str:
        """Return text; numbers and flags as CloudFormation writes them."""
        value = self._known(path)
        if isinstance(value, Missing):
            return default
        if isinstance(value, Map | list):
            raise Malformed(self._at(path), "text", value)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def flag(self, *path: str, default: bool = False) -> bool:
        """Return a flag. CloudFormation also accepts the texts `true` and `false`."""
        value = self._known(path)
        if isinstance(value, Missing):
            return default
        told = {"true": True, "false": False}.get(str(value).lower())
        if told is None:
            raise Malformed(self._at(path), "true or false", value)
        return told

    @overload
    def number(self, *path: str) -> float | None: ...

    @overload
    def number(self, *path: str, default: float) -> float: ...

    def number(self, *path: str, default: float | None = None) -> float | None:
        """Return a number. CloudFormation also accepts it as text."""
        value = self._known(path)
        if isinstance(value, Missing):
            return default
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise Malformed(self._at(path), "a number", value)
        return number

    def map(self, *path: str) -> Map:
        """Return a map; an empty map if it is not set."""
        value = self._known(path)
        return Map({}, self._template, self._at(path)) if isinstance(value, Missing) else self._as_map(value, path)

    def values(self, *path: str) -> list[Value]:
        """Return the elements of a list, some of which may be unknown; a single value counts as a list of one."""
        value = self._known(path)
        if isinstance(value, Missing):
            return []
        return list(value) if isinstance(value, list) else [value]

    def maps(self, *path: str) -> list[Map]:
        """Return a list of maps."""
        maps: list[Map] = []
        for number, value in enumerate(self.values(*path)):
            if isinstance(value, Unknown):
                raise CannotTell(f"it depends on {value.why}")
            if not isinstance(value, Map):
                raise Malformed(f"{self._at(path)}/{number}", "a map", value)
            maps.append(value)
        return maps

    def texts(self, *path: str) -> list[str]:
        """Return a list of text."""
        texts: list[str] = []
        for value in self.values(*path):
            if isinstance(value, Unknown):
                raise CannotTell(f"it depends on {value.why}")
            texts.append(str(value))
        return texts

    def __iter__(self) -> Iterator[str]:
        self._raise_if_open("")
        return iter(self.source)

    def child(self, key: str) -> Value:
        """Return the value of a key. A value that is the same in every world is evaluated once."""
        if key in self._settled:
            return self._settled[key]
        if key not in self.source:
            self._raise_if_open(key)
            return MISSING
        world = self._template.estate.worlds.now
        asked = world.asked
        value = evaluate(self.source[key], self._template, self._at((key,)))
        if world.asked == asked:
            self._settled[key] = value
        return value

    def _known(self, path: tuple[str, ...]) -> Value:
        value = self.value(*path)
        if isinstance(value, Unknown):
            raise CannotTell(f"{'.'.join(path)} depends on {value.why}")
        return value

    def _as_map(self, value: Value, path: tuple[str, ...]) -> Map:
        """Convert a value to a map. CloudFormation also accepts policies as JSON text."""
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                return Map(json.loads(value), self._template, self._at(path))
            except (ValueError, RecursionError):
                pass
        if not isinstance(value, Map):
            raise Malformed(self._at(path), "a map", value)
        return value

    def _raise_if_open(self, key: str) -> None:
        if "Fn::Transform" in self.source or self._template.macros:
            macro = ", ".join(self._template.macros) or "Fn::Transform"
            raise CannotTell(f"the macro {macro} may set {key or 'more'}")

    def _at(self, path: tuple[str, ...]) -> str:
        return "/".join((self.where, *path)) if self.where else "/".join(path)

    def __repr__(self) -> str:
        return f"<map {self.where}>"
