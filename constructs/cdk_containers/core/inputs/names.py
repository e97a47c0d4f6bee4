"""Names that ECS accepts."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}")


def name_problem(name: str) -> str | None:
    """Return the problem of a name for ECS, or None.

    ECS accepts up to 255 letters, digits, hyphens and underscores for containers, volumes, clusters and families.
    """
    if not name:
        return "the name is empty"
    if not _NAME.fullmatch(name):
        return "the name contains a character that ECS does not accept, or is too long"
    return None
