"""Places where a deployment waits for somebody."""

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
"""Stages of a deployment that can wait: all but those in which traffic is on its way."""

_HOUR = 60


@frozen
class DeploymentPause:
    """A deployment waits until somebody calls `ContinueServiceDeployment`, to go on or to roll back.

    The first deployment waits too, and with it the creation of the stack.

    Attributes:
        stages: Where it waits. One or more.
        timeout: How long it waits for an answer, 1–1980 minutes. Default: 60 minutes; the 24 hours of AWS come near to
            the 36 after which CloudFormation gives up.
        on_timeout: What happens when nobody answers, `ROLLBACK` or `CONTINUE`. Default: `ROLLBACK`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
    """

    stages: Sequence[PauseStage]
    timeout: DurationLike | None = None
    on_timeout: Literal["ROLLBACK", "CONTINUE"] = "ROLLBACK"

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same as another: two pauses at one stage are both waited for."""
        return sorted(self.stages), self.timeout_minutes, self.on_timeout

    @property
    def timeout_minutes(self) -> int:
        """How long it waits for an answer, in minutes."""
        return minutes(self.timeout, _HOUR)

    def problems(self) -> list[Problem]:
        """Find what is wrong with this pause."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(stage_problems(self.stages))
        found.extend(
            minutes_problems("timeout", self.timeout, low=1, high=LONGEST_WAIT_MINUTES, practice="deployment-hooks")
        )
        return list(found)
