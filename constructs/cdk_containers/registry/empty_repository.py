"""Warns about a deployment that creates a repository and waits for tasks with images from it."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Annotations, Stack
from constructs import Construct

from cdk_containers.core.cdk_modules import ecr
from cdk_containers.model.workload import ImageLike, RepositoryImage
from cdk_containers.model.workload.image import as_image

_WAY_OUT = (
    "Create the repository in its own stack, deploy that, push the image, then deploy this stack. Acknowledge this "
    "warning once the image exists."
)


def warn_of_empty_repository(waiting: Construct, images: Iterable[ImageLike]) -> None:
    """Warn if a stack creates both a repository and a workload that needs an image from it."""
    for image in map(as_image, images):
        # CDK represents an imported repository as the interface, never as the class.
        if not isinstance(image, RepositoryImage) or not isinstance(image.repository, ecr.Repository):
            continue
        if Stack.of(image.repository) == Stack.of(waiting):
            Annotations.of(waiting).add_warning_v2(
                "cdk-containers:first-deployment:empty-repository",
                f"The first deployment fails: it creates {image.repository.node.path} without an image, and then "
                f"waits for tasks that need one. {_WAY_OUT}",
            )
            return
