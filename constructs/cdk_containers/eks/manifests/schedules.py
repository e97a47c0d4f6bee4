"""Schedules of CronJobs: five fields, as in a crontab, without a time zone."""

from __future__ import annotations

import re

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minutes", 0, 59, []),
    ("hours", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")

ALLOWED = "five fields such as 0 8 * * MON-FRI: minutes, hours, day of month, month, day of week"


def cron_problem(schedule: str) -> str | None:
    """Return the problem of a CronJob's schedule, or None."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        return "a time zone in the schedule instead of timeZone"
    if schedule in _MACROS or re.fullmatch(r"@every (\d+(h|m|s))+", schedule):
        return None
    values = schedule.split()
    if schedule.startswith(("cron(", "rate(", "at(")):
        return "an EventBridge schedule"
    if len(values) != 5:
        return f"{len(values)} fields, but a CronJob has five"
    for value, (name, low, high, words) in zip(values, _FIELDS, strict=True):
        if not all(_is_part(part.upper(), low, high, words) for part in value.split(",")):
            return f"{name} {value}: not within {low}-{high}"
    return None


def _is_part(part: str, low: int, high: int, words: list[str]) -> bool:
    span, slash, step = part.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
        return False
    if span in ("*", "?"):
        return True
    ends = [_position(end, low, words) for end in span.split("-")]
    return (
        len(ends) <= 2
        and all(end is not None and low <= end <= high for end in ends)
        and ends == sorted(end for end in ends if end is not None)
    )


def _position(end: str, low: int, words: list[str]) -> int | None:
    if end in words:
        return words.index(end) + low
    return int(end) if end.isascii() and end.isdigit() else None
