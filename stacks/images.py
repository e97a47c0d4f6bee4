"""The images of the application, from the registry or built when they are deployed."""

from __future__ import annotations

from cdk_containers import Image, Repository
from cdk_containers.workload import ImageLike

from .settings import Settings


def application_image(settings: Settings, repository: Repository, target: str) -> ImageLike:
    """Return an image of the application: by the tag that the context gives, or from `application/`."""
    if settings.image_tag is not None:
        return repository.image(settings.image_tag)
    return Image.from_asset("application", target=target)
