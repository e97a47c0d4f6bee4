"""Lambda functions that decide whether a deployment continues."""

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
    """A Lambda function that a deployment calls at stages you choose, and that decides whether it continues.

    It answers `{"hookStatus": "SUCCEEDED"}`, `"FAILED"`, which rolls back, or `"IN_PROGRESS"`, after which ECS calls it
    again. Any other answer also rolls back.

    Attributes:
        function: The function, or a version or alias of it. ECS gets permission to call only this one.
        stages: Stages at which ECS calls it, such as `PRE_SCALE_UP` or `POST_TEST_TRAFFIC_SHIFT`. One or more.
        details: Additional input for the function in each call. Default: nothing.
        job: A job with a `timeout` that the function starts and waits for, such as a migration. The function gets
            permission to do so, and `details` contains the ARN of the job's state machine as `stateMachineArn`.
            Default: none.
        timeout: How long the function may answer `IN_PROGRESS`, 1–1980 minutes. Default: 24 hours, as in ECS.
        on_timeout: What happens after the timeout, `ROLLBACK` or `CONTINUE`. Default: `ROLLBACK`.

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
        """Identity of the hook: Python may represent one CDK function as two objects."""
        return self.function.node.path, sorted(self.stages), json.dumps(self.all_details, sort_keys=True)

    @property
    def timeout_configuration(self) -> Mapping[str, object]:
        """How long ECS waits and what it does then, if this differs from ECS's default."""
        if self.timeout is None and self.on_timeout == "ROLLBACK":
            return {}
        time = {} if self.timeout is None else {"TimeoutInMinutes": minutes(self.timeout, 0)}
        return {"TimeoutConfiguration": {**time, "Action": self.on_timeout}}

    @property
    def all_details(self) -> Mapping[str, Any]:
        """Input for the function, including the job."""
        machine = None if self.job is None else self.job.state_machine
        return self.details if machine is None else {**self.details, "stateMachineArn": machine.state_machine_arn}

    def problems(self) -> list[Problem]:
        """Find problems with this hook."""
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
                    "the job already sets it",
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
