"""Schedules as AWS writes them: `cron(…)` with six fields, `rate(…)` and `at(…)`, and time zones."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Literal, TypeAlias

from ..frozen import frozen
from .tokens import is_token

ScheduleForm: TypeAlias = Literal["at", "cron", "rate"]

SCHEDULE_FORMS: tuple[ScheduleForm, ...] = ("cron", "rate", "at")

_EXAMPLES: dict[ScheduleForm, str] = {
    "cron": "cron(0 8 ? * MON-FRI *): minutes, hours, day of month, month, day of week, year",
    "rate": "rate(5 minutes)",
    "at": "at(2027-01-31T08:00:00)",
}
_EXPRESSION = re.compile(r"(at|cron|rate)\((.*)\)", re.DOTALL)
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)(s?)")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@frozen
class _Field:
    """A field of a cron expression: its numbers, its words, and the pattern of its special characters."""

    name: str
    low: int
    high: int
    words: Sequence[str] = ()
    special: str = ""

    def problem(self, value: str) -> str | None:
        if value == "?":
            return None if self.special else f"? stands for a day of month or a day of week, not for {self.name}"
        if "#" in value and "," in value:
            return f"{self.name} {value}: # allows only one day"
        if all(self._has(part) for part in value.split(",")):
            return None
        by_word = f", or {self.words[0]}-{self.words[-1]}" if self.words else ""
        return f"{self.name} {value}: not within {self.low}-{self.high}{by_word}"

    def _has(self, part: str) -> bool:
        if self.special and (found := re.fullmatch(self.special, part)) is not None:
            return all(day is None or self._has_one(day) for day in found.groups())
        start, slash, step = part.partition("/")
        if slash and (self.words == DAYS or not self._is_step(step)):
            return False
        ends = start.split("-")
        return start == "*" or (len(ends) <= 2 and all(self._has_one(end) for end in ends))

    def _has_one(self, text: str) -> bool:
        return text in self.words or (text.isascii() and text.isdigit() and self.low <= int(text) <= self.high)

    def _is_step(self, text: str) -> bool:
        return text.isascii() and text.isdigit() and 1 <= int(text) <= self.high


_FIELDS = (
    _Field(name="minutes", low=0, high=59),
    _Field(name="hours", low=0, high=23),
    _Field(name="day of month", low=1, high=31, special=r"L|LW|L-\d+|(\d+)W"),
    _Field(name="month", low=1, high=12, words=MONTHS),
    _Field(name="day of week", low=1, high=7, words=DAYS, special=r"L|(\w+?)L|(\w+)#[1-5]"),
    _Field(name="year", low=1970, high=2199),
)


def schedule_examples(allowed: Collection[ScheduleForm] = SCHEDULE_FORMS) -> str:
    """Return an example of each allowed form, for `allowed` in errors."""
    return ", or ".join(_EXAMPLES[form] for form in SCHEDULE_FORMS if form in allowed)


def schedule_problem(expression: str, *, allowed: Collection[ScheduleForm] = SCHEDULE_FORMS) -> str | None:
    """Return the problem of a schedule, or None.

    The language is that of EventBridge, which its Scheduler and Application Auto Scaling share.

    Args:
        expression: Schedule such as `cron(0 8 ? * MON-FRI *)`, `rate(5 minutes)` or `at(2027-01-31T08:00:00)`.
        allowed: Forms that are possible here. Default: all.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
    """
    if is_token(expression):
        return None
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        bare = len(expression.split()) in (5, 6)
        return (
            "the cron expression is not inside cron(…)"
            if bare
            else f"not one of {', '.join(f'{f}(…)' for f in allowed)}"
        )
    form, text = found[1], found[2]
    if form not in allowed:
        return f"{form}(…) is not supported here"
    match form:
        case "cron":
            return _cron_problem(text)
        case "rate":
            return _rate_problem(text)
        case _:
            return _at_problem(text)


def is_over(expression: str, now: datetime) -> bool:
    """Tell whether a valid schedule never occurs again: its time, or the last of its years, is past."""
    found = None if is_token(expression) else _EXPRESSION.fullmatch(expression)
    match found and found.groups():
        case ("at", moment):
            return datetime.fromisoformat(moment) < now.replace(tzinfo=None)
        case ("cron", fields):
            years = fields.split()[-1]
            return re.fullmatch(r"[\d,-]+", years) is not None and max(map(int, re.findall(r"\d+", years))) < now.year
        case _:
            return False


def time_zone_problem(name: str) -> str | None:
    """Return the problem of a time zone name, or None; on a machine without a list of zones every name is valid."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  (rarely needed)

    if is_token(name) or not _knows_time_zones():
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "unknown time zone"
    return None


@cache
def _knows_time_zones() -> bool:
    """Tell whether this machine has a list of time zones. The look-up reads hundreds of files."""
    from zoneinfo import available_timezones  # noqa: PLC0415  (rarely needed)

    return bool(available_timezones())


def _rate_problem(text: str) -> str | None:
    found = _RATE.fullmatch(text)
    if found is None:
        return "a rate is a whole number, a space, and minutes, hours or days"
    number, unit, plural = found.groups()
    if (number == "1") == bool(plural):
        return f"AWS accepts only {number} {unit}{'' if number == '1' else 's'}"
    return None


def _at_problem(text: str) -> str | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text):
        return "the time must have the form yyyy-mm-ddThh:mm:ss; the time zone is a separate option"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return "this date or time does not exist"
    return None


def _cron_problem(text: str) -> str | None:
    values = text.split()
    if len(values) == 5:
        return "five fields, as in a crontab; AWS has a sixth, the year, and ? for one of the two kinds of day"
    if len(values) != 6:
        return f"{len(values)} fields, where AWS has six"
    for value, field in zip(values, _FIELDS, strict=True):
        if (wrong := field.problem(value.upper())) is not None:
            return wrong
    if (values[2] == "?") == (values[4] == "?"):
        return "exactly one of day of month and day of week must be ?"
    return None
