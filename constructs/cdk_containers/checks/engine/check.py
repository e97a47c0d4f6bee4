"""A check: a function that looks at one resource, and says whether it follows a practice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from cdk_containers.checks.templates import CannotTell, Malformed, Resource
from cdk_containers.core.frozen import frozen

T = TypeVar("T")


@frozen(kw_only=False)
class Outcome:
    """What a check saw in a resource, in one world.

    Attributes:
        passes: Whether the resource follows the practice.
        why: What was seen, as the end of a sentence that starts with the resource.
        fix: What to change in this case; empty where the fix of the check fits.
    """

    passes: bool
    why: str = ""
    fix: str = ""


def ok(why: str = "") -> Outcome:
    """Say that the resource follows the practice."""
    return Outcome(passes=True, why=why)


def fault(why: str, *, fix: str = "") -> Outcome:
    """Say that it does not, and what was seen."""
    return Outcome(passes=False, why=why, fix=fix)


Looks: TypeAlias = Callable[[Resource], Outcome | None]
"""None where the practice is not about this resource. It raises `CannotTell` by asking for what is not known."""


@frozen(kw_only=False)
class Check:
    """A practice, the types of resources that it is about, and the function that looks.

    Attributes:
        practice: The id of the practice.
        types: The types of resources that the function takes.
        fix: What to change, in the words of CloudFormation, as one sentence.
        look: The function.
    """

    practice: str
    types: tuple[str, ...]
    fix: str
    look: Looks


CHECKS: list[Check] = []
"""Every check, in the order of its module; `rules` fills it."""


def check(practice: str, *types: str, fix: str, among: list[Check] = CHECKS) -> Callable[[Looks], Looks]:
    """Register a function as the check of a practice, for resources of some types."""

    def register(look: Looks) -> Looks:
        among.append(Check(practice, types, fix, look))
        return look

    return register


def worst(look: Callable[[T], Outcome | None], parts: Iterable[T]) -> Outcome | None:
    """Look at every part of a resource, such as its containers; the worst that is seen counts.

    A fault counts even where another part is unknown. Parts that the practice is not about give None.

    Raises:
        CannotTell: No part is at fault, and one is unknown.
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
