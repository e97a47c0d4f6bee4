"""When a pipeline may deploy."""

from __future__ import annotations

import re

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token, time_zone_problem

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_HOURS = re.compile(r"(?P<first>[01]?\d|2[0-3])-(?P<last>[01]?\d|2[0-4])")
_DAY_RANGE = re.compile(rf"({'|'.join(_DAYS)})(-({'|'.join(_DAYS)}))?")


@frozen
class DeploymentWindow:
    """The hours in which a stage of a pipeline can start; a release at another time waits for them.

    The window applies only to the start: a running deployment continues. An automatic rollback is part of a deployment
    and does not wait.

    Attributes:
        hours: First and last hour, in 24-hour format: `9-17` ends at 17:00.
        days: The days, `MON-FRI` or one. Default: `MON-THU`, so that the team is there on the following day.
        time_zone: Time zone of the hours, such as `Europe/Berlin`. Default: `UTC`.

    See https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
    """

    hours: str
    days: str = "MON-THU"
    time_zone: str = "UTC"

    @property
    def cron(self) -> str:
        """The window in the form of CodePipeline: seconds, minutes, hours, day of month, month, day of week, year."""
        first, last = self._hours
        hours = f"{first}-{last - 1}" if last - 1 > first else f"{first}"
        return f"* * {hours} ? * {self.days} *"

    @property
    def _hours(self) -> tuple[int, int]:
        found = _HOURS.fullmatch(self.hours)
        return (int(found["first"]), int(found["last"])) if found else (0, 0)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("hours"):
            first, last = self._hours
            if first >= last:
                found.add(
                    "hours",
                    ("not a range of hours in one day"),
                    given=self.hours,
                    allowed="two hours, the later one last: 9-17",
                )
        if not found.has("days") and not _DAY_RANGE.fullmatch(self.days):
            found.add("days", "not days", given=self.days, allowed="MON-FRI, or one day such as TUE")
        wrong = None if found.has("time_zone") else time_zone_problem(self.time_zone)
        if wrong is None and is_token(self.time_zone):
            wrong = "it is known only at deployment"
        if wrong is not None:
            found.add("time_zone", wrong, given=self.time_zone, allowed="a name such as Europe/Berlin, or UTC")
        return list(found)
