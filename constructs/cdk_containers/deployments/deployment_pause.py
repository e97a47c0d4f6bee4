"""Stages at which a deployment waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems

from .bake_times import LONGEST_WAIT_MINUTES, minutes, minutes_problems
from .stages import stage_problems

PauseStage: TypeAlias = Literal[
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
]
"""Stages of a deployment that can wait: all except those that shift traffic."""

_HOUR = 60


@frozen
class DeploymentPause:
    """Pauses a deployment until you call `ContinueServiceDeployment` to continue or to roll back.

    The first deployment also pauses, which pauses the creation of the stack.

    Attributes:
        stages: Stages at which it waits. One or more.
        timeout: How long it waits for an answer, 1–1980 minutes. Default: 60 minutes, because the 24 hours of AWS come
            close to the 36 hours after which CloudFormation times out.
        on_timeout: What happens without an answer, `ROLLBACK` or `CONTINUE`. Default: `ROLLBACK`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
    """

    stages: Sequence[PauseStage]
    timeout: DurationLike | None = None
    on_timeout: Literal["ROLLBACK", "CONTINUE"] = "ROLLBACK"

    @property
    def identity(self) -> tuple[object, ...]:
        """Identity of the pause: a deployment waits for each of two pauses at one stage."""
        return sorted(self.stages), self.timeout_minutes, self.on_timeout

    @property
    def timeout_minutes(self) -> int:
        """How long it waits for an answer, in minutes."""
        return minutes(self.timeout, _HOUR)

    def problems(self) -> list[Problem]:
        """Find problems with this pause."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(stage_problems(self.stages))
        found.extend(
            minutes_problems("timeout", self.timeout, low=1, high=LONGEST_WAIT_MINUTES, practice="deployment-hooks")
        )
        return list(found)
