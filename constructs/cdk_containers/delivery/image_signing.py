"""Signatures on images, made when they are pushed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import ecr, signer
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problems
from cdk_containers.core.inputs import argument_problems, is_token

_FILTER = re.compile(r"[a-z0-9*](?:[a-z0-9*._/-]{0,255})")


class ImageSigning(CheckedConstruct):
    """Have ECR sign each image that is pushed to some repositories of this account and region, with AWS Signer.

    A registry has one signing configuration, so create this construct once in an account and region. Principals that
    push images need permission to sign, otherwise the image stays unsigned. `grant_sign` grants it, and a `Pipeline`
    grants it to its builds.

    Attributes:
        profile: The signing profile.
        configuration: The configuration of the registry.

    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
    """

    profile: signer.SigningProfile
    configuration: ecr.CfnSigningConfiguration

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        repositories: Sequence[str] = ("*",),
    ) -> None:
        """Sign images.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            repositories: Names of repositories whose images ECR signs; `*` matches any characters. Default: all.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ImageSigning.__init__, locals())
        if not found.has("repositories"):
            found.extend(_filter_problems(repositories))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.profile = signer.SigningProfile(self, "Profile", platform=signer.Platform.NOTATION_OCI_SHA384_ECDSA)
        filters = [
            ecr.CfnSigningConfiguration.RepositoryFilterProperty(filter=name, filter_type="WILDCARD_MATCH")
            for name in repositories
        ]
        self.configuration = ecr.CfnSigningConfiguration(
            self,
            "Configuration",
            rules=[
                ecr.CfnSigningConfiguration.RuleProperty(
                    signing_profile_arn=self.profile.signing_profile_arn, repository_filters=filters
                )
            ],
        )

    def grant_sign(self, grantee: iam.IGrantable) -> iam.Grant:
        """Grant a principal that pushes images permission to sign them."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["signer:SignPayload"], resource_arns=[self.profile.signing_profile_arn]
        )


def _filter_problems(repositories: Sequence[str]) -> Problems:
    found = Problems()
    if not repositories:
        found.add("repositories", "nothing is signed", given=repositories, allowed="names, or * for all")
    for index, name in enumerate(repositories):
        if not is_token(name) and not _FILTER.fullmatch(name):
            found.add(
                f"repositories[{index}]",
                "not a repository name",
                given=name,
                allowed="a name with * for any characters, such as shop/*",
                practice="signed-images",
            )
    return found
