"""Practices for pipelines, from a commit to production."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="build-once",
        title="Build an image once, and deploy the same digest to every environment",
        why=(
            "An image that you build again for production is a different image: a base image or a package can have "
            "changed since the tests. Production then runs an image that was not tested."
        ),
        source="https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html",
        severity=Severity.HIGH,
        option="Pipeline.images",
    ),
    Practice(
        id="scan-gate",
        title="Stop a pipeline if an image has too many vulnerabilities",
        why=(
            "If no step waits for the scan, the image reaches production before anyone reads the findings. A gate "
            "without a threshold lets every image pass."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-InspectorScan.html",
        severity=Severity.HIGH,
        option="Pipeline.scan_gate",
    ),
    Practice(
        id="approval-before-production",
        title="Require an approval before a pipeline deploys to production",
        why=(
            "Without an approval, every commit reaches users within minutes, no matter who wrote it. A reviewer finds "
            "problems that no test covers."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html",
        severity=Severity.MEDIUM,
        option="Environment.approval",
    ),
    Practice(
        id="stage-rollback",
        title="Roll back a pipeline stage when it fails",
        why=(
            "Without a rollback, a release that fails its tests stays deployed until you act. A rollback deploys the "
            "last successful release from its stored artifacts."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html",
        severity=Severity.MEDIUM,
        option="Wave.rollback",
    ),
    Practice(
        id="no-deploy-outside-cloudformation",
        title="Deploy services through the stack that created them",
        why=(
            "The ECS action of CodePipeline registers a task definition that is not in the stack. The next stack "
            "update brings the old image back, and drift detection reports a difference. The action also needs "
            "permission to pass any role to any task."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html",
        severity=Severity.HIGH,
        option="Pipeline",
    ),
    Practice(
        id="pipeline-artifacts-encrypted",
        title="Encrypt the artifacts of a pipeline with a customer managed key",
        why=(
            "Artifacts contain your source code and your deployments. Only the policy of a customer managed key "
            "controls which accounts can read them, and other accounts that the pipeline deploys to cannot use an AWS "
            "managed key."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html",
        severity=Severity.MEDIUM,
        option="Pipeline.encryption_key",
    ),
    Practice(
        id="unprivileged-image-build",
        title="Build images without privileged mode",
        why=(
            "A build in privileged mode has access to all devices of its host, and runs the commands of your "
            "Dockerfile and its base images. A Docker server builds images without it."
        ),
        source="https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker-server.html",
        severity=Severity.MEDIUM,
        option="ImageBuild",
        checkers={
            "security-hub": ("CodeBuild.5",),
            "cdk-nag": ("AwsSolutions-CB3",),
        },
    ),
    Practice(
        id="signed-images",
        title="If the registry signs images, sign the images of every repository",
        why=(
            "A signature shows who pushed an image, and that it has not changed since. Images in a repository that the "
            "signing rules leave out never pass signature verification."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html",
        severity=Severity.LOW,
        option="ImageSigning.repositories",
    ),
)
