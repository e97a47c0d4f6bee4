"""Writes objects as readable YAML that every parser understands in the same way.

It supports maps, lists, text, whole numbers and booleans, and keeps the order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_WORD = re.compile(r"[A-Za-z_/](?:[\w./@+=,;()~^$ -]|:(?=[^\s]))*(?<! )", re.ASCII)
_NUMBER_WITH_UNIT = re.compile(r"\d{1,18}(%|m|[KMGTPE]i|[smh])")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?")
_READ_AS_SOMETHING_ELSE = frozenset(("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none", "nan"))
_BLOCK = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*")


def yaml_text(documents: Iterable[Mapping[str, Any]]) -> str:
    """Write objects, one after the other, with `---` between them."""
    return "---\n".join("\n".join(_lines(document)) + "\n" for document in documents)


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, entry in value.items():
            yield from _entry(f"{_scalar(str(key))}:", entry)
    elif _is_list(value) and value:
        for entry in value:
            inner = list(_lines(entry)) if _is_collection(entry) else list(_entry("", entry))
            yield f"- {inner[0].lstrip()}" if not _is_collection(entry) else f"- {inner[0]}"
            yield from (f"  {line}" if line else "" for line in inner[1:])
    else:
        yield _scalar(value)


def _entry(key: str, value: Any) -> Iterator[str]:
    if _is_collection(value) and value:
        yield key
        # A list in a map is at the indentation of its key, as in kubectl.
        yield from (f"{'' if _is_list(value) else '  '}{line}" if line else "" for line in _lines(value))
    elif isinstance(value, str) and "\n" in value and _is_block(value):
        body = value.rstrip("\n")
        kept = len(value) - len(body)
        yield f"{key} |{'-' if kept == 0 else '' if kept == 1 else '+'}"
        yield from (f"  {line}" if line else "" for line in body.split("\n"))
        yield from [""] * (kept - 1)
    else:
        yield f"{key} {_scalar(value)}"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_collection(value: Any) -> bool:
    return isinstance(value, Mapping) or _is_list(value)


def _is_block(text: str) -> bool:
    """Tell whether a text can be written as a block, line by line."""
    return (
        _BLOCK.fullmatch(text) is not None
        and not text.startswith((" ", "\n"))
        and text.strip("\n") != ""
        and not re.search(r" (\n|$)", text)
    )


def _scalar(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return value if _is_plain(value) else _quoted(value)
        case Mapping():
            return "{}"
        case _:
            return "[]"


def _is_plain(text: str) -> bool:
    """Tell whether a text reads as itself without quotes."""
    if text.lower() in _READ_AS_SOMETHING_ELSE:
        return False
    return any(pattern.fullmatch(text) for pattern in (_WORD, _NUMBER_WITH_UNIT, _ADDRESS))


def _quoted(text: str) -> str:
    # JSON does not escape some characters that YAML requires escaped.
    return re.sub(
        r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        json.dumps(text, ensure_ascii=False),
    )
