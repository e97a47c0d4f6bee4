"""Python expressions, as trees that can be compared and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

Kind = Literal[
    "value",
    "text",
    "step",
    "call",
    "method",
    "attribute",
    "item",
    "list",
    "map",
    "file",
    "template",
    "global",
    "setting",
    "choice",
]


@frozen(kw_only=False)
class Expression:
    """A piece of code.

    Attributes:
        kind: Kind of expression.
        name: A value, the number of a step, or the name of a function, a method, an attribute or a setting.
        parts: Its parts. For a method or an attribute, the object is first.
        keys: Names of the last parts: options of a call, or entries of a map.
    """

    kind: Kind
    name: Any = None
    parts: tuple[Expression, ...] = ()
    keys: tuple[str, ...] = ()

    def walk(self) -> Iterator[Expression]:
        """Yield the expression and all its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def map(self, change: Callable[[Expression], Expression]) -> Expression:
        """Return the expression with a function applied to every part, then to itself."""
        parts = tuple(part.map(change) for part in self.parts)
        return change(Expression(self.kind, self.name, parts, self.keys))


@frozen(kw_only=False)
class Global:
    """A name in a module.

    Attributes:
        module: The module.
        name: The name, with dots if it is in a class.
    """

    module: str
    name: str


def value(given: Any) -> Expression:
    """Return a literal."""
    return Expression("value", given)


def options(given: dict[str, Expression]) -> tuple[tuple[Expression, ...], tuple[str, ...]]:
    """Return parts and their names."""
    return tuple(given.values()), tuple(given)
