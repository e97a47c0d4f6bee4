"""Options of target groups."""

from __future__ import annotations

import re

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds

_CODES = re.compile(r"\d{1,3}(?:[,-]\d{1,3})*")
_DAY = 24 * 60 * 60


@frozen
class TargetHealthCheck:
    """How a load balancer checks whether a task can accept requests.

    Attributes:
        interval: Time between checks, 5–300 s. Default: 10 s, because the 30 s of AWS add a minute to each deployment.
        timeout: Time for an answer, 2–120 s, shorter than the interval. Default: 5 s.
        healthy_threshold: Answers in a row that make a task healthy, 2–10. Default: 2.
        unhealthy_threshold: Failures in a row that make it unhealthy, 2–10. Default: 3.
        healthy_codes: Status codes that count as an answer. Default: `200`, and `0` (OK) with gRPC.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    interval: DurationLike | None = None
    timeout: DurationLike | None = None
    healthy_threshold: int = 2
    unhealthy_threshold: int = 3
    healthy_codes: str | None = None

    @property
    def interval_seconds(self) -> int:
        """Time between checks in seconds."""
        return 10 if self.interval is None else seconds(self.interval)

    @property
    def timeout_seconds(self) -> int:
        """Time for an answer in seconds."""
        return 5 if self.timeout is None else seconds(self.timeout)

    def problems(self) -> list[Problem]:
        """Find problems with this health check."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "target-health-check"
        interval, timeout = self.interval_seconds, self.timeout_seconds
        for option, value, low, high, unit in (
            ("interval", interval, 5, 300, " s"),
            ("timeout", timeout, 2, 120, " s"),
            ("healthy_threshold", self.healthy_threshold, 2, 10, ""),
            ("unhealthy_threshold", self.unhealthy_threshold, 2, 10, ""),
        ):
            # CDK compares the times, so they must be known at synthesis.
            if not low <= value <= high and (unit or not is_token(value)):
                given = Shown("a token") if is_token(value) else f"{value}{unit}"
                found.add(option, "out of range", given=given, allowed=f"{low}–{high}{unit}", practice=practice)
        if (
            self.healthy_codes is not None
            and not is_token(self.healthy_codes)
            and not _CODES.fullmatch(self.healthy_codes)
        ):
            found.add(
                "healthy_codes",
                "not status codes",
                given=self.healthy_codes,
                allowed="codes and ranges, such as 200,301 or 200-299",
                practice=practice,
            )
        if not is_token([interval, timeout]) and timeout >= interval:
            found.add(
                "timeout",
                "the timeout must be shorter than the interval",
                given=Shown(f"{timeout} s"),
                allowed=f"less than {interval} s",
                practice=practice,
            )
        return list(found)


@frozen
class Stickiness:
    """Sends the requests of a browser to the same task while that task runs.

    Deployments that shift traffic do not support it, because browsers would stay with the old version.

    Attributes:
        duration: How long a browser stays with a task, 1 s to 7 days. Default: 1 day.
        cookie_name: Name of a cookie that your application sets, for the load balancer to follow. Default: a cookie
            that the load balancer sets.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
    """

    duration: DurationLike | None = None
    cookie_name: str | None = None

    @property
    def duration_seconds(self) -> int:
        """How long a browser stays with a task, in seconds."""
        return _DAY if self.duration is None else seconds(self.duration)

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        duration = self.duration_seconds
        # CDK compares it, so it must be known at synthesis.
        if is_token(duration) or not 1 <= duration <= 7 * _DAY:
            given = Shown("a token") if is_token(duration) else Shown(f"{duration} s")
            found.add("duration", "out of range", given=given, allowed="1 s to 7 days")
        name = self.cookie_name
        if name is not None and not is_token(name) and (not name or name.upper().startswith("AWSALB")):
            found.add(
                "cookie_name",
                "names that begin with AWSALB are reserved for the load balancer",
                given=name,
                allowed="the name of a cookie that the application sets",
            )
        return list(found)
