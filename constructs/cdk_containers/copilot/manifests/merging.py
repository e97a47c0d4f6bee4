"""The values of an environment over those of the manifest, as Copilot lays them."""

from __future__ import annotations

from .nodes import Map, Node, Scalar


def merged(root: Map, override: Map | None) -> Map:
    """Return a manifest with the values of an environment.

    Args:
        root: The manifest.
        override: What it says under `environments`, for one of them.
    """
    base = {key: value for key, value in root.entries.items() if key != "environments"}
    entries = base if override is None else _over(base, override.entries)
    return Map(root.path, root.line, root.column, root.problems, entries)


def _over(base: dict[str, Node], override: dict[str, Node]) -> dict[str, Node]:
    entries = dict(base)
    for key, value in override.items():
        if not (isinstance(value, Scalar) and value.kind == "null"):
            entries[key] = _joined(entries.get(key), value)
    return entries


def _joined(old: Node | None, new: Node) -> Node:
    if not (isinstance(old, Map) and isinstance(new, Map)):
        return new
    return Map(new.path, new.line, new.column, new.problems, _over(old.entries, new.entries))
