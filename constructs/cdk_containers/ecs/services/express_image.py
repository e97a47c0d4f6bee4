"""The image of an Express Mode service, as a reference that its execution role may pull."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import ecr_assets
from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import AssetImage, ImageLike, RegistryImage, RepositoryImage
from cdk_containers.model.workload.image import as_image
from cdk_containers.registry import build_options

from ..tasks.pulling import allow_pull
from ..tasks.secrets import readable

Credentials = ecs.CfnExpressGatewayService.ExpressGatewayRepositoryCredentialsProperty


@frozen
class PulledImage:
    """An image reference, and the credentials for the registry."""

    uri: str
    credentials: Credentials | None = None


def image_for_express(scope: Construct, image: ImageLike, execution_role: iam.Role) -> PulledImage:
    """Return the reference of an image, and let the role pull it."""
    match as_image(image):
        case RegistryImage(reference=reference, credentials=login):
            if login is None:
                allow_pull(image, execution_role)
                return PulledImage(uri=reference)
            readable(scope, login, execution_role).grant_read(execution_role)
            return PulledImage(uri=reference, credentials=Credentials(credentials_parameter=login.secret_arn))
        case AssetImage() as asset:
            built = ecr_assets.DockerImageAsset(
                scope,
                "Image",
                directory=str(asset.directory),
                platform=ecr_assets.Platform.LINUX_AMD64,
                **build_options(asset),
            )
            built.repository.grant_pull(execution_role)
            return PulledImage(uri=built.image_uri)
        case other:
            stored = cast("RepositoryImage", other)  # nothing else has passed the checks
            stored.repository.grant_pull(execution_role)
            if stored.cached:
                execution_role.add_to_policy(
                    iam.PolicyStatement(
                        actions=["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
                        resources=[stored.repository.repository_arn],
                    )
                )
            return PulledImage(uri=stored.repository.repository_uri_for_tag_or_digest(stored.digest or stored.tag))
