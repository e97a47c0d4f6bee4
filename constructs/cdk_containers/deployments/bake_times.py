"""Durations that ECS and CodeDeploy count in minutes."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, is_token, seconds

DAY = 1440
"""The longest bake time of a step or of a deployment, in minutes."""

_LONGEST_HOURS = 33
_LONGEST = _LONGEST_HOURS * 60
LONGEST_WAIT_MINUTES = _LONGEST
"""The longest that a deployment can wait for a hook before CloudFormation times out."""


def minutes(duration: DurationLike | None, default: int) -> int:
    """Return a duration in whole minutes."""
    return default if duration is None else round(seconds(duration) / 60)


def minutes_problems(
    option: str, duration: DurationLike | None, *, low: int = 0, high: int = DAY, practice: str = "bake-time"
) -> list[Problem]:
    """Find a duration that is not in whole minutes or not within the bounds (inclusive)."""
    if duration is None:
        return []
    found = Problems()
    given = seconds(duration)
    # The steps are computed at synthesis, so a time cannot be known only at deployment.
    if is_token(given):
        found.add(option, "known only at deployment", given=Shown("a token"), allowed="a time", practice=practice)
    elif given % 60:
        found.add(
            option,
            "not a whole number of minutes",
            given=Shown(f"{given} s"),
            allowed="whole minutes",
            practice=practice,
        )
    elif not low <= given // 60 <= high:
        found.add(
            option,
            "out of range",
            given=Shown(f"{given // 60} min"),
            allowed=f"{low}–{high} minutes",
            practice=practice,
        )
    return list(found)


def total_problems(option: str, total: int) -> list[Problem]:
    """Find bake times whose sum is too long: CloudFormation refuses the service."""
    found = Problems()
    if total > _LONGEST:
        found.add(
            option,
            "CloudFormation times out after 36 hours, so it refuses bake times of more than 33 hours in all",
            given=Shown(f"{total} min in all"),
            allowed=f"up to {_LONGEST} minutes with all steps",
            practice="bake-time",
        )
    return list(found)
