"""Names of branches and tags: a name that git does not accept matches nothing."""

from __future__ import annotations

import re

from cdk_containers.core.inputs import is_token

_REFUSED = re.compile(r"[\x00-\x20\x7f~^:?\[\\*]|\.\.|//|@\{|/\.|^[./-]|[./]$|\.lock$|^@$")


def pattern_problem(name: str, *, wildcard: bool = False) -> str | None:
    """Return why no branch or tag can have this name, or None.

    Args:
        name: The name.
        wildcard: Whether it may end in `*`, after at least one character.
    """
    if is_token(name):
        return "a name that is known only at deployment"
    if name.startswith("refs/"):
        return "no branch or tag matches: write the name without refs/heads/ or refs/tags/"
    plain = name.removesuffix("*") if wildcard else name
    if not plain:
        return "every branch or tag matches" if name else "no branch or tag matches an empty name"
    if "*" in plain:
        return "a pattern instead of a name" if not wildcard else "a pattern that does not end in its only *"
    # What a start ends in may stand within a name.
    if _REFUSED.search(plain + "x" if name.endswith("*") else plain):
        return "no branch or tag matches: git does not accept this name"
    return None
