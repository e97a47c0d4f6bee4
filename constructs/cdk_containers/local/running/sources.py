"""Watches the sources of images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_IGNORED = {".git", ".venv", "__pycache__", "node_modules", "cdk.out", ".mypy_cache", ".pytest_cache"}


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Return time and size of each file under a folder."""
    found = {}
    for path in files_of(folder):
        try:
            stat = path.stat()
        except OSError:
            continue  # deleted meanwhile
        found[str(path.relative_to(folder))] = (stat.st_mtime_ns, stat.st_size)
    return found


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder, without files that are never part of an image."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _IGNORED)
        yield from (Path(place) / name for name in sorted(files))


def origin_of(copy: Path, below: Path) -> list[Path]:
    """Return the folders that a copy in an assembly may come from: they have all its files and the same Dockerfile.

    Args:
        copy: The copy.
        below: Folder to search.
    """
    names = [path.relative_to(copy) for path in files_of(copy)]
    dockerfiles = [name for name in names if "Dockerfile" in name.name] or names[:1]
    if not dockerfiles:
        return []
    found = []
    for path in files_of(below):
        if path.name != dockerfiles[0].name:
            continue
        folder = path.parents[len(dockerfiles[0].parts) - 1]
        if all((folder / name).is_file() for name in names) and _same(folder, copy, dockerfiles):
            found.append(folder)
    return found


def _same(folder: Path, copy: Path, names: list[Path]) -> bool:
    return all((folder / name).read_bytes() == (copy / name).read_bytes() for name in names)
