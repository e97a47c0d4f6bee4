"""Tests of an environment after its deployment."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

_SECONDS_BETWEEN = 10


@frozen
class SmokeTest:
    """Commands that test an environment after its deployment; if one fails, the stage fails and rolls back.

    CodeBuild runs them without permissions in any account: they see what a user of the application sees.

    Attributes:
        commands: The commands, run with bash in the root of the source.
        outputs: Environment variables that get the value of a `CfnOutput` of the environment: `{"URL": "WebUrl"}`, by
            the id of the output. Default: none.

    See https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html
    """

    commands: Sequence[str]
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])

    @staticmethod
    def http(output: str, *, path: str = "/", attempts: int = 12) -> SmokeTest:
        """Requests a page until it responds, and fails if it does not.

        Args:
            output: Id of the `CfnOutput` with the address, including `https://`.
            path: Path of the page. Default: `/`.
            attempts: Maximum number of requests, one every 10 seconds. Default: 12, two minutes.
        """
        retry = f"--retry {max(attempts - 1, 0)} --retry-delay {_SECONDS_BETWEEN} --retry-all-errors"
        page = shlex.quote(f"/{path.lstrip('/')}")
        command = f'curl --fail --silent --show-error --max-time 10 {retry} --output /dev/null "$SMOKE_TEST_URL"{page}'
        return SmokeTest(commands=[command], outputs={"SMOKE_TEST_URL": output})

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("commands") and not any(command.strip() for command in self.commands):
            found.add("commands", "nothing is tested", given=self.commands, allowed="one command or more")
        return list(found)
