"""Shares of traffic, as ECS counts them."""

from __future__ import annotations

from decimal import Decimal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

_STEP = Decimal("0.1")


def percent_problems(option: str, percent: float, *, low: Decimal, practice: str) -> list[Problem]:
    """Find a share of the traffic that ECS refuses: it accepts tenths of a percent, up to 100."""
    found = Problems()
    if is_token(percent):
        return []
    exact = Decimal(str(percent))
    if not exact.is_finite() or not low <= exact <= 100 or exact % _STEP:
        found.add(option, "out of range", given=percent, allowed=f"{low}–100.0, in steps of {_STEP}", practice=practice)
    return list(found)
