"""Schemas in a few words of Python, and what is wrong with a value by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cdk_containers.core.errors import Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token


class Schema(Protocol):
    """What a value has to be."""

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        ...


@frozen
class Text:
    """A text, one of several words or of a form."""

    allowed: tuple[str, ...] = ()
    pattern: str = ""
    example: str = "a text"

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        if is_token(value):
            return
        if not isinstance(value, str):
            found.add(path, "not a text", given=value, allowed=", ".join(self.allowed) or self.example)
        elif self.allowed and value not in self.allowed:
            found.add(path, "no such value", given=value, allowed=", ".join(self.allowed))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            found.add(path, "not of the form that is taken", given=value, allowed=self.example)


@frozen
class Number:
    """A whole number within bounds."""

    low: int = 0
    high: int | None = None

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        if is_token(value):
            return
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or value < self.low or (self.high is not None and value > self.high):
            allowed = f"{self.low} or more" if self.high is None else f"{self.low} to {self.high}"
            found.add(path, "not a whole number that is taken", given=value, allowed=allowed)


@frozen(kw_only=False)
class Either:
    """A number or a text, such as a port or the name of one."""

    number: Number
    text: Text

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        (self.text if isinstance(value, str) else self.number).check(found, value, path)


@frozen(kw_only=False)
class Flag:
    """True or false."""

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        if not isinstance(value, bool) and not is_token(value):
            found.add(path, "neither true nor false", given=value, allowed="true or false")


@frozen(kw_only=False)
class Anything:
    """What another schema describes, or nobody."""

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find nothing."""


@frozen(kw_only=False)
class ListOf:
    """A list of things of one kind."""

    item: Schema
    least: int = 0

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        if not isinstance(value, list | tuple):
            found.add(path, "not a list", given=value, allowed="a list")
            return
        if len(value) < self.least:
            found.add(path, "too few entries", given=value, allowed=f"{self.least} or more")
        for index, entry in enumerate(value):
            self.item.check(found, entry, f"{path}[{index}]")


@frozen(kw_only=False)
class MapOf:
    """A map with names that the caller chooses."""

    value: Schema

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        if not isinstance(value, Mapping):
            found.add(path, "not a map", given=value, allowed="a map")
            return
        for name, entry in value.items():
            self.value.check(found, entry, f"{path}.{name}")


Wrong = tuple[str, str, str]
"""A field, what is wrong with it, and what is allowed."""


@frozen(kw_only=False)
class Fields:
    """A map with the fields that there are, and no other."""

    fields: Mapping[str, Schema]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    rule: Callable[[Mapping[str, Any]], Wrong | None] | None = None

    def check(self, found: Problems, value: Any, path: str) -> None:
        """Find where a value is not so."""
        if not isinstance(value, Mapping):
            found.add(path, "not a map", given=value, allowed="a map")
            return
        for name, entry in value.items():
            if name in self.fields:
                self.fields[name].check(found, entry, f"{path}.{name}")
            else:
                found.add(f"{path}.{name}", "no such field", given=entry, allowed=", ".join(sorted(self.fields)))
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
    Text(pattern=r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", example="1 to 65535, or the name of a port"),
)
