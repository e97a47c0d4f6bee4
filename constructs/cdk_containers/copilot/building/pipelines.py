"""Notes about the pipelines of a workspace, which are not converted to stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..manifests.models.pipelines import Pipeline, Source, Stage
from ..manifests.reading import read_pipeline
from ..manifests.workspace import Place, Workspace

CONNECTED = {"GitHub": "GitHub", "Bitbucket": "Bitbucket"}
"""Providers that AWS CodeConnections supports."""

_DEFAULT_BRANCH = "main"


def pipeline_notes(workspace: Workspace, variables: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Return how to create each pipeline with this library, by the name of Copilot's stack.

    Args:
        workspace: The workspace.
        variables: What `${VAR}` stands for in manifests. Default: the variables of the shell.

    Raises:
        ManifestError: The manifest of a pipeline is invalid.
    """
    return {
        f"pipeline-{workspace.application}-{name}": _notes(place, workspace, variables)
        for name, place in workspace.pipelines.items()
        if place.manifest is not None
    }


def _notes(place: Place, workspace: Workspace, variables: Mapping[str, str] | None) -> list[str]:
    assert place.manifest is not None  # noqa: S101  (who has none was left out)
    pipeline = read_pipeline(place.manifest, variables=variables).model
    stages = ", ".join(_stage(one) for one in pipeline.stages or [])
    notes = [
        f"the pipeline {place.name} is not converted: create it with `Pipeline` of cdk_containers",
        f"{_source(pipeline.source)}; stages {stages}",
    ]
    notes += _build(pipeline)
    for stage in pipeline.stages or []:
        notes += _around(stage)
    if place.overrides is not None:
        notes.append(f"copilot/pipelines/{place.name}/overrides changes Copilot's template and is not applied")
    unknown = [one.name for one in pipeline.stages or [] if one.name not in workspace.environments]
    notes += [f"stage {name}: the workspace has no such environment" for name in unknown]
    return notes


def _source(source: Source | None) -> str:
    """Describe the source."""
    if source is None:
        return "no source"
    properties: Mapping[str, object] = source.properties or {}
    repository = str(properties.get("repository", "")).removeprefix("https://").removesuffix(".git")
    said = f"source {source.provider} {repository}, branch {properties.get('branch', _DEFAULT_BRANCH)}"
    if "connection_name" in properties:
        return f"{said}, through the connection {properties['connection_name']}"
    if source.provider in CONNECTED:
        return f"{said}, through the connection that Copilot created for it"
    if source.provider == "GitHubV1":
        return (
            f"{said}, through a new connection: the access token {properties.get('access_token_secret')} does not work "
            "for it"
        )
    return said


def _stage(stage: Stage) -> str:
    return f"{stage.name} after an approval" if stage.requires_approval else str(stage.name)


def _build(pipeline: Pipeline) -> list[str]:
    """Describe the differences of the build from the default: most buildspecs are unchanged from Copilot."""
    build = pipeline.build
    if build is None:
        return []
    given: Sequence[tuple[str, object]] = (
        ("build.image", build.image),
        ("build.buildspec", build.buildspec),
        ("build.additional_policy", build.additional_policy and "statements for the role of the build"),
    )
    return [f"{key}: {value}" for key, value in given if value]


def _around(stage: Stage) -> list[str]:
    """Describe the actions before, between and after the deployments of a stage."""
    notes = []
    if stage.test_commands:
        notes.append(f"stage {stage.name}, commands after the deployment: {'; '.join(stage.test_commands)}")
    for when, actions in (("before", stage.pre_deployments), ("after", stage.post_deployments)):
        for name, action in (actions or {}).items():
            told = f"stage {stage.name}, {when} the deployment: {name}"
            notes.append(f"{told} runs {action.buildspec}" if action is not None and action.buildspec else told)
    if stage.deployments:
        order = [
            f"{name} after {', '.join(one.depends_on)}" if one is not None and one.depends_on else name
            for name, one in stage.deployments.items()
        ]
        notes.append(f"stage {stage.name} deploys {', '.join(order)}")
    return notes
