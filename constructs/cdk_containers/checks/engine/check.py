"""A check: a function that tells whether one resource follows a practice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from cdk_containers.checks.templates import CannotTell, Malformed, Resource
from cdk_containers.core.frozen import frozen

T = TypeVar("T")


@frozen(kw_only=False)
class Outcome:
    """The result of a check for a resource, in one world.

    Attributes:
        passes: Whether the resource follows the practice.
        why: The observation, as the end of a sentence that starts with the resource.
        fix: What to change in this case; empty if the fix of the check applies.
    """

    passes: bool
    why: str = ""
    fix: str = ""


def ok(why: str = "") -> Outcome:
    """Return that the resource follows the practice."""
    return Outcome(passes=True, why=why)


def fault(why: str, *, fix: str = "") -> Outcome:
    """Return that the resource does not follow the practice, and why."""
    return Outcome(passes=False, why=why, fix=fix)


Looks: TypeAlias = Callable[[Resource], Outcome | None]
"""None if the practice does not apply to this resource. It raises `CannotTell` when it reads an unknown value."""


@frozen(kw_only=False)
class Check:
    """A practice, the resource types that it applies to, and the function that checks them.

    Attributes:
        practice: The id of the practice.
        types: The resource types that the function checks.
        fix: What to change, in CloudFormation terms, as one sentence.
        look: The function.
    """

    practice: str
    types: tuple[str, ...]
    fix: str
    look: Looks


CHECKS: list[Check] = []
"""All checks, in the order of their modules. The package `rules` registers them."""


def check(practice: str, *types: str, fix: str, among: list[Check] = CHECKS) -> Callable[[Looks], Looks]:
    """Register a function as the check of a practice, for resources of some types."""

    def register(look: Looks) -> Looks:
        among.append(Check(practice, types, fix, look))
        return look

    return register


def worst(look: Callable[[T], Outcome | None], parts: Iterable[T]) -> Outcome | None:
    """Check every part of a resource, such as its containers; the worst result counts.

    A fault counts even if another part is unknown. Parts that the practice does not apply to return None.

    Raises:
        CannotTell: No part has a fault, and one is unknown.
    """
    faults: list[Outcome] = []
    passed: Outcome | None = None
    unknown: CannotTell | Malformed | None = None
    for part in parts:
        try:
            outcome = look(part)
        except (CannotTell, Malformed) as error:
            unknown = unknown or error
            continue
        if outcome is not None and not outcome.passes:
            faults.append(outcome)
        passed = passed or outcome
    if faults:
        return fault("; ".join(dict.fromkeys(it.why for it in faults)), fix=faults[0].fix)
    if unknown is not None:
        raise CannotTell(str(unknown))
    return passed
