"""Merges a file into another: maps are merged, lists are extended, and items for the same target are replaced."""

from __future__ import annotations

from cdk_containers.core.documents import Items, Map, Node, Scalar

_REPLACED = {"command", "entrypoint", "test"}


def merged(base: Node, over: Node, key: str = "") -> Node:
    """Merge a node into another.

    Args:
        base: Node to merge into.
        over: Node to merge. Missing parts of it change nothing.
        key: Key of both nodes.
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
    """Merge a map into another."""
    entries = dict(base.entries)
    for name, value in over.entries.items():
        entries[name] = merged(entries[name], value, name) if name in entries else value
    return Map(over.path, over.line, over.column, over.problems, entries)


def _place(item: Node, key: str) -> object:
    """Return the target of a list item. If two items have the same target, the later one wins."""
    if key == "volumes" and isinstance(item, Scalar):
        parts = item.text.split(":")
        return parts[1] if len(parts) > 1 else parts[0]
    if key in ("volumes", "secrets", "configs") and isinstance(item, Map):
        return repr(item.entries["target"].plain()) if "target" in item else id(item)
    return item.text if isinstance(item, Scalar) else repr(item.plain())
