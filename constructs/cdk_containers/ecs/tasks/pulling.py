"""Leave to pull an image whose address says that it is in ECR."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers.model.workload import ImageLike, RegistryImage
from cdk_containers.model.workload.ecr_address import EcrAddress
from cdk_containers.model.workload.image import as_image


def ecr_address(image: ImageLike) -> EcrAddress | None:
    """Return the repository of an image that is given by an address in ECR, without its own login."""
    match as_image(image):
        case RegistryImage(reference=reference, credentials=None):
            return EcrAddress.of(reference)
        case _:
            return None


def allow_pull(image: ImageLike, role: iam.IRole) -> bool:
    """Let a role pull an image if its address says that it is in ECR; return whether it is.

    A repository of another account has to let this one in besides, by its own policy.
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
