"""Environments that a pipeline deploys to at the same time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from cdk_containers.applications import Environment
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, has_members
from cdk_containers.core.practices import Disabled

from .smoke_test import SmokeTest
from .windows import DeploymentWindow

STAGE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,79}")

_ALLOWED_NAME = "1–80 letters, digits and hyphens, a letter first, such as prod"


@frozen
class Wave:
    """Environments that a pipeline deploys to in parallel, as one stage: production in two regions, for example.

    The next wave starts when all environments of this wave are deployed and tested.

    Attributes:
        environments: The environments. Each has an account and a region.
        name: Name of the stage. Required for several environments; a single environment gives the stage its own name.
        window: When a deployment may start; a release at another time waits. Default: at any time.
        smoke_tests: Tests that must pass in each environment after its deployment. Default: none.
        rollback: Whether a failed stage rolls back to its previous release. `Disabled(reason="…")` keeps the failed
            deployment, for investigation. Default: True.
        before: Additional CDK Pipelines steps that must succeed before the deployment. Default: none.
        after: Additional CDK Pipelines steps that must succeed after it. Default: none.

    See https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
    """

    environments: Sequence[Environment]
    name: str | None = None
    window: DeploymentWindow | None = None
    smoke_tests: Sequence[SmokeTest] = ()
    rollback: Literal[True] | Disabled = True
    before: Sequence[Any] = ()
    after: Sequence[Any] = ()

    @staticmethod
    def of(given: Environment | Wave) -> Wave:
        """Return the wave of a single environment, or the wave itself."""
        return given if isinstance(given, Wave) else Wave(environments=[given])

    @property
    def stage_name(self) -> str:
        """Name of the stage in the pipeline."""
        return self.name or self.environments[0].name

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("environments") and not self.environments:
            found.add("environments", "there are none", given=self.environments, allowed="one or more")
        if found.has("environments"):
            return list(found)
        for index, environment in enumerate(self.environments):
            found.extend(_place_problems(environment), under=f"environments[{index}]")
        found.extend(self._name_problems())
        if not found.has("window") and self.window is not None:
            found.extend(self.window.problems(), under="window")
        for index, test in enumerate(self.smoke_tests if not found.has("smoke_tests") else ()):
            found.extend(test.problems(), under=f"smoke_tests[{index}]")
        found.extend(disabled_problems(self.rollback), under="rollback")
        for option in ("before", "after"):
            if not found.has(option) and not all(
                has_members(step, "add_step_dependency") for step in getattr(self, option)
            ):
                found.add(option, "not steps", given=getattr(self, option), allowed="steps of aws_cdk.pipelines")
        return list(found)

    def _name_problems(self) -> list[Problem]:
        found = Problems()
        if self.name is None and len(self.environments) > 1:
            found.add("name", "a wave of several environments needs a name", allowed=_ALLOWED_NAME)
        elif self.name is not None and len(self.environments) == 1:
            found.add(
                "name",
                "a wave of one environment has the name of the environment",
                given=self.name,
                allowed="no name, or several environments",
            )
        elif not STAGE_NAME.fullmatch(self.stage_name):
            option = "name" if self.name is not None else "environments[0].name"
            found.add(option, "not a valid stage name", given=self.stage_name, allowed=_ALLOWED_NAME)
        return list(found)


def _place_problems(environment: Environment) -> list[Problem]:
    """Find the problems of an environment, including a missing account or region."""
    found = Problems()
    found.extend(environment.problems())
    for option in ("account", "region"):
        if not found.has(option) and getattr(environment, option) is None:
            found.add(
                option,
                f"{environment.name} has no {option}, so the deployment would go to that of the pipeline",
                allowed=f"Environment({option}=…)",
            )
    if not found.has("name") and not STAGE_NAME.fullmatch(environment.name):
        found.add("name", "not a valid stage name", given=environment.name, allowed=_ALLOWED_NAME)
    return list(found)
