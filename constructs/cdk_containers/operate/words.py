"""Times, durations and counts as text. Times are in UTC, because people in other time zones read them too."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime


def clock_time(at: datetime, now: datetime) -> str:
    """Return `15:40 UTC`, with the date if it is another day."""
    at = at.astimezone(now.tzinfo)
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M} UTC"


def minutes(seconds: float) -> str:
    """Return `6:10`, or `1:06:10` from one hour."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def ago(at: datetime, now: datetime) -> str:
    """Return `2 days ago`, in the largest unit that fits."""
    seconds = max(0, int((now - at).total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{many(seconds // length, unit)} ago"
    return "just now"


def many(number: int, unit: str) -> str:
    """Return `1 task` or `2 tasks`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def percent(share: float) -> str:
    """Return `10 %`, without trailing zeros."""
    return f"{share:g} %"


def iso(at: datetime | None) -> str | None:
    """Return a time for programs, in UTC."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def short(text: str, width: int) -> str:
    """Return a text, shortened with an ellipsis if it is too long."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def command(verb: str, name: str) -> str:
    """Return a command that you can paste into a shell."""
    return f"cdk-containers {verb} {shlex.quote(name)}"
