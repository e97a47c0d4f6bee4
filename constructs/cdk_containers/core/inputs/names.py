"""Names that ECS takes."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}")


def name_problem(name: str) -> str | None:
    """Say what is wrong with a name that ECS would have to take, or None.

    ECS takes up to 255 letters, digits, hyphens and underscores for containers, volumes, clusters and families.
    """
    if not name:
        return "the name is empty"
    if not _NAME.fullmatch(name):
        return "the name has a character that ECS refuses, or is too long"
    return None
