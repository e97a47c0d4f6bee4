"""An ECR repository."""

from __future__ import annotations

import re
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import ecr, kms
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, arn_problems, disabled_problems, is_token
from cdk_containers.core.opt_outs import record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import RepositoryImage

_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*")


class Repository(CheckedConstruct):
    """A repository with immutable tags, image scans, encryption and a lifecycle policy.

    Attributes:
        repository: The CDK repository.

    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html
    """

    repository: ecr.IRepository

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        repository_name: str | None = None,
        immutable_tags: Literal[True] | Disabled = True,
        scan_on_push: Literal[True] | Disabled = True,
        encryption_key: kms.IKey | None = None,
        keep_images: int = 100,
        untagged_days: int = 7,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        outputs: bool = True,
    ) -> None:
        """Create a repository.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            repository_name: Name in the registry. If you change it later, CloudFormation creates another repository.
                Default: a name that CloudFormation generates.
            immutable_tags: Refuses a push to an existing tag, so that a rollback gets the same image.
                `Disabled(reason="…")` lets a push move tags. Default: True.
            scan_on_push: Scans each pushed image for known vulnerabilities. `Disabled(reason="…")` turns the scan off.
                Default: True.
            encryption_key: KMS key for the images. If you change it later, CloudFormation creates another repository,
                without images, and keeps the old one. Default: the AWS managed key of ECR in the account.
            keep_images: Number of tagged images to keep, 1 or more. Default: 100, so that images for a rollback still
                exist.
            untagged_days: Days after which an untagged image expires, 1 or more. Default: 7.
            removal_policy: What happens to it when its stack is deleted. DESTROY also deletes its images. A repository
                that an update replaces is always kept. Default: RETAIN, so that deleting a stack does not delete images
                of running tasks.
            outputs: Writes the commands to log in, tag and push to the stack's outputs. Default: True.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Repository.__init__, locals())
        for option, number in (("keep_images", keep_images), ("untagged_days", untagged_days)):
            # CDK renders the rules as JSON text, in which a number known only at deployment would be lost.
            if not found.has(option) and number < 1:
                allowed = "1 or more, known at synthesis"
                found.add(option, "out of range", given=number, allowed=allowed, practice="image-lifecycle")
        found.extend(disabled_problems(immutable_tags), under="immutable_tags")
        found.extend(disabled_problems(scan_on_push), under="scan_on_push")
        if not found.has("repository_name") and repository_name is not None:
            found.extend(_name_problems(repository_name))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        repository = ecr.Repository(
            self,
            "Repository",
            repository_name=repository_name,
            image_tag_mutability=(ecr.TagMutability.IMMUTABLE if immutable_tags is True else ecr.TagMutability.MUTABLE),
            image_scan_on_push=scan_on_push is True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=encryption_key,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    rule_priority=1,
                    description="Images without a tag",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=cdk.Duration.days(untagged_days),
                ),
                ecr.LifecycleRule(
                    rule_priority=2,
                    description="All but the newest images",
                    tag_status=ecr.TagStatus.ANY,
                    max_image_count=keep_images,
                ),
            ],
            removal_policy=removal_policy,
            empty_on_delete=removal_policy is cdk.RemovalPolicy.DESTROY,
        )
        # Also if the stack may delete it, because a new name or key should not delete images.
        resource_of(repository).cfn_options.update_replace_policy = cdk.CfnDeletionPolicy.RETAIN
        self.repository = repository
        for practice_id, value in (("immutable-tags", immutable_tags), ("scan-on-push", scan_on_push)):
            if isinstance(value, Disabled):
                record_opt_out(repository, practice_id, value)
        if outputs:
            self._write_commands(repository)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        repository_name: str,
        repository_arn: str | None = None,
    ) -> Repository:
        """Use an existing repository.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            repository_name: Its name.
            repository_arn: Its ARN, if it is in another account or region. Default: this account and region.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, repository_arn=repository_arn))
        if not found.has("repository_name"):
            found.extend(_name_problems(repository_name))
        found.raise_for(scope, id)
        return _ImportedRepository(scope, id, repository_name=repository_name, repository_arn=repository_arn)

    def image(
        self,
        tag: str | None = None,
        *,
        digest: str | None = None,
        pinned: Literal[True] | Disabled = True,
    ) -> RepositoryImage:
        """Return an image of this repository, by tag or by digest; the service that uses it may pull it.

        Args:
            tag: The tag. `latest` is refused unless `pinned=Disabled(reason="…")`.
            digest: The digest, `sha256:` and 64 hexadecimal digits, instead of the tag.
            pinned: Refuse a tag that moves. Default: True.
        """
        return RepositoryImage(repository=self.repository, tag=tag, digest=digest, pinned=pinned)

    def grant_pull(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal pull images."""
        return self.repository.grant_pull(grantee)

    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal push images, and read the layers that a push compares."""
        return self.repository.grant_pull_push(grantee)

    def _write_commands(self, repository: ecr.IRepository) -> None:
        uri = repository.repository_uri
        host = f"{cdk.Aws.ACCOUNT_ID}.dkr.ecr.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
        login = f"aws ecr get-login-password --region {cdk.Aws.REGION}"
        for name, command in (
            ("Login", f"{login} | docker login --username AWS --password-stdin {host}"),
            ("Tag", f"docker tag IMAGE {uri}:TAG"),
            ("Push", f"docker push {uri}:TAG"),
        ):
            cdk.CfnOutput(self, f"{name}Command", value=command)


class _ImportedRepository(Repository):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        repository_name: str,
        repository_arn: str | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        if repository_arn is None:
            self.repository = ecr.Repository.from_repository_name(self, "Repository", repository_name)
        else:
            self.repository = ecr.Repository.from_repository_attributes(
                self, "Repository", repository_name=repository_name, repository_arn=repository_arn
            )


def _name_problems(name: str) -> list[Problem]:
    found = Problems()
    if not is_token(name) and not (2 <= len(name) <= 256 and _NAME.fullmatch(name)):
        found.add(
            "repository_name",
            "not a valid ECR name",
            given=name,
            allowed="2–256 lowercase letters, digits and . _ - /, such as shop/web",
        )
    return list(found)
