"""Pipelines for the tests: a pipeline that is synthesized once, and the parts that tests change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    Approval,
    DeploymentWindow,
    Environment,
    ImageBuild,
    ImageSigning,
    Pipeline,
    Release,
    ReleasedImage,
    Repository,
    SmokeTest,
    Source,
    Wave,
)

TOOLS, DEV, PROD = "999999999999", "111111111111", "222222222222"
REGION, OTHER_REGION = "eu-west-1", "us-east-1"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{TOOLS}:connection/11111111-2222-3333-4444-555555555555"
DIGEST = "sha256:" + "ab" * 32
APPROVAL = Approval(email_addresses=["lead@example.com"])


def tools_stack(app: cdk.App | None = None) -> cdk.Stack:
    env = cdk.Environment(account=TOOLS, region=REGION)
    app = app or cdk.App(analytics_reporting=False, tree_metadata=False)
    return cdk.Stack(app, "Tools", env=env)


def repository(stack: cdk.Stack, name: str = "shop/web") -> Repository:
    found = stack.node.try_find_child("Images")
    return found if isinstance(found, Repository) else Repository(stack, "Images", repository_name=name)


def release(**images: str) -> Release:
    """Create a release. Each image has its own digest."""
    return Release(
        commit="0123456789abcdef",
        images={
            name: ReleasedImage(repository_arn=f"arn:aws:ecr:{REGION}:{TOOLS}:repository/shop/{name}", digest=digest)
            for name, digest in (images or {"web": DIGEST}).items()
        },
    )


def environment(name: str, account: str = DEV, region: str = REGION, **options: Any) -> Environment:
    return Environment(name=name, account=account, region=region, **options)


def shop(stage: cdk.Stage, environment: Environment, release: Release, **platform: Any) -> None:
    """Add the smallest stack that runs an image: one task definition."""
    stack = cdk.Stack(stage, "Shop")
    image = release.image(stack, "web").repository.repository_uri_for_digest(release.images["web"].digest)
    ecs.CfnTaskDefinition(
        stack,
        "Web",
        container_definitions=[{"name": "web", "image": image}],
        tags=[cdk.CfnTag(key="environment", value=environment.name)],
        **platform,
    )
    cdk.CfnOutput(stack, "WebUrl", value=f"https://{environment.name}.example.com")


def options(stack: cdk.Stack) -> dict[str, Any]:
    """Return the least that a pipeline needs."""
    return {
        "source": Source.connection(CONNECTION, "example/shop"),
        "images": [ImageBuild(name="web", repository=repository(stack))],
        "environments": [environment("dev")],
        "application": shop,
        "release": release(),
    }


@dataclass(frozen=True)
class Made:
    """What a pipeline became."""

    folder: Path
    template: Mapping[str, Any]

    @property
    def pipeline(self) -> Mapping[str, Any]:
        return next(
            entry["Properties"]
            for entry in self.template["Resources"].values()
            if entry["Type"] == "AWS::CodePipeline::Pipeline"
        )

    @property
    def stages(self) -> dict[str, Mapping[str, Any]]:
        return {stage["Name"]: stage for stage in self.pipeline["Stages"]}

    def action(self, stage: str, name: str) -> Mapping[str, Any]:
        (found,) = [action for action in self.stages[stage]["Actions"] if action["Name"] == name]
        return found

    def project(self, stage: str, action: str) -> Mapping[str, Any]:
        configuration = self.action(stage, action)["Configuration"]
        project: Mapping[str, Any] = self.template["Resources"][configuration["ProjectName"]["Ref"]]["Properties"]
        return project

    def build_spec(self, stage: str, action: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.project(stage, action)["Source"]["BuildSpec"])
        return found

    def variables(self, stage: str, action: str) -> dict[str, Any]:
        project = self.project(stage, action)
        return {it["Name"]: it["Value"] for it in project["Environment"].get("EnvironmentVariables", [])}

    def deployed(self, environment: str) -> str:
        """Return the template of an environment, as text."""
        (path,) = (self.folder / f"assembly-Tools-Pipeline-{environment}").glob("*.template.json")
        return path.read_text()


def made(stack: cdk.Stack) -> Made:
    app = stack.node.root
    assert isinstance(app, cdk.App)
    folder = Path(app.synth().directory)
    return Made(folder, json.loads((folder / stack.template_file).read_text()))


def whole(folder: str) -> Made:
    """Make a pipeline with everything: two accounts, two regions, a window, approvals, tests and signatures."""
    stack = tools_stack(cdk.App(analytics_reporting=False, tree_metadata=False, outdir=folder))
    production = [
        environment("prod-eu", PROD, approval=Approval(email_addresses=["lead@example.com"], reason="Freeze in May?")),
        environment("prod-us", PROD, OTHER_REGION),
    ]
    Pipeline(
        stack,
        "Pipeline",
        **options(stack)
        | {
            "source": Source.connection(
                CONNECTION, "example/shop", branches=["main", "release/**"], paths=["web/**", "!**/*.md"], tags=["v*"]
            ),
            "images": [
                ImageBuild(
                    name="web",
                    repository=repository(stack),
                    directory="web",
                    target="runtime",
                    build_args={"B": "2", "A": "1"},
                )
            ],
            "environments": [
                environment("dev"),
                Wave(
                    name="prod",
                    environments=production,
                    window=DeploymentWindow(hours="9-16", time_zone="Europe/Berlin"),
                    smoke_tests=[SmokeTest.http("WebUrl", path="healthz")],
                ),
            ],
            "approval_notes": ["cat cost.txt", "echo 'a second note'"],
            "signing": ImageSigning(stack, "Signing", repositories=["shop/*"]),
        },
    )
    return made(stack)


@cache
def whole_pipeline() -> Made:
    return whole(mkdtemp(prefix="pipeline-"))
