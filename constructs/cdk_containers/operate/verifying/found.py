"""What was found of something that a deployment needs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

Verdict: TypeAlias = Literal["ok", "fails", "not checked"]


@frozen
class Found:
    """Something that a deployment needs, and whether it is there.

    Attributes:
        what: Such as `image`.
        name: Its name.
        where: Who needs it: the path of a construct.
        verdict: How it is; what could not be looked at is never taken for fine.
        says: What is wrong or not known; for what is fine, what it is.
        way: What to do about it.
    """

    what: str
    name: str
    where: str
    verdict: Verdict
    says: str
    way: str = ""


def unless_signed_out(why: Exception) -> str:
    """Return why something could not be looked at.

    Raises:
        Refused: There are no credentials any more, and nothing else can be looked at either.
    """
    if isinstance(why, Refused) and why.credentials:
        raise why
    return str(why)
