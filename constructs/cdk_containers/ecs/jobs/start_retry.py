"""How long EventBridge retries to start a run."""

from __future__ import annotations

from datetime import timedelta

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds

_MAX_ATTEMPTS = 185
_MIN_AGE_SECONDS = 60
_MAX_AGE_SECONDS = 24 * 60 * 60
_MAX_AGE = timedelta(hours=1)


@frozen
class StartRetry:
    """Retries for runs that could not start because of capacity or throttling, not for runs that failed.

    Attributes:
        attempts: Retries after the first attempt, 0–185. Default: 10; the AWS default is 185 over a day.
        max_age: Maximum delay of a start, 60 s to 24 hours. A run that has not started by then goes to the dead-letter
            queue. Default: 1 hour, so that last night's run does not start in the middle of the day.

    See https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html
    """

    attempts: int = 10
    max_age: DurationLike = _MAX_AGE

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "job-start-retry"
        if not is_token(self.attempts) and not 0 <= self.attempts <= _MAX_ATTEMPTS:
            found.add("attempts", "out of range", given=self.attempts, allowed=f"0–{_MAX_ATTEMPTS}", practice=practice)
        age = seconds(self.max_age)
        if not is_token(age) and not _MIN_AGE_SECONDS <= age <= _MAX_AGE_SECONDS:
            found.add("max_age", "out of range", given=Shown(f"{age} s"), allowed="60 s to 24 hours", practice=practice)
        return list(found)
