"""Writes Python source in the form of a formatter: on one line if it fits, otherwise one argument per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdk_containers.core.frozen import frozen

WIDTH = 120
_INDENT = "    "


@frozen(kw_only=False)
class Raw:
    """Source of an expression."""

    text: str


@frozen(kw_only=False, slots=False)
class Call:
    """A call, with positional and keyword arguments. Arguments that are None are left out."""

    name: str
    arguments: Sequence[Any] = ()
    options: Mapping[str, Any] | None = None

    @property
    def given(self) -> list[tuple[str, Any]]:
        """The arguments, each with its prefix."""
        options = [(f"{name}=", value) for name, value in (self.options or {}).items() if value is not None]
        return [*(("", argument) for argument in self.arguments), *options]


def call(name: str, /, *arguments: Any, **options: Any) -> Call:
    """Return a call. Options that are None are left out."""
    return Call(name, arguments, options)


def written(expression: Any, *, indent: int = 0, before: str = "", after: str = "") -> str:
    """Return an expression as source.

    Args:
        expression: A `Raw`, a `Call`, a list, a dictionary, or a value.
        indent: Indentation of its first line.
        before: Text before it on that line.
        after: Text after it on its last line.
    """
    flat = _flat(expression)
    margin = _INDENT * indent
    if len(margin) + len(before) + len(flat) + len(after) <= WIDTH and "\n" not in flat:
        return f"{margin}{before}{flat}{after}"
    parts = _parts(expression)
    if parts is None or not parts[1]:
        return f"{margin}{before}{flat}{after}"
    opening, items, closing = parts
    lines = [written(item, indent=indent + 1, before=prefix, after=",") for prefix, item in items]
    return "\n".join([f"{margin}{before}{opening}", *lines, f"{margin}{closing}{after}"])


def _parts(expression: Any) -> tuple[str, list[tuple[str, Any]], str] | None:
    if isinstance(expression, Call):
        return f"{expression.name}(", expression.given, ")"
    if isinstance(expression, Mapping):
        return "{", [(f"{quoted(key)}: ", value) for key, value in expression.items()], "}"
    if isinstance(expression, list | tuple):
        return "[", [("", item) for item in expression], "]"
    return None


def _flat(expression: Any) -> str:
    if isinstance(expression, Raw):
        return expression.text
    if isinstance(expression, str):
        return quoted(expression)
    parts = _parts(expression)
    if parts is None:
        return repr(expression)
    opening, items, closing = parts
    return f"{opening}{', '.join(f'{before}{_flat(item)}' for before, item in items)}{closing}"


def quoted(text: str) -> str:
    """Return a text as a literal, in the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    body = "".join(character if character in "\"'" else repr(character)[1:-1] for character in text)
    return f"{quote}{body.replace(quote, chr(92) + quote)}{quote}"
