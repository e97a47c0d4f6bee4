"""Lambda functions that a deployment asks whether it may go on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, TypeAlias

from cdk_containers.core.cdk_modules import lambda_
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems

from .bake_times import LONGEST_WAIT_MINUTES, minutes, minutes_problems
from .hook_jobs import WatchedJob, job_problems
from .stages import stage_problems

HookStage: TypeAlias = Literal[
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
]
"""Stages of a deployment at which a function is called."""


@frozen
class DeploymentHook:
    """A function that a deployment calls at some of its stages, and that says whether it goes on.

    It answers `{"hookStatus": "SUCCEEDED"}`, `"FAILED"`, which rolls back, or `"IN_PROGRESS"`, and is called again. An
    answer that is none of them rolls back too.

    Attributes:
        function: The function, or a version or alias of one. ECS may call this one and no other.
        stages: When it is called: `PRE_SCALE_UP`, `POST_TEST_TRAFFIC_SHIFT` and so on. One or more.
        details: What the function is given with each call, beside what ECS tells it. Default: nothing.
        job: A job with a `timeout` that the function starts and waits for, such as a migration: it may do so, and finds
            the ARN of the job's state machine in `details`, as `stateMachineArn`. Default: none.
        timeout: How long a function may go on to answer `IN_PROGRESS`, 1–1980 minutes. Default: as ECS, 24 hours.
        on_timeout: What happens then, `ROLLBACK` or `CONTINUE`. Default: `ROLLBACK`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
    """

    function: lambda_.IFunction
    stages: Sequence[HookStage]
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    job: WatchedJob | None = None
    timeout: DurationLike | None = None
    on_timeout: Literal["ROLLBACK", "CONTINUE"] = "ROLLBACK"

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same as another: Python may hold one function of CDK in two objects."""
        return self.function.node.path, sorted(self.stages), json.dumps(self.all_details, sort_keys=True)

    @property
    def timeout_configuration(self) -> Mapping[str, object]:
        """How long ECS waits, and what it does then, where that is not what it does by itself."""
        if self.timeout is None and self.on_timeout == "ROLLBACK":
            return {}
        time = {} if self.timeout is None else {"TimeoutInMinutes": minutes(self.timeout, 0)}
        return {"TimeoutConfiguration": {**time, "Action": self.on_timeout}}

    @property
    def all_details(self) -> Mapping[str, Any]:
        """What the function is given, the job included."""
        machine = None if self.job is None else self.job.state_machine
        return self.details if machine is None else {**self.details, "stateMachineArn": machine.state_machine_arn}

    def problems(self) -> list[Problem]:
        """Find what is wrong with this hook."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(stage_problems(self.stages))
        found.extend(
            minutes_problems("timeout", self.timeout, low=1, high=LONGEST_WAIT_MINUTES, practice="deployment-hooks")
        )
        if self.job is not None:
            found.extend(job_problems(self.job))
            if "stateMachineArn" in self.details:
                found.add(
                    "details['stateMachineArn']",
                    "the job sets it",
                    allowed="job or stateMachineArn, not both",
                    practice="migration-order",
                )
        try:
            json.dumps(self.details)
        except (TypeError, ValueError):
            found.add(
                "details",
                "not JSON",
                allowed="text, numbers, lists and mappings of them",
                practice="deployment-hooks",
            )
        return list(found)
