"""Log drivers of containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from .secrets import environment_problems, secret_problems


@frozen
class LogDriver:
    """A log driver instead of the log group of the construct.

    Attributes:
        name: `splunk` on Fargate, and `awsfirelens` in a task with a log router.
        options: Options of the driver. Values that look like secrets are rejected.
        secret_options: Options whose values come from Secrets Manager or SSM.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    secret_options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def problems(self) -> list[Problem]:
        """Find what is wrong with this driver."""
        return field_problems(self) or [
            *environment_problems(self.options, option="options", secrets="secret_options"),
            *secret_problems(self.secret_options),
        ]
