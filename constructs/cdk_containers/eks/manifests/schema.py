"""Compact schemas in Python, and checks of values against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cdk_containers.core.errors import Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token


class Schema(Protocol):
    """Schema of a value."""

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        ...


@frozen
class Text:
    """A text, optionally one of several words or with a pattern."""

    allowed: tuple[str, ...] = ()
    pattern: str = ""
    example: str = "text"

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        if is_token(value):
            return
        if not isinstance(value, str):
            found.add(path, "not text", given=value, allowed=", ".join(self.allowed) or self.example)
        elif self.allowed and value not in self.allowed:
            found.add(path, "unknown value", given=value, allowed=", ".join(self.allowed))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            found.add(path, "not in the right format", given=value, allowed=self.example)


@frozen
class Number:
    """A whole number within bounds."""

    low: int = 0
    high: int | None = None

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        if is_token(value):
            return
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or value < self.low or (self.high is not None and value > self.high):
            allowed = f"{self.low} or more" if self.high is None else f"{self.low} to {self.high}"
            found.add(path, "not a valid whole number", given=value, allowed=allowed)


@frozen(kw_only=False)
class Either:
    """A number or a text, such as a port number or port name."""

    number: Number
    text: Text

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        (self.text if isinstance(value, str) else self.number).check(found, value, path)


@frozen(kw_only=False)
class Flag:
    """True or false."""

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        if not isinstance(value, bool) and not is_token(value):
            found.add(path, "neither true nor false", given=value, allowed="true or false")


@frozen(kw_only=False)
class Anything:
    """A value that is not checked here."""

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find nothing."""


@frozen(kw_only=False)
class ListOf:
    """A list of values with one schema."""

    item: Schema
    least: int = 0

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        if not isinstance(value, list | tuple):
            found.add(path, "not a list", given=value, allowed="a list")
            return
        if len(value) < self.least:
            found.add(path, "too few entries", given=value, allowed=f"{self.least} or more")
        for index, entry in enumerate(value):
            self.item.check(found, entry, f"{path}[{index}]")


@frozen(kw_only=False)
class MapOf:
    """A map with arbitrary keys."""

    value: Schema

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        if not isinstance(value, Mapping):
            found.add(path, "not a map", given=value, allowed="a map")
            return
        for name, entry in value.items():
            self.value.check(found, entry, f"{path}.{name}")


Wrong = tuple[str, str, str]
"""A field, its problem, and what is allowed."""


@frozen(kw_only=False)
class Fields:
    """A map with only these fields."""

    fields: Mapping[str, Schema]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    rule: Callable[[Mapping[str, Any]], Wrong | None] | None = None

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value does not match."""
        if not isinstance(value, Mapping):
            found.add(path, "not a map", given=value, allowed="a map")
            return
        for name, entry in value.items():
            if name in self.fields:
                self.fields[name].check(found, entry, f"{path}.{name}")
            else:
                found.add(f"{path}.{name}", "unknown field", given=entry, allowed=", ".join(sorted(self.fields)))
        for name in self.required:
            if name not in value:
                found.add(f"{path}.{name}", "it is missing", allowed="a value")
        there = [name for name in self.one_of if name in value]
        if self.one_of and len(there) != 1:
            said = f"{' and '.join(there)} together" if there else "none of them"
            found.add(path, said, allowed=f"exactly one of {', '.join(self.one_of)}")
        if self.rule is not None and (wrong := self.rule(value)) is not None:
            name, what, allowed = wrong
            found.add(f"{path}.{name}", what, given=value.get(name), allowed=allowed)


PORT = Either(
    Number(low=1, high=65535),
    Text(pattern=r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", example="1–65535, or a port name"),
)
