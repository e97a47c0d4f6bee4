"""Usage of jobs: by use, or in total if the duration of a run is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from cdk_containers.checks.rules.job_targets import RULE, SCHEDULE
from cdk_containers.checks.rules.service_parts import TASK_DEFINITION
from cdk_containers.checks.templates import Map, Resource

from .prices import HOURS
from .tasks import size_of
from .usage import Part, Usage, Use, part, used_by

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_PER_HOUR = {"minute": 60.0, "hour": 1.0, "day": 1 / 24}
_DAYS_OF_MONTH = HOURS / 24
_DAYS_OF_WEEK, _MONTHS = 7, 12
_LEAST_MINUTES = 1
_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_MINUTES: ContextVar[Mapping[str, float]] = ContextVar("minutes", default={})  # noqa: B039  (it is never changed)


@contextmanager
def minutes_of_runs(minutes: Mapping[str, float]) -> Iterator[None]:
    """Set the duration of runs in minutes, by construct or logical id, for an estimate."""
    token = _MINUTES.set(minutes)
    try:
        yield
    finally:
        _MINUTES.reset(token)


def runs_per_month(expression: str) -> float | None:
    """Return the average number of runs of a schedule in a month; None if the schedule cannot be parsed."""
    rate = _RATE.fullmatch(expression)
    if rate:
        return HOURS * _PER_HOUR[rate[2]] / int(rate[1])
    if expression.startswith("at("):
        return 0.0
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if not expression.startswith("cron(") or len(fields) != 6:
        return None
    minutes, hours, days, months, weekdays, _ = fields
    try:
        per_day = _count(minutes, 0, 59) * _count(hours, 0, 23)
        in_year = _count(months, 1, _MONTHS, _MONTH_NAMES) / _MONTHS
        return per_day * in_year * _days(days, weekdays)
    except ValueError:
        return None


def _days(days: str, weekdays: str) -> float:
    if weekdays not in {"?", "*"}:
        if "#" in weekdays or weekdays.endswith("L"):
            return 1.0
        return _count(weekdays, 1, _DAYS_OF_WEEK, _NAMES) / _DAYS_OF_WEEK * _DAYS_OF_MONTH
    if days in {"?", "*"}:
        return _DAYS_OF_MONTH
    if days.endswith(("L", "W")):
        return 1.0
    return float(_count(days, 1, 31))


def _count(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> int:
    """Return the number of values that a field of a cron expression matches."""
    found: set[int] = set()
    for part_ in field.split(","):
        span, _, step = part_.partition("/")
        first, dash, last = span.partition("-")
        if first in {"*", "?"}:
            start, end = low, high
        else:
            start = _value(first, low, names)
            end = _value(last, low, names) if dash else high if step else start
        found |= set(range(start, end + 1, int(step or 1)))
    return len(found)


def _value(text: str, low: int, names: tuple[str, ...]) -> int:
    return names.index(text) + low if text in names else int(text)


@used_by(SCHEDULE)
def schedule(resource: Resource) -> Usage | None:
    """Count the runs that a schedule starts."""
    return _runs(resource, [resource.map("Target")])


@used_by(RULE)
def rule(resource: Resource) -> Usage | None:
    """Count the runs that a rule starts. The number of events is unknown."""
    return _runs(resource, resource.maps("Targets"))


def _runs(starter: Resource, targets: list[Map]) -> Usage | None:
    parts: list[Part] = []
    for target in targets:
        task = _task(starter, target)
        if task is None:
            continue
        size, count = size_of(task), target.number("EcsParameters", "TaskCount", default=1)
        parts += [
            part(f"fargate-vcpu-{size.name}", count * size.cpu),
            part(f"fargate-gb-{size.name}", count * size.memory),
        ]
        parts += [part("fargate-storage", count * size.disk)] if size.disk else []
    if not parts:
        return None
    runs = runs_per_month(starter.text("ScheduleExpression")) if starter.has("ScheduleExpression") else None
    often = "one run for each event" if runs is None else f"{runs:.0f} runs a month"
    minutes = _minutes(starter)
    if minutes is None or runs is None:
        return Usage("job on Fargate", uses=(Use(f"hour of a run, {often}", tuple(parts)),))
    hours = runs * max(minutes, _LEAST_MINUTES) / 60
    whole = tuple(Part(it.keys, it.low * hours, it.high * hours) for it in parts)
    return Usage(f"job on Fargate, {often}, {minutes:g} minutes each", whole)


def _minutes(starter: Resource) -> float | None:
    path = starter.construct_path
    names = {starter.logical_id, path, *path.split("/")} if path else {starter.logical_id}
    return next(
        (minutes for name, minutes in _MINUTES.get().items() if name in names or path.endswith(f"/{name}")), None
    )


def _task(starter: Resource, target: Map) -> Resource | None:
    """Return the task definition that a target runs on Fargate; None if it is something else."""
    parameters = target.map("EcsParameters")
    if not parameters.has("TaskDefinitionArn") or parameters.text("LaunchType", default="FARGATE") != "FARGATE":
        return None
    return starter.template.estate.find(parameters.value("TaskDefinitionArn"), TASK_DEFINITION)
