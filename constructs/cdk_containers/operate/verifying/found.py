"""Results of checks of prerequisites."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

Verdict: TypeAlias = Literal["ok", "fails", "not checked"]


@frozen
class Found:
    """A prerequisite of a deployment, and whether it is met.

    Attributes:
        what: Kind of prerequisite, such as `image`.
        name: Name of the prerequisite.
        where: Path of the construct that needs it.
        verdict: Result. A prerequisite that could not be checked never passes.
        says: What is wrong or unknown, or what was found.
        way: How to fix it.
    """

    what: str
    name: str
    where: str
    verdict: Verdict
    says: str
    way: str = ""


def unless_signed_out(why: Exception) -> str:
    """Return why something could not be checked.

    Raises:
        Refused: The credentials have expired, so nothing else can be checked.
    """
    if isinstance(why, Refused) and why.credentials:
        raise why
    return str(why)
