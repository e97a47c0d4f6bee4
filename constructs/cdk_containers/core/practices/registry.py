"""Practices for images and the repositories that hold them."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="immutable-tags",
        title="Make image tags immutable",
        why=(
            "With mutable tags a second push under the same tag changes what the next task runs, without a "
            "deployment and without a way back: a rollback to the tag gets the new image too. Whoever may push can "
            "replace an image that was reviewed."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
        severity=Severity.HIGH,
        option="Repository.immutable_tags",
        checkers={
            "security-hub": ("ECR.2",),
            "control-tower": ("CT.ECR.PR.3",),
            "checkov": ("CKV_AWS_51",),
            "prowler": ("ecr_repositories_tag_immutability",),
        },
    ),
    Practice(
        id="scan-on-push",
        title="Scan every image for known vulnerabilities when it is pushed",
        why="A vulnerable package otherwise reaches production unseen, and nobody knows which services carry it.",
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
        severity=Severity.HIGH,
        option="Repository.scan_on_push",
        checkers={
            "security-hub": ("ECR.1",),
            "control-tower": ("CT.ECR.PR.2",),
            "guard": ("ECR_REPO_SCAN_ON_PUSH",),
            "checkov": ("CKV_AWS_163",),
            "prowler": ("ecr_repositories_scan_images_on_push_enabled", "ecr_registry_scan_images_on_push_enabled"),
        },
    ),
    Practice(
        id="repository-encryption",
        title="Encrypt images with a KMS key",
        why=(
            "Images are always encrypted, but only with a KMS key can access be audited in CloudTrail, limited by a "
            "key policy and withdrawn. The choice cannot be changed after the repository was made."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
        severity=Severity.LOW,
        option="Repository.encryption_key",
        checkers={
            "security-hub": ("ECR.5",),
            "checkov": ("CKV_AWS_136",),
            "prowler": ("ecr_repository_encrypted_with_cmk",),
        },
    ),
    Practice(
        id="image-lifecycle",
        title="Let old and untagged images expire",
        why=(
            "Every build adds an image that is paid for month after month, and old images keep vulnerabilities "
            "within reach of the next rollback."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
        severity=Severity.LOW,
        option="Repository.keep_images",
        checkers={
            "security-hub": ("ECR.3",),
            "control-tower": ("CT.ECR.PR.1",),
            "prowler": ("ecr_repositories_lifecycle_policy_enabled",),
        },
    ),
    Practice(
        id="retain-images",
        title="Keep the images of production when the stack goes",
        why=(
            "Deleting a repository deletes its images, and running services can then neither scale out nor replace a "
            "lost task."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-delete.html",
        severity=Severity.MEDIUM,
        option="Repository.removal_policy",
    ),
    Practice(
        id="pinned-image",
        title="Name the version of an image by a unique tag or a digest",
        why=(
            "The tag `latest`, or none, means another image from one day to the next: nobody can say what runs, and a "
            "rollback does not bring the old version back."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html",
        severity=Severity.HIGH,
        option="Image.from_registry(pinned=)",
    ),
)
