"""Warning of schedules that never come again."""

from __future__ import annotations

from datetime import UTC, datetime

import aws_cdk as cdk
from constructs import IConstruct

from ..inputs import is_over, is_token


def warn_of_past_schedule(construct: IConstruct, schedule: str, time_zone: str | None) -> None:
    """Warn of a schedule whose moment is past; no error, since what was right must not fail on another day."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  (few have a schedule, and it takes 2 ms)

    try:
        zone = UTC if time_zone is None or is_token(time_zone) else ZoneInfo(time_zone)
    except ZoneInfoNotFoundError:  # a machine without a list of zones
        zone = UTC
    if is_over(schedule, datetime.now(zone)):
        cdk.Annotations.of(construct).add_warning_v2(
            "cdk-containers:past-schedule",
            f"{schedule} is past, so nothing will happen. Give another time, or remove it.",
        )
