"""A pipeline that builds images once and deploys them by digest to one environment after the other."""

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
    """A CodePipeline that builds images once and deploys them by digest to one environment after the other.

    A push starts it: CodeBuild builds each image on a Docker server, a gate checks the ECR scan results, and CDK
    synthesizes the app with the digests. The same assembly goes to every environment, so the last environment runs what
    you tested in the first. Each environment can have a deployment window, an approval and smoke tests, and a failed
    stage rolls back. CloudFormation deploys, so the pipeline waits for the ECS deployment and gets its result.

    Deploy the stack of the pipeline once with `cdk deploy`. After that, the pipeline updates itself.

    Attributes:
        pipeline: The pipeline.
        release: The release with which the environments were synthesized.
        stages: The environments' stages with their stacks, by the names of the environments.
        artifact_bucket: The bucket for source and assembly.
        encryption_key: The key of the bucket, the logs and the topics.
        log_group: The log group of all builds.

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
        """Create a pipeline.

        Args:
            scope: The parent, a stack with an account and a region, usually in a separate account.
            id: Name among the parent's children.
            source: The repository, and which pushes start the pipeline.
            images: Images to build, each once.
            environments: Environments in deployment order: an `Environment`, or a `Wave` of parallel environments. Each
                needs an account and a region. The pipeline waits for the `approval` of an environment before it deploys
                there.
            application: Function that adds the stacks of the application to the stage of an environment:
                `def shop(stage, environment, release)`. The images come from the release:
                `release.image(stack, "web")`.
            release: The digests to deploy. Default: those that the pipeline wrote to `release/release.json`; without
                this file, a digest of zeros, with which you can deploy the pipeline but not the application.
            scan_gate: How many known vulnerabilities an image may have. `Disabled(reason="…")` accepts all images.
                Default: `ScanGate()`, no critical and no high vulnerabilities.
            synthesis: How the app is synthesized. Default: `Synthesis()`.
            signing: Signs the images when they are pushed; the builds get permission to sign with its profile. Default:
                none.
            approval_notes: Commands whose output is shown with the approval request, such as the difference in cost.
                They run in the assembly, with the read permissions of `cdk diff`; `changes.txt` contains the changes.
                Default: none.
            logs: Retention and encryption of the build logs. Default: one year, encrypted with `encryption_key`.
            encryption_key: KMS key of the artifacts; the construct extends its policy. With environments in other
                accounts, it cannot be an AWS managed key. Default: a new key, which AWS rotates every year.
            access_log_bucket: Bucket for the S3 access logs of the artifacts. Default: a new bucket.

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
        """Create the stacks of an environment."""
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
