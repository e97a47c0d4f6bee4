"""Schedules of jobs: converts Copilot's forms to EventBridge expressions."""

from __future__ import annotations

import re
from datetime import timedelta

_NAMED = {
    "@yearly": "cron(0 0 1 1 ? *)",
    "@annually": "cron(0 0 1 1 ? *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@weekly": "cron(0 0 ? * 1 *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@hourly": "cron(0 * * * ? *)",
}
_SOME_TIME = "rate(5 minutes)"
"""The expression of a disabled schedule."""

_PART = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms)")
_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}


def is_on(schedule: str) -> bool:
    """Tell whether a job has a schedule."""
    return schedule != "none"


def schedule_of(schedule: str) -> str:
    """Return a schedule in the form of EventBridge.

    >>> schedule_of("@every 1h30m"), schedule_of("0 4 * * MON-FRI"), schedule_of("30 2 * * 0")
    ('rate(90 minutes)', 'cron(0 4 ? * MON-FRI *)', 'cron(30 2 ? * 1 *)')
    """
    if not is_on(schedule):
        return _SOME_TIME
    if schedule in _NAMED:
        return _NAMED[schedule]
    if schedule.startswith("@every "):
        return _rate(schedule.removeprefix("@every "))
    return schedule if schedule.startswith(("cron(", "rate(")) else _cron(schedule)


def _rate(text: str) -> str:
    total = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(text))
    minutes = int(timedelta(milliseconds=total).total_seconds() // 60)
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"


def _cron(schedule: str) -> str:
    """Convert five Unix cron fields to six EventBridge fields, which count weekdays from 1 and need one `?`."""
    minute, hour, day, month, weekday = schedule.replace("?", "*").split()
    if weekday == "*":
        weekday = "?"
    else:
        weekday = re.sub(r"(?<![\d/])\d", lambda digit: str(int(digit[0]) + 1), weekday)
        day = "?"
    return f"cron({minute} {hour} {day} {month} {weekday} *)"
