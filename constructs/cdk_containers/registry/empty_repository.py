"""A repository is empty in the deployment that creates it: what waits there for tasks with its images waits in vain."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Annotations, Stack
from constructs import Construct

from cdk_containers.core.cdk_modules import ecr
from cdk_containers.model.workload import ImageLike, RepositoryImage
from cdk_containers.model.workload.image import as_image

_WAY_OUT = (
    "Create the repository in its own stack, deploy that, push the image, then deploy this stack. Acknowledge "
    "this warning once the image is there."
)


def warn_of_empty_repository(waiting: Construct, images: Iterable[ImageLike]) -> None:
    """Warn if a stack creates both a repository and something that cannot be deployed without an image from it."""
    for image in map(as_image, images):
        # CDK hands out an imported repository as the interface, and never as the class.
        if not isinstance(image, RepositoryImage) or not isinstance(image.repository, ecr.Repository):
            continue
        if Stack.of(image.repository) == Stack.of(waiting):
            Annotations.of(waiting).add_warning_v2(
                "cdk-containers:first-deployment:empty-repository",
                f"The first deployment fails: it creates {image.repository.node.path} without any image, and waits for "
                f"tasks that run one. {_WAY_OUT}",
            )
            return
