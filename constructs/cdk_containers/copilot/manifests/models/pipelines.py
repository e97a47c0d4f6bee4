"""A pipeline: source, build, stages."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.frozen import frozen

from .keys import key


@frozen
class Source:
    """Source of the code."""

    provider: str | None = None
    properties: dict[str, Any] | None = None


@frozen
class AdditionalPolicy:
    """Additional permissions of the build."""

    policy_document: dict[str, Any] | None = key("PolicyDocument")


@frozen
class PipelineBuild:
    """Build of the code."""

    image: str | None = None
    buildspec: str | None = None
    additional_policy: AdditionalPolicy | None = None


@frozen
class Action:
    """A build project before or after the deployments of a stage."""

    buildspec: str | None = None
    depends_on: list[str] | None = None


@frozen
class StageDeployment:
    """One stack that a stage deploys."""

    stack_name: str | None = None
    template_path: str | None = None
    template_config: str | None = None
    depends_on: list[str] | None = None


@frozen
class Stage:
    """An environment that the pipeline deploys to."""

    name: str | None = None
    requires_approval: bool | None = None
    test_commands: list[str] | None = None
    pre_deployments: dict[str, Action | None] | None = None
    deployments: dict[str, StageDeployment | None] | None = None
    post_deployments: dict[str, Action | None] | None = None


@frozen
class Pipeline:
    """The manifest of a pipeline."""

    name: str = ""
    version: int | None = None
    source: Source | None = None
    build: PipelineBuild | None = None
    stages: list[Stage] | None = None
