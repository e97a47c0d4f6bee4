"""Lengths of time, as CDK's `Duration` or Python's `timedelta`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast, runtime_checkable

if TYPE_CHECKING:
    from aws_cdk import Duration


@runtime_checkable
class _CdkDuration(Protocol):
    def to_seconds(self) -> int | float: ...


DurationLike: TypeAlias = timedelta | _CdkDuration
"""A length of time: `aws_cdk.Duration`, or `datetime.timedelta` where CDK is not at hand."""


def seconds(duration: DurationLike) -> int:
    """Return a length of time in whole seconds."""
    if isinstance(duration, timedelta):
        return round(duration.total_seconds())
    return round(duration.to_seconds())


def as_duration(duration: DurationLike) -> Duration:
    """Return a length of time as CDK takes it."""
    if isinstance(duration, timedelta):
        from aws_cdk import Duration  # noqa: PLC0415  (this module is read without CDK)

        return Duration.seconds(round(duration.total_seconds()))
    return cast("Duration", duration)
