"""The manifest for rules, which report problems by key. The node of the key has the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdk_containers.core.documents import Items, Map, Node, Scalar

Key = str | int


class Given:
    """The nodes of a manifest.

    Args:
        root: Root of the file, merged with the environment's values.
    """

    def __init__(self, root: Map) -> None:
        self.root = root

    def refuse(self, message: str, *path: Key) -> None:
        """Record a problem at a key, or at its nearest existing parent."""
        node, _ = self._walk(path)
        node.refuse(message)

    def missing(self, key: str, *path: Key, why: str = "") -> None:
        """Record a missing key of a map, unless it exists but could not be read."""
        if not self.has(*path, key):
            self.refuse(f"`{key}` is missing{why}", *path)

    def has(self, *path: Key) -> bool:
        """Tell whether a key has a value."""
        node, whole = self._walk(path)
        return whole and not (isinstance(node, Scalar) and node.kind == "null")

    def keys(self, *path: Key) -> list[str]:
        """Return the keys of a map; none if it is not a map."""
        node, whole = self._walk(path)
        return list(node.entries) if whole and isinstance(node, Map) else []

    def text(self, *path: Key) -> str | None:
        """Return a scalar as written; None if there is none."""
        node, whole = self._walk(path)
        return node.text if whole and isinstance(node, Scalar) and node.kind != "null" else None

    def texts(self, *path: Key) -> list[str]:
        """Return the items of a list of scalars."""
        node, whole = self._walk(path)
        items = node.items if whole and isinstance(node, Items) else []
        return [item.text for item in items if isinstance(item, Scalar)]

    def scalars(self) -> Iterator[tuple[tuple[str, ...], Scalar]]:
        """Yield every scalar by its keys. Items of a list have the key `[]`."""
        yield from _scalars(self.root, ())

    def _walk(self, path: Iterable[Key]) -> tuple[Node, bool]:
        node: Node = self.root
        for key in path:
            if isinstance(node, Map) and key in node:
                node = node[str(key)]
            elif isinstance(node, Items) and isinstance(key, int) and key < len(node.items):
                node = node.items[key]
            else:
                return node, False
        return node, True


def _scalars(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    if isinstance(node, Map):
        for key, value in node.entries.items():
            yield from _scalars(value, (*path, key))
    elif isinstance(node, Items):
        for item in node.items:
            yield from _scalars(item, (*path, "[]"))
    elif isinstance(node, Scalar):
        yield path, node
