"""Merges the values of an environment into those of the manifest, as Copilot does.

Maps are merged, and everything else is replaced. If a key has two forms that exclude each other, the form of the
environment wins. Copilot does not do this for some keys. For these its result is kept, with a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.core.documents import Map, Node, Scalar, dotted, says_nothing

Pattern = tuple[str, ...]

_EXCLUSIVE: dict[Pattern, tuple[set[str], set[str]]] = {
    ("image",): ({"build"}, {"location"}),
    ("count",): (
        {"spot"},
        {
            "range",
            "cooldown",
            "cpu_percentage",
            "memory_percentage",
            "requests",
            "response_time",
            "queue_delay",
        },
    ),
    ("http",): ({"target_container"}, {"targetContainer"}),
    ("storage", "volumes", "*", "efs"): ({"uid", "gid"}, {"id", "root_dir", "auth"}),
}
"""Sets of keys of a map that exclude each other: a set in the environment removes the other set."""

_CONTAINERS: tuple[Pattern, ...] = ((), ("sidecars", "*"), ("logging",))
_ATOMS: set[Pattern] = {
    *((*container, group, "*") for container in _CONTAINERS for group in ("variables", "secrets", "secretOptions")),
    *((*container, group, "*") for container in (("image",), ("sidecars", "*")) for group in ("labels", "depends_on")),
    *((*container, "build", "args", "*") for container in (("image",), ("sidecars", "*", "image"))),
    ("logging", "destination", "*"),
    ("tags", "*"),
}
"""Maps whose values are replaced as a whole, and become an empty text if they are empty."""


def merged(root: Map, override: Map | None, notes: list[str]) -> Map:
    """Return a manifest with the values of an environment.

    Args:
        root: The manifest.
        override: Its entry under `environments` for one environment.
        notes: Receives values that Copilot reads but does not apply.
    """
    entries = {key: value for key, value in root.entries.items() if key != "environments"}
    if override is not None:
        entries = _Merger(notes).entries(entries, override, ())
    made = Map(root.path, root.line, root.column, root.problems, entries)
    made.anchored = root.anchored
    return made


class _Merger:
    def __init__(self, notes: list[str]) -> None:
        self._notes = notes

    def entries(self, base: dict[str, Node], override: Map, path: tuple[str, ...]) -> dict[str, Node]:
        """Merge the entries of a map into another map."""
        entries = dict(base)
        for key in self._dropped(override, path):
            entries.pop(key, None)
        for key, value in override.entries.items():
            inner = (*path, key)
            if isinstance(value, Scalar) and value.kind == "null" and not _matches(inner, _ATOMS):
                continue
            old = entries.get(key)
            entries[key] = value if old is None else self._joined(old, value, inner)
        return entries

    def _dropped(self, override: Map, path: tuple[str, ...]) -> set[str]:
        """Return the keys to remove because the environment sets others."""
        groups = next((groups for pattern, groups in _EXCLUSIVE.items() if _matches(path, {pattern})), ())
        given = [group for group in groups if any(not says_nothing(override[key]) for key in group if key in override)]
        if len(given) != 1:
            return set()
        return set().union(*groups) - given[0]

    def _joined(self, old: Node, new: Node, path: tuple[str, ...]) -> Node:
        if isinstance(old, Map) and isinstance(new, Map) and not _matches(path, _ATOMS):
            return Map(new.path, new.line, new.column, new.problems, self.entries(old.entries, new, path))
        reason = _ignored(old, new, path)
        if reason:
            self._notes.append(f"line {new.line}: {dotted(new.path)}: Copilot does not apply this value: {reason}")
            return old
        return new


def _ignored(old: Node, new: Node, path: tuple[str, ...]) -> str | None:
    """Return why Copilot keeps the old value, if it does."""
    if path == ("exec",) and isinstance(old, Map):
        return "a map at the top level keeps `exec` on. Write `exec: true` there, then false works here"
    if path == ("subscribe", "queue", "fifo"):
        if isinstance(old, Scalar) and old.value is True and isinstance(new, Map):
            return "`fifo: true` at the top level hides it. Write the map there"
        if isinstance(old, Map) and isinstance(new, Scalar):
            return None if new.value is True else "a map at the top level keeps the queue FIFO"
    if path[:2] == ("storage", "volumes") and path[3:] == ("efs", "id") and isinstance(old, Scalar):
        return "the id at the top level hides it" if isinstance(new, Map) else None
    return None


def _matches(path: tuple[str, ...], patterns: set[Pattern]) -> bool:
    return any(_fits(path, pattern) for pattern in patterns)


def _fits(path: tuple[str, ...], pattern: Pattern) -> bool:
    return len(path) == len(pattern) and all(part in (key, "*") for key, part in _pairs(path, pattern))


def _pairs(path: tuple[str, ...], pattern: Pattern) -> Iterator[tuple[str, str]]:
    return zip(path, pattern, strict=True)
