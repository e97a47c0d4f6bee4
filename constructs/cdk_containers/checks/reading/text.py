"""Parses a template as JSON, or as YAML with CloudFormation tags, and finds the line of each resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from cdk_containers.core.frozen import frozen

_LARGEST = 5_000_000
"""Five times the maximum of CloudFormation."""


class Unreadable(Exception):  # noqa: N818
    """A file that is not a template. The message has the reason and the line."""


@frozen(kw_only=False)
class Parsed:
    """The content of a file, with line numbers.

    Attributes:
        source: The template.
        line_of: First line of a resource, by logical id.
    """

    source: Mapping[str, Any]
    line_of: Callable[[str], int | None]


def parse(text: str) -> Parsed:
    """Read a template.

    Raises:
        Unreadable: The text is neither JSON nor YAML, is not a map, or is far larger than a template can be.
    """
    if len(text) > _LARGEST:
        raise Unreadable(f"{len(text):,} characters; the maximum for a template is 1 MB")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Unreadable("the file is empty")
    parsed = _json(text) or _yaml(text)
    if not isinstance(parsed.source, Mapping):
        raise Unreadable("not a template, because it is not a map with Resources")
    return parsed


def _json(text: str) -> Parsed | None:
    """Read JSON; None if it is YAML that starts with a brace."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return Parsed(json.loads(text), _LinesOfJson(text).of)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError as error:
        problem = error
    try:
        return _yaml(text)
    except Unreadable:
        at = f"line {problem.lineno}: " if isinstance(problem, json.JSONDecodeError) else ""
        raise Unreadable(f"{at}{getattr(problem, 'msg', problem)}") from None


def _yaml(text: str) -> Parsed:
    from .yaml import parse_yaml  # noqa: PLC0415  (JSON needs no library)

    source, lines = parse_yaml(text)
    return Parsed(source, lines.get)


class _LinesOfJson:
    """Positions of the maps of a text, read once for all when the first finding needs them."""

    _MAP = re.compile(r'("[^"\n]*")\s*:\s*\{')

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _lines(self) -> dict[str, int]:
        at = max(self._text.find('"Resources"'), 0)
        line = self._text.count("\n", 0, at) + 1
        lines: dict[str, int] = {}
        for match in self._MAP.finditer(self._text, at):
            line += self._text.count("\n", at, match.start())
            at = match.start()
            lines.setdefault(match[1], line)
        return lines

    def of(self, logical_id: str) -> int | None:
        """Return the line of a resource."""
        return self._lines.get(json.dumps(logical_id)) or self._lines.get(json.dumps(logical_id, ensure_ascii=False))
