"""References between the resources of a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}")


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids whose `Ref` or attribute is a part of a value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner.split(".", 1)[0] if isinstance(inner, str) else inner[0]
            elif key == "Fn::Sub":
                text, given = (inner, {}) if isinstance(inner, str) else (inner[0], inner[1])
                yield from (name for name in _IN_TEXT.findall(text) if name not in given)
                yield from references(list(given.values()))
            else:
                yield from references(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from references(inner)


def values_at(path: tuple[str, ...], value: Any) -> list[Any]:
    """Return the values at a path of a schema, in which `*` is every item of a list."""
    if not path:
        return [value]
    if path[0] == "*":
        items = value if isinstance(value, list) else ()
        return [found for item in items for found in values_at(path[1:], item)]
    if isinstance(value, Mapping) and path[0] in value:
        return values_at(path[1:], value[path[0]])
    return []
