"""Restarting a container on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class RestartPolicy:
    """Restart a container on its own, without a new task, when it exits.

    Attributes:
        ignored_exit_codes: Exit codes that do not cause a restart, up to 50. Default: none.
        attempt_period: Time that the container must have run before it is restarted, 60–1800 s. Default: 300 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """

    ignored_exit_codes: Sequence[int] = ()
    attempt_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this policy."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if len(self.ignored_exit_codes) > 50:
            found.add("ignored_exit_codes", "too many", given=len(self.ignored_exit_codes), allowed="up to 50")
        if self.attempt_period is not None:
            value = seconds(self.attempt_period)
            if not 60 <= value <= 1800:  # CDK compares it too, so it cannot be known at deployment only
                given = Shown("a token") if is_token(value) else f"{value} s"
                found.add("attempt_period", "out of range", given=given, allowed="60–1800 s, known at synthesis")
        return list(found)
