"""Rules of schedules and retries of jobs."""

from __future__ import annotations

import re
from datetime import timedelta

from cdk_containers.core.documents import Problems, Scalar, duration, nearest

from ..models.workloads import JobTrigger, ScheduledJob
from .given import Given

_PRESETS = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)\Z")
_CRON = re.compile(r"cron\((.*)\)\Z")
_PART = re.compile(r"(?:[*?]|(\w+)(?:-(\w+))?)(?:/(\d+))?\Z")


def schedule(job: ScheduledJob, given: Given) -> None:
    """A schedule is valid for EventBridge."""
    if not given.has("on", "schedule"):
        given.refuse("`on.schedule` is missing: set a time such as '@daily' or '0 9 * * MON-FRI', or none")
        return
    text = job.on.schedule if isinstance(job.on, JobTrigger) else None
    problem = schedule_problem(text) if text is not None else None
    if problem:
        given.refuse(problem, "on", "schedule")


def schedule_problem(text: str) -> str | None:
    """Return the problem of a schedule."""
    if text == "none":
        return None
    if text.startswith("rate("):
        return _rate_problem(text)
    if text.startswith("cron("):
        match = _CRON.match(text)
        fields = match[1].split() if match else []
        return None if len(fields) == 6 else f"got {text!r}; EventBridge needs six fields, as in cron(0 12 * * ? *)"
    if text.startswith("@every "):
        return _interval_problem(text.removeprefix("@every ").strip())
    if text.startswith("@"):
        return None if text in _PRESETS else f"there is no {text!r}: {nearest(text, (*_PRESETS, '@every 1h'))}"
    return _cron_problem(text)


def attempts(job: ScheduledJob, given: Given) -> None:
    """A timeout has whole seconds, and a scheduled job has one task."""
    if job.timeout is not None and (job.timeout < timedelta(seconds=1) or job.timeout.microseconds):
        given.refuse("allowed: whole seconds, at least 1s", "timeout")


def _rate_problem(text: str) -> str | None:
    match = _RATE.match(text)
    if match and int(match[1]) > 0 and (int(match[1]) == 1) == (not match[3]):
        return None
    return (
        f"got {text!r}; EventBridge needs a rate such as rate(1 hour) or rate(5 minutes): a number from 1, and a "
        "plural unit from 2"
    )


def _interval_problem(text: str) -> str | None:
    scalar = Scalar((), 1, 1, Problems(), text=text, kind="str", value=text)
    try:
        every = duration(scalar)
    except ValueError:
        return f"got {text!r}; expected a duration such as 5m or 1h30m"
    whole = every.total_seconds() % 60 == 0
    return None if whole and every >= timedelta(minutes=1) else f"got {text!r}; allowed: whole minutes, at least 1m"


def _cron_problem(text: str) -> str | None:
    fields = text.split()
    if len(fields) != len(_FIELDS):
        hint = "minute, hour, day of the month, month, day of the week; or @daily, @every 1h, rate(…), cron(…), none"
        return f"got {text!r}; a schedule has five fields: {hint}"
    for field, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        if not all(_part_fits(part, low, high, words) for part in field.split(",")):
            return f"got {field!r} for the {name}; allowed: {low} to {high}, *, lists, ranges and steps"
    if not {fields[2], fields[4]} & {"*", "?"}:
        return f"got {text!r}; EventBridge accepts either a day of the month or a day of the week: set the other to *"
    return None


def _part_fits(part: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    match = _PART.match(part)
    if not match:
        return False
    ends = [_number(text, low, words) for text in (match[1], match[2]) if text]
    within = all(end is not None and low <= end <= high for end in ends)
    rising = len(ends) < 2 or (within and (ends[0] or 0) <= (ends[1] or 0))
    return within and rising and (not match[3] or int(match[3]) > 0)


def _number(text: str, low: int, words: tuple[str, ...]) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text[:6])
    return words.index(text.upper()) + low if text.upper() in words else None
