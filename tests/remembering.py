"""What never changes about a construct, asked of CDK once: its node, and the node's id, path and root.

A quarter of what the tests ask CDK is one of these. What counts how often CDK is asked does without, see `forgetting`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from constructs import Construct, Node

ASKED: dict[tuple[type, str], Any] = {
    (type_, name): getattr(type_, name)
    for type_, names in ((Construct, ("node",)), (Node, ("id", "path", "root")))
    for name in names
}


def _once(name: str, asked: property) -> property:
    def get(self: Any) -> Any:
        known = self.__dict__.setdefault("_remembered_by_the_tests", {})
        if name not in known:
            known[name] = asked.__get__(self)
        return known[name]

    return property(get)


def remember() -> None:
    for (type_, name), asked in ASKED.items():
        setattr(type_, name, _once(name, asked))


@contextmanager
def forgetting() -> Iterator[None]:
    """Ask CDK each time, as users do."""
    for (type_, name), asked in ASKED.items():
        setattr(type_, name, asked)
    try:
        yield
    finally:
        remember()
