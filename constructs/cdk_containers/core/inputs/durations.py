"""Lengths of time, as CDK's `Duration` or Python's `timedelta`."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast, runtime_checkable

from ..asked_once import asked_once
from ..errors import Problem

if TYPE_CHECKING:
    from aws_cdk import Duration


@runtime_checkable
class _Duration(Protocol):
    """CDK's `Duration`; errors show this name."""

    def to_seconds(self) -> int | float: ...
    def to_human_string(self) -> str: ...


DurationLike: TypeAlias = timedelta | _Duration
"""A length of time: `aws_cdk.Duration`, or `datetime.timedelta` if CDK is not available."""


def seconds(duration: DurationLike) -> int:
    """Return a length of time in whole seconds."""
    if isinstance(duration, timedelta):
        return round(duration.total_seconds())
    return _in_whole_seconds(duration)


@asked_once
def _in_whole_seconds(duration: _Duration) -> int:
    return round(duration.to_seconds())


def duration_problem(value: object) -> Problem | None:
    """Return the problem of a value, if it is a length of time. AWS uses whole seconds."""
    if isinstance(value, timedelta):
        return _not_whole(str(value)) if value.microseconds else None
    if not hasattr(type(value), "to_seconds"):
        return None
    try:
        _in_whole_seconds(cast("_Duration", value))
    except RuntimeError:  # parts of a second, or a token in another unit, which CDK cannot convert
        return _not_whole(cast("_Duration", value).to_human_string())
    return None


def _not_whole(given: str) -> Problem:
    return Problem(option="", what="not a whole number of seconds", given=given, allowed="whole seconds")


def as_duration(duration: DurationLike) -> Duration:
    """Return a length of time as CDK's `Duration`."""
    return in_seconds(seconds(duration)) if isinstance(duration, timedelta) else cast("Duration", duration)


@cache
def in_seconds(count: int) -> Duration:
    """Return a number of seconds as CDK's `Duration`, cached: a `Duration` never changes."""
    from aws_cdk import Duration  # noqa: PLC0415  (this module is read without CDK)

    return Duration.seconds(count)
