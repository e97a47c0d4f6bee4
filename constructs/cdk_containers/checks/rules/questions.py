"""Questions about several items, some of which can be unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from cdk_containers.checks.templates import CannotTell, Malformed

T = TypeVar("T")


def holds_for_any(question: Callable[[T], bool], things: Iterable[T]) -> bool:
    """Tell whether a condition holds for one of the items. An unknown item matters only if it holds for no other.

    Raises:
        CannotTell: It holds for no known item, and one item is unknown.
    """
    unknown: CannotTell | Malformed | None = None
    for thing in things:
        try:
            if question(thing):
                return True
        except (CannotTell, Malformed) as error:
            unknown = unknown or error
    if unknown is not None:
        raise CannotTell(str(unknown))
    return False
