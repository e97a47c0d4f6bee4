"""Image addresses of pods. Nodes and Fargate profiles pull them, with their own roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from cdk_containers.core.cdk_modules import ecr_assets
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.model.workload import Architecture, AssetImage, Container, Image, RepositoryImage
from cdk_containers.model.workload.image import as_image
from cdk_containers.registry import build_options


def image_source_problems(containers: Sequence[Container]) -> list[Problem]:
    """Find CDK images for ECS, whose address only a task definition can read."""
    found = Problems()
    for index, container in enumerate(containers):
        if not isinstance(as_image(container.image), Image):
            found.add(
                f"containers[{index}].image",
                "CDK provides the address of this image only to an ECS task definition",
                given=Shown(type(container.image).__name__),
                allowed="a reference, Image.from_asset, or Repository.image",
            )
    return list(found)


def known_images(containers: Sequence[Container]) -> dict[str, str]:
    """Return placeholders for addresses that need CDK, to check the rest."""
    return {container.name: "image" for container in containers if not isinstance(container.image, str)}


def image_addresses(scope: Construct, containers: Sequence[Container], architecture: Architecture) -> Mapping[str, str]:
    """Return the addresses of images, and build those that are assets."""
    found: dict[str, str] = {}
    for container in containers:
        match as_image(container.image):
            case RepositoryImage(repository=repository, tag=tag, digest=digest):
                uri = repository.repository_uri_for_digest(digest) if digest else repository.repository_uri_for_tag(tag)
                found[container.name] = uri
            case AssetImage() as asset:
                made = ecr_assets.DockerImageAsset(
                    scope,
                    f"{container.name}Image",
                    directory=str(asset.directory),
                    platform=_platform(architecture),
                    **build_options(asset),
                )
                found[container.name] = made.image_uri
            case _:
                pass
    return found


def _platform(architecture: Architecture) -> ecr_assets.Platform:
    return ecr_assets.Platform.LINUX_ARM64 if architecture == "ARM64" else ecr_assets.Platform.LINUX_AMD64
