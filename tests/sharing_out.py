"""Which worker runs a test: those of a file run together, in parts of large files, and what takes long begins.

A test that a worker gets alone makes the fixtures of its file anew, and pytest-xdist counts all tests that a worker
has had whenever one ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

PART = 150
"""Tests of a file that run together. The largest file has over a thousand, and most of its fixtures are quick."""
_LONG = ("emulator", "slow")


def import_from_the_end(paths: Iterable[str]) -> None:
    """Load the files of tests in reverse order, which another worker loads from the first on.

    What is compiled for the first time, with pytest's assertions, is compiled by one of the two and read by the other.
    """
    root = Path(__file__).parents[1]
    for path in (Path(it.partition("::")[0]).resolve() for it in paths):
        for file in sorted(path.rglob("test_*.py"), reverse=True):
            with suppress(Exception):  # which pytest will tell when it collects the file
                import_module(".".join(file.relative_to(root).with_suffix("").parts))


def share_out(items: list[pytest.Item]) -> None:
    """Give each test a group, and put the groups into the order in which workers take them."""
    number = Counter[str]()
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is None:
            file = item.location[0]
            mark = pytest.mark.xdist_group(f"{file}-{number[file] // PART}").mark
            number[file] += 1
            item.add_marker(pytest.mark.xdist_group(mark.args[0]))
        groups.setdefault(mark.args[0], []).append(item)
    items[:] = [item for group in sorted(groups.values(), key=_order) for item in group]


def _order(group: list[pytest.Item]) -> tuple[int, int]:
    marks = {mark.name for item in group for mark in item.iter_markers()}
    return min((_LONG.index(name) for name in _LONG if name in marks), default=len(_LONG)), -len(group)
