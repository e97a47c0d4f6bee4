"""The order in which manifest files are applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush

from ..manifests import Manifest, identity

Files = Mapping[str, tuple[Manifest, ...]]
"""Objects by file name."""


def in_order(files: Files) -> Iterator[tuple[str, tuple[Manifest, ...]]]:
    """Yield files in the order of addition, but those with namespaces or kinds that others need first."""
    needed_by, missing = _needs_of_each_other(files)
    places = {name: place for place, name in enumerate(files)}
    waiting = dict(files)
    ready = [place for name, place in places.items() if not missing[name]]  # in order, so it is a heap
    names = list(files)
    while waiting:
        # Files that need each other come in any order; the check of all files reports them.
        name = names[heappop(ready)] if ready else next(iter(waiting))
        yield name, waiting.pop(name)
        for other in needed_by.get(name, ()):
            missing[other] -= 1
            if not missing[other] and other in waiting:
                heappush(ready, places[other])


def _needs_of_each_other(files: Files) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Return for each file which others need it, and how many others it needs."""
    givers: dict[str, list[str]] = {}
    for name, made in files.items():
        for given in _gives(made):
            givers.setdefault(given, []).append(name)
    needed_by: dict[str, list[str]] = {}
    missing: dict[str, int] = {}
    for name, made in files.items():
        needed = {giver for need in _needs(made) for giver in givers.get(need, ())} - {name}
        missing[name] = len(needed)
        for giver in needed:
            needed_by.setdefault(giver, []).append(name)
    return needed_by, missing


def _gives(manifests: Iterable[Manifest]) -> set[str]:
    given: set[str] = set()
    for manifest in manifests:
        if manifest["kind"] == "Namespace":
            given.add(f"Namespace {manifest['metadata']['name']}")
        elif manifest["kind"] == "CustomResourceDefinition":
            given.add(f"Kind {manifest['spec']['names']['kind']}")
    return given


def _needs(manifests: Iterable[Manifest]) -> set[str]:
    return {
        need
        for manifest in manifests
        for need in (f"Namespace {identity(manifest)[2]}", f"Kind {manifest['kind']}")
        if manifest["kind"] != "Namespace"
    }
