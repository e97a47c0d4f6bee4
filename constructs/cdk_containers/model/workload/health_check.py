"""Health checks of containers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds

from .command import unsplit_problems
from .secrets import text_problems

_INTERVAL, _TIMEOUT, _START_PERIOD = timedelta(seconds=10), timedelta(seconds=5), timedelta(seconds=30)


@frozen
class CheckTimes:
    """When a check runs, in seconds, with defaults for missing values; each may be a token.

    Attributes:
        interval: Time between checks.
        timeout: Time for one check.
        start_period: Time at the start in which failures do not count.
    """

    interval: int
    timeout: int
    start_period: int

    @classmethod
    def of(cls, check: HealthCheck | HttpCheck) -> CheckTimes:
        """Return the times of a check."""
        return cls(
            interval=seconds(_INTERVAL if check.interval is None else check.interval),
            timeout=seconds(_TIMEOUT if check.timeout is None else check.timeout),
            start_period=seconds(_START_PERIOD if check.start_period is None else check.start_period),
        )


@frozen
class HealthCheck:
    """A command in the container that checks its health.

    Attributes:
        command: The command, as a list for `CMD` or as one string for a shell; a list may begin with `CMD` or
            `CMD-SHELL`, as ECS writes it. Exit code 0 means healthy.
        interval: Time between checks; on ECS 5–300 s. Default: 10 s, so that a failed task is replaced within a minute.
        timeout: Time for one check; on ECS 2–60 s. It may be longer than the interval. Default: 5 s.
        retries: Consecutive failures that make the container unhealthy; on ECS 1–10. Default: 3.
        start_period: Time at the start in which failures do not count; on ECS 0–300 s. Default: 30 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """

    command: str | Sequence[str]
    interval: DurationLike | None = None
    timeout: DurationLike | None = None
    retries: int = 3
    start_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this health check."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not self.command:
            found.add("command", "the command is empty", given=self.command, allowed="a command")
        found.extend(
            text_problems(self.command, option="command", way_out="a variable, which a shell reads when it runs")
        )
        if not isinstance(self.command, str):
            found.extend(unsplit_problems("command", self.command, instead="one string, for a shell"))
        return list(found)


@frozen
class HttpCheck:
    """A request from the platform that checks the health of a container from outside.

    Kubernetes sends such requests. ECS runs only commands (`HealthCheck`); there, the load balancer of an exposure
    sends requests.

    Attributes:
        path: Path of the request, such as `/healthz`. A status from 200 to 399 means healthy. It must not depend on a
            database: if the database is down, restarting containers makes it worse.
        port: Port of the request, 1–65535.
        https: Whether the port uses TLS; the certificate is not checked. Default: False.
        interval: Time between checks. Default: 10 s.
        timeout: Time for one check. Default: 5 s.
        retries: Consecutive failures that make the container unhealthy. Default: 3.
        start_period: Time at the start in which failures do not count. Default: 30 s.

    See https://docs.aws.amazon.com/eks/latest/best-practices/application.html
    """

    path: str
    port: int
    https: bool = False
    interval: DurationLike | None = None
    timeout: DurationLike | None = None
    retries: int = 3
    start_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this check."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.path) and not self.path.startswith("/"):
            found.add("path", "not an absolute path", given=self.path, allowed="a path such as /healthz")
        if not is_token(self.port) and not 1 <= self.port <= 65535:
            found.add("port", "not a port", given=self.port, allowed="1–65535", practice="port-mappings")
        return list(found)
