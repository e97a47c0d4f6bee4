"""Schedules, timeouts and attempts of jobs."""

from __future__ import annotations

from ..errors import Problem, Problems, Shown
from .schedules import schedule_examples, schedule_problem, time_zone_problem
from .tokens import is_token

_MIN_TIMEOUT_SECONDS = 60
_MAX_TIMEOUT_SECONDS = 365 * 24 * 60 * 60
_MAX_RETRIES = 99


def job_schedule_problems(schedule: str, time_zone: str | None) -> list[Problem]:
    """Find an invalid schedule, and a time zone that is invalid or that the schedule does not support."""
    found = Problems()
    wrong = schedule_problem(schedule)
    if wrong is not None:
        found.add("schedule", wrong, given=schedule, allowed=schedule_examples(), practice="job-schedule")
    elif time_zone is not None and not is_token(schedule) and schedule.startswith("rate("):
        found.add(
            "time_zone",
            "a rate counts from its creation and has no time zone",
            given=time_zone,
            allowed="no time zone; or cron(…) for a time of day",
            practice="job-time-zone",
        )
    if time_zone is not None and not found.has("time_zone"):
        found.extend(job_time_zone_problems(time_zone))
    return list(found)


def job_time_zone_problems(time_zone: str) -> list[Problem]:
    """Find an invalid time zone."""
    found = Problems()
    if (wrong := time_zone_problem(time_zone)) is not None:
        found.add(
            "time_zone",
            wrong,
            given=time_zone,
            allowed="a name from the IANA time zone list, such as Europe/Berlin",
            practice="job-time-zone",
        )
    return list(found)


def job_run_problems(timeout: int | None, retries: int) -> list[Problem]:
    """Find an invalid timeout, in seconds, and an invalid number of attempts."""
    found = Problems()
    if timeout is not None and not is_token(timeout) and not _MIN_TIMEOUT_SECONDS <= timeout <= _MAX_TIMEOUT_SECONDS:
        found.add(
            "timeout",
            "out of range",
            given=Shown(f"{timeout} s"),
            allowed="60 seconds (the time in which a task can start) to 365 days",
            practice="job-timeout",
        )
    if not is_token(retries) and not 0 <= retries <= _MAX_RETRIES:
        found.add("retries", "out of range", given=retries, allowed=f"0–{_MAX_RETRIES}", practice="job-retries")
    return list(found)
