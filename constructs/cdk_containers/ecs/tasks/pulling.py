"""Permission to pull an image with an ECR address."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers.model.workload import ImageLike, RegistryImage
from cdk_containers.model.workload.ecr_address import EcrAddress
from cdk_containers.model.workload.image import as_image


def ecr_address(image: ImageLike) -> EcrAddress | None:
    """Return the repository of an image with an ECR address and no credentials."""
    match as_image(image):
        case RegistryImage(reference=reference, credentials=None):
            return EcrAddress.of(reference)
        case _:
            return None


def allow_pull(image: ImageLike, role: iam.IRole) -> bool:
    """Let a role pull an image if it has an ECR address; return whether it does.

    A repository in another account must also allow this account in its own policy.
    """
    address = ecr_address(image)
    if address is None:
        return False
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[address.arn(partition=cdk.Aws.PARTITION)],
        )
    )
    role.add_to_principal_policy(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
    return True
