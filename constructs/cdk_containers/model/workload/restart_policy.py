"""Restarts of single containers."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems


@frozen
class RestartPolicy:
    """Restarts a single container when it exits, without a new task.

    Attributes:
        ignored_exit_codes: Exit codes that do not cause a restart; on ECS up to 50. Default: none.
        attempt_period: Minimum time that the container must run before a restart; on ECS 60–1800 s. Default: 300 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """

    ignored_exit_codes: Sequence[int] = ()
    attempt_period: DurationLike | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this policy."""
        return field_problems(self)
