"""Rules of pipelines: a known source, and an order of deployments without circles."""

from __future__ import annotations

from cdk_containers.core.documents import nearest

from ..models.pipelines import Pipeline, Stage
from .given import Given, Key

PROVIDERS = ("GitHub", "GitHubV1", "Bitbucket", "CodeCommit")
_ACTIONS = ("pre_deployments", "post_deployments")


def check(pipeline: Pipeline, given: Given) -> None:
    """Record the problems of a pipeline."""
    if len(pipeline.name or "") > 100:
        given.refuse("at most 100 characters", "name")
    if pipeline.version not in (None, 1):
        given.refuse(f"got {pipeline.version}; allowed: 1", "version")
    given.missing("version")
    given.missing("source")
    if pipeline.source:
        given.missing("provider", "source")
        given.missing("properties", "source")
        if pipeline.source.provider and pipeline.source.provider not in PROVIDERS:
            message = (
                f"there is no provider {pipeline.source.provider!r}: {nearest(pipeline.source.provider, PROVIDERS)}"
            )
            given.refuse(message, "source", "provider")
    for number, stage in enumerate(pipeline.stages or []):
        if isinstance(stage, Stage):
            _stage(stage, given, "stages", number)


def _stage(stage: Stage, given: Given, *path: Key) -> None:
    given.missing("name", *path)
    if stage.test_commands and given.has(*path, "post_deployments"):
        given.refuse("`post_deployments` is also set: keep only that", *path, "test_commands")
    for kind in _ACTIONS:
        names = given.keys(*path, kind)
        for name in names:
            given.missing("buildspec", *path, kind, name)
        _order(names, given, *path, kind)
    _order(given.keys(*path, "deployments"), given, *path, "deployments")


def _order(names: list[str], given: Given, *path: Key) -> None:
    for name in names:
        for number, other in enumerate(given.texts(*path, name, "depends_on")):
            if other not in names:
                given.refuse(f"there is no {other!r}: {nearest(other, names)}", *path, name, "depends_on", number)
            elif other == name:
                given.refuse("waits for itself", *path, name, "depends_on", number)
