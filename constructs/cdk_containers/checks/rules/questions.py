"""Questions over several things of which some may be unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from cdk_containers.checks.templates import CannotTell, Malformed

T = TypeVar("T")


def holds_for_any(question: Callable[[T], bool], things: Iterable[T]) -> bool:
    """Tell whether something holds for one of the things; an unknown one matters only where it holds for no other.

    Raises:
        CannotTell: It holds for none that is known, and one is unknown.
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
