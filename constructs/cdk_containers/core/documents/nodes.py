"""The content of a YAML file before interpretation: maps, lists and scalars with their positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .problems import Problem, Problems


class Node:
    """A part of a file.

    Attributes:
        path: Its keys from the top of the file, such as `("environments", "prod", "count")`.
        line: The line where it starts, or the line of its key; from 1.
        column: The column, from 1.
        problems: Problems of the file.
    """

    __slots__ = ("column", "line", "path", "problems")

    def __init__(self, path: tuple[str, ...], line: int, column: int, problems: Problems) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.problems = problems

    def refuse(self, message: str) -> None:
        """Record a problem at this place."""
        self.problems.add(Problem(self.path, self.line, self.column, message))

    def plain(self) -> Any:
        """Return it as built-in maps, lists and scalars."""
        raise NotImplementedError

    def shape(self) -> str:
        """Describe it, for an error."""
        raise NotImplementedError


class Map(Node):
    """Keys with values.

    Attributes:
        entries: Values by key.
        anchored: Keys whose values have anchors. They can exist only for their aliases.
    """

    __slots__ = ("anchored", "entries")

    def __init__(
        self, path: tuple[str, ...], line: int, column: int, problems: Problems, entries: dict[str, Node]
    ) -> None:
        super().__init__(path, line, column, problems)
        self.entries = entries
        self.anchored: set[str] = set()

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def __getitem__(self, key: str) -> Node:
        return self.entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def plain(self) -> Any:
        """Return a dictionary."""
        return {key: value.plain() for key, value in self.entries.items()}

    def shape(self) -> str:
        """Say that it is a map."""
        return "a map"


class Items(Node):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, path: tuple[str, ...], line: int, column: int, problems: Problems, items: list[Node]) -> None:
        super().__init__(path, line, column, problems)
        self.items = items

    def plain(self) -> Any:
        """Return a list."""
        return [item.plain() for item in self.items]

    def shape(self) -> str:
        """Say that it is a list."""
        return "a list"


class Scalar(Node):
    """Text, a number, a truth value or nothing.

    Attributes:
        text: The text as in the file, without quotes.
        kind: Its YAML type: `str`, `int`, `float`, `bool`, `null`, `timestamp`.
        value: Its value.
        filled: Whether a variable was interpolated.
    """

    __slots__ = ("filled", "kind", "text", "value")

    def __init__(
        self, path: tuple[str, ...], line: int, column: int, problems: Problems, *, text: str, kind: str, value: Any
    ) -> None:
        super().__init__(path, line, column, problems)
        self.text = text
        self.kind = kind
        self.value = value
        self.filled = False

    def plain(self) -> Any:
        """Return its value."""
        return self.value

    def shape(self) -> str:
        """Show it."""
        if self.kind == "null":
            return "empty"
        return repr(self.text) if self.kind == "str" else self.text


def says_nothing(node: Node) -> bool:
    """Tell whether a node is empty, or a map with empty values only."""
    if isinstance(node, Map):
        values = node.entries.values()
        return all(not value.entries if isinstance(value, Map) else says_nothing(value) for value in values)
    return isinstance(node, Scalar) and node.kind == "null"
