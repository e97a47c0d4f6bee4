"""Pipelines, and the projects that their actions run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import parts, properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_PIPELINE = "ArtifactStore Stages"
_PROJECT = "Environment Name Source"


@reader(
    {"AWS::CodePipeline::Pipeline": f"{_PIPELINE} ArtifactStores Name"}, codepipeline=("list_pipelines", "get_pipeline")
)
def pipelines(account: Account) -> Iterator[Found]:
    """Find the pipelines."""
    for listed in account.pages("codepipeline", "list_pipelines", "pipelines"):
        name = listed["name"]
        answer = account.call("codepipeline", "get_pipeline", name=name)
        if answer is None:
            continue
        it = answer["pipeline"]
        stores = [
            {"Region": region, **properties({"artifactStore": store}, "ArtifactStore")}
            for region, store in it.get("artifactStores", {}).items()
        ]
        yield Found(
            type="AWS::CodePipeline::Pipeline",
            name=answer["metadata"]["pipelineArn"],
            properties=properties(it, f"{_PIPELINE} Name") | ({"ArtifactStores": stores} if stores else {}),
            identifiers=frozenset({answer["metadata"]["pipelineArn"]}),
            physical_id=name,
        )


@reader({"AWS::CodeBuild::Project": _PROJECT}, codebuild=("list_projects", "batch_get_projects"))
def projects(account: Account) -> Iterator[Found]:
    """Find the projects."""
    for names in parts(list(account.pages("codebuild", "list_projects", "projects")), 100):
        for it in account.pages("codebuild", "batch_get_projects", "projects", names=names):
            yield Found(
                type="AWS::CodeBuild::Project",
                name=it["arn"],
                properties=properties(it, _PROJECT),
                identifiers=frozenset({it["arn"], it["name"]}),
            )
