"""Restarting a container on its own."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems


@frozen
class RestartPolicy:
    """Restart a container on its own, without a new task, when it exits.

    Attributes:
        ignored_exit_codes: Exit codes that do not cause a restart; on ECS up to 50. Default: none.
        attempt_period: Time that the container must have run before it is restarted; on ECS 60–1800 s. Default: 300 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """

    ignored_exit_codes: Sequence[int] = ()
    attempt_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this policy."""
        return field_problems(self)
