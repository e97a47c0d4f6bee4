"""Reasons that come with an opt-out."""

from __future__ import annotations

from ..errors import Problem
from ..practices import Disabled


def disabled_problems(value: object) -> list[Problem]:
    """Find the problem of the reason, if a value is an opt-out."""
    if not isinstance(value, Disabled) or (wrong := value.problem()) is None:
        return []
    return [
        Problem(option="reason", what=wrong, given=repr(value.reason), allowed="a reason that a reviewer understands")
    ]
