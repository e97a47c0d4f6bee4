"""Practices for images and the repositories that hold them."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="immutable-tags",
        title="Make image tags immutable",
        why=(
            "With mutable tags, a second push to the same tag changes the image of the next task without a deployment. "
            "A rollback to the tag also gets the new image. Anyone who can push can replace a reviewed image."
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
        why=(
            "Otherwise a vulnerable package reaches production unnoticed, and you do not know which services contain "
            "it."
        ),
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
            "ECR always encrypts images, but only with a KMS key can you audit access in CloudTrail, limit it with a "
            "key policy and revoke it. You cannot change the encryption of an existing repository."
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
        title="Expire old and untagged images",
        why=(
            "You pay every month for each image that a build adds, and a rollback can bring back the vulnerabilities "
            "of an old image."
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
        title="Keep production images when the stack is deleted",
        why=(
            "Deleting a repository deletes its images. Running services can then neither scale out nor replace a lost "
            "task."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-delete.html",
        severity=Severity.MEDIUM,
        option="Repository.removal_policy",
    ),
    Practice(
        id="pinned-image",
        title="Reference an image by a unique tag or a digest",
        why=(
            "The tag `latest`, or no tag, can mean a different image every day. You cannot tell which version runs, "
            "and a rollback does not bring the old version back."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html",
        severity=Severity.HIGH,
        option="Image.from_registry(pinned=)",
    ),
)
