"""Lengths of time that ECS and CodeDeploy count in minutes."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, is_token, seconds

DAY = 1440
"""The longest bake time of a step or of a deployment, in minutes."""

_LONGEST_HOURS = 33
_LONGEST = _LONGEST_HOURS * 60
LONGEST_WAIT_MINUTES = _LONGEST
"""The longest that a deployment can wait for a hook, before CloudFormation gives up."""


def minutes(duration: DurationLike | None, default: int) -> int:
    """Return a length of time in whole minutes."""
    return default if duration is None else round(seconds(duration) / 60)


def minutes_problems(
    option: str, duration: DurationLike | None, *, low: int = 0, high: int = DAY, practice: str = "bake-time"
) -> list[Problem]:
    """Find a length of time that is not of whole minutes, or not within bounds, both included."""
    if duration is None:
        return []
    found = Problems()
    given = seconds(duration)
    # The steps are counted when the app is synthesized, so a time cannot be known at deployment only.
    if is_token(given):
        found.add(option, "known at deployment only", given=Shown("a token"), allowed="a time", practice=practice)
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
    """Find bake times that are too long together: CloudFormation counts them, and refuses the service."""
    found = Problems()
    if total > _LONGEST:
        found.add(
            option,
            "CloudFormation gives up after 36 hours, and refuses a deployment that bakes for longer than 33",
            given=Shown(f"{total} min in all"),
            allowed=f"up to {_LONGEST} minutes with all steps",
            practice="bake-time",
        )
    return list(found)
