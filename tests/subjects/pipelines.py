"""Subjects of `delivery` that a pipeline on CodePipeline has."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs, pipelines
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    Approval,
    ConstructError,
    DeploymentWindow,
    Disabled,
    Environment,
    ImageBuild,
    ImageSigning,
    Logs,
    Pipeline,
    Release,
    ReleasedImage,
    Repository,
    ScanGate,
    SmokeTest,
    Source,
    Synthesis,
    Wave,
)
from cdk_containers.core.inputs import is_token
from tests.toolkit import REASON

from .making import OFF, key
from .subject import Change, Subject

CONNECTION = "arn:aws:codeconnections:eu-west-1:111111111111:connection/11111111-2222-3333-4444-55555555555{}"
WEB = "arn:aws:ecr:eu-west-1:111111111111:repository/shop/web"
DIGEST, OTHER_DIGEST = f"sha256:{'ab' * 32}", f"sha256:{'cd' * 32}"
TOOLS = cdk.Environment(account="111111111111", region="eu-west-1")
DEV = Environment(name="dev", account="111111111111", region="eu-west-1")
TEST = Environment(name="test", account="111111111111", region="eu-west-1")
ASKED = Environment(
    name="dev", account="111111111111", region="eu-west-1", approval=Approval(email_addresses=["a@example.com"])
)
SOURCE = {"connection_arn": CONNECTION.format(5), "repository": "example/shop"}


def _images(stack: cdk.Stack, id: str = "Images", name: str = "shop/web") -> Repository:  # noqa: A002
    found = stack.node.try_find_child(id)
    return found if isinstance(found, Repository) else Repository(stack, id, repository_name=name)


def _shop(stage: cdk.Stage, environment: Environment, release: Release) -> None:
    stack = cdk.Stack(stage, "Shop")
    cdk.CfnOutput(stack, "Url", value=f"https://{environment.name}.example.com/{release.commit}")


def _other(stage: cdk.Stage, environment: Environment, release: Release) -> None:
    _shop(stage, environment, release)
    cdk.CfnOutput(cdk.Stack(stage, "Other"), "Name", value="other")


def _image(stack: cdk.Stack, **options: Any) -> ImageBuild:
    return ImageBuild(**{"name": "web", "repository": _images(stack)} | options)


def _base(stack: cdk.Stack) -> dict[str, Any]:
    return {
        "source": Source(**SOURCE),
        "images": [_image(stack)],
        "environments": [DEV],
        "application": _shop,
    }


def _pipeline(stack: cdk.Stack, **options: Any) -> Pipeline:
    """Make a pipeline in the stack, or in a stack with an account and region if this one has none."""
    if is_token(stack.region):
        root = stack.node.root
        found = root.node.try_find_child("Tools")
        stack = found if isinstance(found, cdk.Stack) else cdk.Stack(root, "Tools", env=TOOLS)  # type: ignore[arg-type]
        if "images" not in options:
            options["images"] = [_image(stack)]
    return Pipeline(stack, "Pipeline", **_base(stack) | options)


def _wave(stack: cdk.Stack, **options: Any) -> Pipeline:
    return _pipeline(stack, environments=[Wave(**{"environments": [DEV]} | options)])


def _task(stack: cdk.Stack, given: dict[str, Any]) -> ecs.CfnTaskDefinition:
    """Make a task that runs the image of a release, and says its commit."""
    release = Release(**given)
    if problems := release.problems():
        raise ConstructError("Shop/Task", problems)
    name = next(iter(release.images), "web")
    image, released = release.image(stack, name), release.images[name]
    return ecs.CfnTaskDefinition(
        stack,
        "Task",
        container_definitions=[{"name": "web", "image": image.repository.repository_uri_for_digest(released.digest)}],
        runtime_platform={"cpuArchitecture": released.architecture},
        tags=[cdk.CfnTag(key="commit", value=str(release.commit))],
    )


RELEASED = {"repository_arn": WEB, "digest": DIGEST}

SUBJECTS: list[Subject] = [
    Subject(Pipeline, lambda stack, given: _pipeline(stack, **given), _base),
    Subject(Source, lambda stack, given: _pipeline(stack, source=Source(**given)), lambda _: dict(SOURCE)),
    Subject(
        ImageBuild,
        lambda stack, given: _pipeline(stack, images=[ImageBuild(**given)]),
        lambda stack: {"name": "web", "repository": _images(stack)},
    ),
    Subject(ScanGate, lambda stack, given: _pipeline(stack, scan_gate=ScanGate(**given))),
    Subject(Synthesis, lambda stack, given: _pipeline(stack, synthesis=Synthesis(**given))),
    Subject(Wave, lambda stack, given: _wave(stack, **given), lambda _: {"environments": [DEV]}),
    Subject(
        SmokeTest,
        lambda stack, given: _wave(stack, smoke_tests=[SmokeTest(**given)]),
        lambda _: {"commands": ["./test.sh"]},
    ),
    Subject(
        DeploymentWindow,
        lambda stack, given: _wave(stack, window=DeploymentWindow(**given)),
        lambda _: {"hours": "9-16"},
    ),
    Subject(
        Release,
        _task,
        lambda _: {"images": {"web": ReleasedImage(**RELEASED)}},
    ),
    Subject(
        ReleasedImage,
        lambda stack, given: _task(stack, {"images": {"web": ReleasedImage(**given)}}),
        lambda _: dict(RELEASED),
    ),
    Subject(ImageSigning, lambda stack, given: ImageSigning(stack, "Signing", **given)),
]


def _signing(stack: cdk.Stack) -> ImageSigning:
    return ImageSigning(stack, "Signing")


def _bucket(stack: cdk.Stack) -> s3.IBucket:
    return s3.Bucket(stack, "Access")


CHANGES: dict[str, dict[str, Any]] = {
    "Pipeline": {
        "source": Source(**SOURCE, branch="trunk"),
        "images": lambda stack: [_image(stack), _image(stack, name="api")],
        "environments": [DEV, TEST],
        "application": lambda _: _other,
        "scan_gate": OFF,
        "synthesis": Synthesis(directory="infra"),
        "signing": _signing,
        "approval_notes": Change(["cat cost.txt"], beside={"environments": [ASKED]}),
        "logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "encryption_key": key("ArtifactKey"),
        "access_log_bucket": _bucket,
    },
    "Source": {
        "connection_arn": CONNECTION.format(6),
        "repository": "example/other",
        "branch": "trunk",
        "branches": ["release/**"],
        "paths": ["web/**"],
        "tags": ["v*"],
    },
    "ImageBuild": {
        "name": "api",
        "repository": lambda stack: _images(stack, "Others", "shop/api"),
        "directory": "web",
        "dockerfile": "Containerfile",
        "target": "runtime",
        "build_args": {"VERSION": "2"},
        "architecture": "ARM64",
        "scan": OFF,
    },
    "ScanGate": {"critical": 1, "high": 1, "medium": 5, "low": 9, "exceptions_file": "security/exceptions.json"},
    "Synthesis": {
        "commands": ["make synth"],
        "directory": "infra",
        "cli_version": "2.1200.0",
    },
    "Wave": {
        "environments": [TEST],
        "name": Change("both", along={"environments": [DEV, TEST]}),
        "window": DeploymentWindow(hours="9-16"),
        "smoke_tests": [SmokeTest(commands=["./test.sh"])],
        "rollback": Disabled(REASON),
        "before": lambda _: [pipelines.ShellStep("Before", commands=["./before.sh"])],
        "after": lambda _: [pipelines.ShellStep("After", commands=["./after.sh"])],
    },
    "SmokeTest": {"commands": ["./other.sh"], "outputs": {"URL": "Url"}},
    "DeploymentWindow": {"hours": "9-17", "days": "TUE", "time_zone": "Europe/Berlin"},
    "Release": {"images": {"web": ReleasedImage(repository_arn=WEB, digest=OTHER_DIGEST)}, "commit": "abc"},
    "ReleasedImage": {"repository_arn": WEB.replace("web", "api"), "digest": OTHER_DIGEST, "architecture": "ARM64"},
    "ImageSigning": {"repositories": ["shop/*"]},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "Pipeline.release": "templates of the environments have it: see test_pipeline",
    "Synthesis.assets_version": "only a pipeline that publishes assets has it: see test_pipeline",
}

NOT_A_SUBJECT: dict[str, str] = {}
