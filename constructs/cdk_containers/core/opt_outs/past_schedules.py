"""Warnings about schedules that never occur again."""

from __future__ import annotations

from datetime import UTC, datetime

import aws_cdk as cdk
from constructs import IConstruct

from ..inputs import is_over, is_token


def warn_of_past_schedule(construct: IConstruct, schedule: str, time_zone: str | None) -> None:
    """Warn of a schedule in the past; it is not an error, because valid code must not fail on a later day."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  (few have a schedule, and it takes 2 ms)

    try:
        zone = UTC if time_zone is None or is_token(time_zone) else ZoneInfo(time_zone)
    except ZoneInfoNotFoundError:  # a machine without a list of zones
        zone = UTC
    if is_over(schedule, datetime.now(zone)):
        cdk.Annotations.of(construct).add_warning_v2(
            "cdk-containers:past-schedule",
            f"{schedule} is in the past, so it never runs. Set another time, or remove it.",
        )
