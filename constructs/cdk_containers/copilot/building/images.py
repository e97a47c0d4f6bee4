"""Images of containers: from a registry, built from a Dockerfile, or pushed by Copilot."""

from __future__ import annotations

import re

from cdk_containers.core.cdk_modules import ecr, secretsmanager
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Image, ImageLike
from cdk_containers.model.workload.image import RepositoryImage
from cdk_containers.model.workload.secrets import NotSecret

from ..manifests.models.images import Build
from .making import REASON, Making

_ADDED_BY_AWS = re.compile(r"-[A-Za-z0-9]{6}$")
_TAG = "Copilot pushes each build under this tag"


def image_of(
    making: Making, built: Build | None, location: str | None, *, credentials: str | None = None, container: str = ""
) -> ImageLike:
    """Return an image.

    Args:
        making: The workload.
        built: Build of the image, if it is built.
        location: Reference of the image, if it is not built.
        credentials: ARN of the secret with the registry credentials.
        container: Sidecar that uses it. Default: the main container.
    """
    if location is not None:
        secret = None if credentials is None else _credentials(making, f"{container}Credentials", credentials)
        return Image.from_registry(location, credentials=secret, pinned=Disabled(REASON))
    build = built or Build()
    dockerfile = build.dockerfile or "Dockerfile"
    context = build.context or dockerfile.rpartition("/")[0] or "."
    directory, file = making.file(context), making.file(dockerfile)
    if directory is not None and file is not None and file.is_relative_to(directory):
        return Image.from_asset(
            directory,
            file=str(file.relative_to(directory)),
            target=build.target,
            build_args={name: NotSecret(value, reason=REASON) for name, value in (build.args or {}).items()},
        )
    making.notes.append(
        f"{dockerfile} does not exist, so the image comes from the repository "
        f"{making.setting.application}/{making.name}, to which Copilot pushed it, with the tag {making.image_tag}"
    )
    return pushed_image(making, container)


def _credentials(making: Making, id: str, given: str) -> secretsmanager.ISecret:  # noqa: A002
    """Return a secret by its ARN, with or without the random suffix, or by its name."""
    if not given.startswith("arn:"):
        return secretsmanager.Secret.from_secret_name_v2(making.scope, id, given)
    complete = _ADDED_BY_AWS.search(given) is not None
    return secretsmanager.Secret.from_secret_attributes(
        making.scope,
        id,
        secret_complete_arn=given if complete else None,
        secret_partial_arn=None if complete else given,
    )


def pushed_image(making: Making, container: str = "") -> ImageLike:
    """Return the image that Copilot pushed to the repository of the workload."""
    repository = making.scope.node.try_find_child("Repository") or ecr.Repository.from_repository_name(
        making.scope, "Repository", f"{making.setting.application}/{making.name}"
    )
    tag = f"{container}-{making.image_tag}" if container else making.image_tag
    return RepositoryImage(repository=repository, tag=tag, pinned=Disabled(_TAG))
