"""Converts AWS schedules to the five fields of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.inputs import is_token, schedule_problem
from cdk_containers.core.inputs.schedules import DAYS, MONTHS

from .losses import Losses

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_DAY = re.compile(r"\d")
_RANGE = re.compile(r"(\w+)-(\w+)(/\d+)?")


def five_fields(schedule: str, *, losses: Losses) -> str:
    """Return a schedule in Kubernetes syntax, or why that is impossible."""
    if is_token(schedule) or (wrong := schedule_problem(schedule, allowed=("cron", "rate", "at"))) is not None:
        losses.refuse(
            "schedule",
            "a token" if is_token(schedule) else f"{schedule}: {wrong}",
            instead="cron(0 8 ? * MON-FRI *), or rate(5 minutes), known at synthesis",
        )
        return "0 0 1 1 *"
    rate = _RATE.fullmatch(schedule)
    if rate is not None:
        return _of_rate(int(rate[1]), rate[2], schedule, losses)
    if schedule.startswith("cron"):
        return _of_cron(schedule.removeprefix("cron(").removesuffix(")").upper().split(), schedule, losses)
    losses.refuse(
        "schedule",
        f"{schedule}: a CronJob does not support a single time",
        instead="cron(…), or a job without schedule",
    )
    return "0 0 1 1 *"


def _of_rate(number: int, unit: str, schedule: str, losses: Losses) -> str:
    whole = {"minute": 60, "hour": 24, "day": 1}[unit]
    if number > whole or whole % number:
        losses.refuse(
            "schedule",
            f"{schedule}: Kubernetes counts from the full {'hour' if unit == 'minute' else 'day'}, which this "
            f"interval does not divide",
            instead="minutes that divide 60, hours that divide 24, rate(1 day), or cron(…)",
        )
        return "0 0 1 1 *"
    losses.approximate(
        "schedule",
        f"{schedule} counts from the full hour, not from the creation of the schedule",
        instead="cron(…) with the exact times",
    )
    if unit == "minute":
        return "0 * * * *" if number == 60 else f"*/{number} * * * *"
    return "0 0 * * *" if number == whole else f"0 */{number} * * *"


def _of_cron(values: list[str], schedule: str, losses: Losses) -> str:
    minute, hour, day, month, weekday, year = values
    if year != "*":
        losses.refuse("schedule", f"{schedule}: Kubernetes has no year", instead="* for the year")
    if re.search(r"[LW#]", day) or re.search(r"L$|#", weekday):
        losses.refuse(
            "schedule", f"{schedule}: Kubernetes does not support L, W and #", instead="days by number or name"
        )
        return "0 0 1 1 *"
    for field, words in ((minute, ()), (hour, ()), (day, ()), (month, MONTHS), (weekday, DAYS)):
        if backwards := [part for part in field.split(",") if _goes_backwards(part, words)]:
            losses.refuse(
                "schedule",
                f"{schedule}: {backwards[0]} wraps around, which Kubernetes does not support",
                instead="two ranges with a comma, such as 22-23,0-2",
            )
    # AWS counts Sunday as 1, Kubernetes as 0.
    weekday = _DAY.sub(lambda found: str(int(found[0]) - 1), weekday)
    return " ".join("*" if field == "?" else field for field in (minute, hour, day, month, weekday))


def _goes_backwards(part: str, words: Sequence[str]) -> bool:
    found = _RANGE.fullmatch(part)
    if found is None:
        return False
    first, last = (words.index(end) + 1 if end in words else int(end) for end in (found[1], found[2]))
    return first > last
