"""A pipeline that builds images once, and deploys them by digest to one environment after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.applications import Environment
from cdk_containers.core.cdk_modules import codepipeline, kms, s3
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError
from cdk_containers.core.inputs import argument_problems, usable_arguments
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs, owned_log_group

from .application_checks import application_problems
from .artifacts import artifact_bucket
from .delivery_stages import DeliveryStages
from .image_build import ImageBuild, let_pull
from .image_signing import ImageSigning
from .pipeline_checks import pipeline_problems
from .release import RELEASE_FILE, Release, not_built
from .scan_gate import ScanGate
from .source import Source
from .synthesis import Synthesis
from .wave import Wave

Application = Callable[[cdk.Stage, Environment, Release], None]
"""Adds the stacks of an application to a stage."""


class Pipeline(CheckedConstruct):
    """A CodePipeline that builds images once, and deploys them by digest to one environment after the other.

    A push starts it: CodeBuild builds each image on a Docker server, a gate reads the scans of ECR, and CDK synthesizes
    the app with the digests written into it. That one assembly goes to every environment, so what was tested in the
    first is what runs in the last. Each environment has its window, its approval and its smoke tests, and a stage that
    fails is rolled back. CloudFormation deploys, so the pipeline waits for the deployment of ECS and has its result.

    The first deployment is by hand, `cdk deploy` of the stack of the pipeline; from then on it updates itself.

    Attributes:
        pipeline: The pipeline.
        release: What the environments were synthesized with.
        stages: The environments' stages with their stacks, by the names of the environments.
        artifact_bucket: Where source and assembly are kept.
        encryption_key: The key of the bucket, the logs and the topics.
        log_group: What all builds write to.

    See https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html
    """

    pipeline: codepipeline.Pipeline
    release: Release
    stages: dict[str, cdk.Stage]
    artifact_bucket: s3.Bucket
    encryption_key: kms.IKey
    log_group: aws_logs.ILogGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        source: Source,
        images: Sequence[ImageBuild],
        environments: Sequence[Environment | Wave],
        application: Application,
        release: Release | None = None,
        scan_gate: ScanGate | Disabled | None = None,
        synthesis: Synthesis | None = None,
        signing: ImageSigning | None = None,
        approval_notes: Sequence[str] = (),
        logs: Logs | None = None,
        encryption_key: kms.IKey | None = None,
        access_log_bucket: s3.IBucket | None = None,
    ) -> None:
        """Make a pipeline.

        Args:
            scope: The parent, a stack with an account and a region, mostly in an account of its own.
            id: Name among the parent's children.
            source: Where the code is, and which pushes start the pipeline.
            images: The images that it builds, each once.
            environments: Where it deploys to, in this order: an `Environment`, or a `Wave` of some side by side. Each
                has an account and a region; its `approval` is asked for before it is deployed to.
            application: Adds the stacks of the application to the stage of an environment:
                `def shop(stage, environment, release)`. The images come from the release:
                `release.image(stack, "web")`.
            release: The digests to deploy. Default: those that the pipeline wrote to `release/release.json`; before
                there is such a file, a digest of zeros, with which the pipeline can be deployed and the application
                cannot.
            scan_gate: How many known vulnerabilities an image may have. Default: `ScanGate()`, none that is critical or
                high. `Disabled(reason="…")` lets all images pass.
            synthesis: How the app is synthesized. Default: `Synthesis()`.
            signing: Signs the images when they are pushed; the builds may sign with its profile. Default: none.
            approval_notes: Commands whose output is shown with the question for an approval, such as the difference in
                cost. They run in the assembly, with the rights to read that `cdk diff` has; `changes.txt` has what
                changes. Default: none.
            logs: How long the logs of the builds are kept. Default: one year, encrypted with `encryption_key`.
            encryption_key: KMS key of the artifacts; its policy is extended. Default: a key is made, which AWS rotates
                every year. With environments in other accounts, it cannot be one that AWS manages.
            access_log_bucket: Where S3 writes who read the artifacts. Default: a bucket is made.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(Pipeline.__init__, given)
        usable = usable_arguments(Pipeline.__init__, given, found)
        for option, nothing in {"source": None, "images": (), "environments": (), "application": None}.items():
            if found.has(option):
                usable[option] = nothing
        usable["scan_gate"] = usable["scan_gate"] or ScanGate()
        usable["synthesis"] = usable["synthesis"] or Synthesis()
        if not found.has("scope"):
            found.extend_anew(pipeline_problems(scope, **usable))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        stack, waves = cdk.Stack.of(self), [Wave.of(one) for one in environments]
        self.release = release or _release_on_disk() or _before_the_first(images, stack)
        self.encryption_key = encryption_key or kms.Key(
            self, "Key", enable_key_rotation=True, removal_policy=cdk.RemovalPolicy.RETAIN
        )
        self.log_group = owned_log_group(self, "LogGroup", logs or Logs(encryption_key=self.encryption_key))
        self.artifact_bucket = artifact_bucket(self, self.encryption_key, access_log_bucket)
        for image in images:
            let_pull(image, {one.account or "" for wave in waves for one in wave.environments} - {stack.account})

        parts = DeliveryStages(self, source, scan_gate or ScanGate(), synthesis or Synthesis())
        parts.build(images)
        self.stages = {}
        for wave in waves:
            for environment in wave.environments:
                self.stages[environment.name] = self._stage(environment, application)
            parts.deploy(wave, self.stages, approval_notes)
        self.pipeline = parts.finish(source, waves)
        if signing is not None:
            for role in parts.build_roles:
                signing.grant_sign(role)

    def _stage(self, environment: Environment, application: Application) -> cdk.Stage:
        """Make the stacks of an environment."""
        stage = cdk.Stage(
            self, environment.name, env=cdk.Environment(account=environment.account, region=environment.region)
        )
        application(stage, environment, self.release)
        if not self.release.is_built:
            cdk.Annotations.of(stage).add_warning_v2(
                "cdk-containers:not-built",
                f"No image was built yet, so deploy the stack of the pipeline only: {environment.name} would fail",
            )
        if problems := application_problems(stage, environment, self.release):
            raise ConstructError(self.node.path, problems)
        return stage


def _release_on_disk() -> Release | None:
    return Release.from_file() if Path(RELEASE_FILE).exists() else None


def _before_the_first(images: Sequence[ImageBuild], stack: cdk.Stack) -> Release:
    return not_built(
        {image.name: image.repository_arn(stack) for image in images},
        {image.name: image.architecture for image in images},
    )
