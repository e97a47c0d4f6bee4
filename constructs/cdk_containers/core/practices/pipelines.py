"""Practices for pipelines, from a commit to production."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="build-once",
        title="Build an image once, and deploy the same digest to every environment",
        why=(
            "An image that is built again for production is another image: a base image or a package may have changed "
            "since the tests ran. What was tested is then not what runs."
        ),
        source="https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html",
        severity=Severity.HIGH,
        option="Pipeline.images",
    ),
    Practice(
        id="scan-gate",
        title="Stop a pipeline when an image has vulnerabilities over a threshold",
        why=(
            "A scan that nobody waits for changes nothing: the image is in production before somebody reads the "
            "findings. A gate without a threshold lets every image pass."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-InspectorScan.html",
        severity=Severity.HIGH,
        option="Pipeline.scan_gate",
    ),
    Practice(
        id="approval-before-production",
        title="Ask somebody before a pipeline deploys to production",
        why=(
            "Without an approval every commit reaches users within minutes, whoever wrote it. One person who looks at "
            "what changes finds what no test looks for."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html",
        severity=Severity.MEDIUM,
        option="Environment.approval",
    ),
    Practice(
        id="stage-rollback",
        title="Roll a stage of a pipeline back when it fails",
        why=(
            "A release that fails its tests stays where it is until somebody comes. A rollback deploys the last "
            "release that worked, from the artifacts that it had."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html",
        severity=Severity.MEDIUM,
        option="Wave.rollback",
    ),
    Practice(
        id="no-deploy-outside-cloudformation",
        title="Deploy services through the stack that made them",
        why=(
            "The ECS action of CodePipeline registers a task definition that the stack knows nothing of: the next "
            "update of the stack brings the old image back, and every comparison shows a drift. The action also needs "
            "to pass any role to any task."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html",
        severity=Severity.HIGH,
        option="Pipeline",
    ),
    Practice(
        id="pipeline-artifacts-encrypted",
        title="Encrypt the artifacts of a pipeline with a customer managed key",
        why=(
            "Artifacts hold the source and what is deployed. Only the policy of a key of your own says which accounts "
            "may read them, and an account that a pipeline deploys to cannot use the key that AWS manages."
        ),
        source="https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html",
        severity=Severity.MEDIUM,
        option="Pipeline.encryption_key",
    ),
    Practice(
        id="unprivileged-image-build",
        title="Build images without privileged mode",
        why=(
            "A build in privileged mode has access to all devices of its host, and runs what a Dockerfile and its base "
            "images say. A Docker server builds images without it."
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
        title="Sign the images of every repository, where a registry signs any",
        why=(
            "A signature says who pushed an image, and that nobody changed it. A repository that the rules of the "
            "registry leave out has images that no check of signatures can let pass."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html",
        severity=Severity.LOW,
        option="ImageSigning.repositories",
    ),
)
