"""One file over another: maps merge, lists get longer, and what belongs to one place is replaced."""

from __future__ import annotations

from cdk_containers.core.documents import Items, Map, Node, Scalar

_REPLACED = {"command", "entrypoint", "test"}


def merged(base: Node, over: Node, key: str = "") -> Node:
    """Return a node with another laid over it.

    Args:
        base: What is there.
        over: What is laid over it; nothing of it replaces nothing.
        key: The key of both.
    """
    if isinstance(over, Scalar) and over.kind == "null":
        return base
    if key in _REPLACED or type(base) is not type(over):
        return over
    if isinstance(base, Map) and isinstance(over, Map):
        return laid_over(base, over)
    if isinstance(base, Items) and isinstance(over, Items):
        places = {_place(item, key): item for item in base.items} | {_place(item, key): item for item in over.items}
        return Items(over.path, over.line, over.column, over.problems, list(places.values()))
    return over


def laid_over(base: Map, over: Map) -> Map:
    """Return a map with another laid over it."""
    entries = dict(base.entries)
    for name, value in over.entries.items():
        entries[name] = merged(entries[name], value, name) if name in entries else value
    return Map(over.path, over.line, over.column, over.problems, entries)


def _place(item: Node, key: str) -> object:
    """Return what an item of a list is about: of two items about the same, the later counts."""
    if key == "volumes" and isinstance(item, Scalar):
        parts = item.text.split(":")
        return parts[1] if len(parts) > 1 else parts[0]
    if key in ("volumes", "secrets", "configs") and isinstance(item, Map):
        return repr(item.entries["target"].plain()) if "target" in item else id(item)
    return item.text if isinstance(item, Scalar) else repr(item.plain())
