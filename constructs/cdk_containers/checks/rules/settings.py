"""Questions about settings that several areas ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from cdk_containers.checks.templates import CannotTell, Malformed, Map, Missing, Unknown, Value

T = TypeVar("T")


def is_set(source: Map, *path: str) -> bool:
    """Tell whether something is set that is not empty; what a deployment fills in is."""
    value = source.value(*path)
    return isinstance(value, Unknown) or not (isinstance(value, Missing) or value in ("", []))


def listed(source: Map, *path: str) -> list[Value]:
    """Return the values of a list, or the one value that stands in its place, known or not."""
    value = source.value(*path)
    if isinstance(value, Missing):
        return []
    return value if isinstance(value, list) else [value]


def surely(look: Callable[[T], bool], parts: Iterable[T]) -> bool:
    """Tell whether something holds for any part; one for which it surely does outweighs those that are not known.

    Raises:
        CannotTell: It holds for none that is known, and one is unknown.
    """
    unknown: CannotTell | Malformed | None = None
    for part in parts:
        try:
            if look(part):
                return True
        except (CannotTell, Malformed) as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return False
