"""Reads an unchecked Kubernetes object, and reports where it is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from cdk_containers.core.errors import Problems
from cdk_containers.core.inputs import is_token


class Part:
    """A map within an object, at a path. Anything else reads as an empty map.

    A value known only at deployment reads as absent, because it cannot be checked.
    """

    __slots__ = ("_found", "path", "value")

    def __init__(self, value: object, path: str, found: Problems) -> None:
        self.path = path
        self.value: Mapping[str, Any] = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
        self._found = found

    def __contains__(self, field: str) -> bool:
        return field in self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    def at(self, field: str) -> str:
        """Return the path of a field."""
        if not field:
            return self.path
        joint = "" if not self.path or field.startswith("[") else "."
        return f"{self.path}{joint}{field}"

    def wrong(self, field: str, what: str, allowed: str, *, given: object = None, practice: str | None = None) -> None:
        """Report a wrong field; an empty name refers to the whole part."""
        if given is None:
            given = self.value.get(field)
        self._found.add(self.at(field), what, allowed=allowed, given=given, practice=practice)

    def get(self, field: str) -> Any:
        """Return the value of a field as it is, or None."""
        return self.value.get(field)

    def part(self, field: str) -> Part:
        """Return the map in a field, or an empty one."""
        value = self.value.get(field)
        if value is not None and not isinstance(value, Mapping) and not is_token(value):
            self.wrong(field, f"a value of type {type(value).__name__} instead of a map", "a map")
        return Part(value, self.at(field), self._found)

    def parts(self, field: str) -> list[Part]:
        """Return the maps in a list."""
        found: list[Part] = []
        for index, value in self.entries(field):
            here = f"{field}[{index}]"
            if not isinstance(value, Mapping):
                self.wrong(here, f"a value of type {type(value).__name__} instead of a map", "a map", given=value)
                continue
            found.append(Part(value, self.at(here), self._found))
        return found

    def entries(self, field: str) -> Iterator[tuple[int, Any]]:
        """Yield the entries of a list, with their paths."""
        value = self.value.get(field)
        if value is None or (not isinstance(value, list) and is_token(value)):
            return
        if not isinstance(value, list | tuple):
            self.wrong(field, f"a value of type {type(value).__name__} instead of a list", "a list")
            return
        yield from enumerate(cast("Collection[Any]", value))

    def text(self, field: str, *, required: bool = False) -> str | None:
        """Return a text, or None if it is absent or unknown."""
        value = self.value.get(field)
        if value is None or value == "":
            if required:
                self.wrong(field, "it is missing", "text")
            return None
        if is_token(value):
            return None
        if not isinstance(value, str):
            self.wrong(field, f"a value of type {type(value).__name__} instead of text", "text")
            return None
        return value

    def number(self, field: str, low: int = 0, high: int | None = None) -> int | None:
        """Return a whole number within bounds, or None if it is absent, wrong or unknown."""
        value = self.value.get(field)
        if value is None or is_token(value):
            return None
        allowed = f"a whole number of {low} or more" if high is None else f"a whole number from {low} to {high}"
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong(field, f"a value of type {type(value).__name__} instead of a whole number", allowed)
            return None
        if value < low or (high is not None and value > high):
            self.wrong(field, "outside the range of Kubernetes", allowed)
            return None
        return value

    def choice(self, field: str, allowed: Collection[str]) -> str | None:
        """Return one of several words, or None if it is absent, wrong or unknown."""
        value = self.text(field)
        if value is not None and value not in allowed:
            self.wrong(field, "unknown value", ", ".join(allowed))
            return None
        return value

    def exactly_one(self, fields: Collection[str]) -> str | None:
        """Return the only present field of several, or None if that is wrong."""
        there = [field for field in fields if self.value.get(field) is not None]
        if len(there) != 1:
            said = f"{' and '.join(there)} together" if there else f"none of {', '.join(fields)}"
            self.wrong("", said, f"exactly one of {', '.join(fields)}", given=sorted(self.value) or None)
            return None
        return there[0]
