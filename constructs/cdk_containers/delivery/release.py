"""What a pipeline deploys: the image digests of one commit, recorded before synthesis."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.errors import ConstructError, Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems
from cdk_containers.model.workload import Architecture, RepositoryImage
from cdk_containers.registry import Repository

RELEASE_FILE = "release/release.json"
"""Where the pipeline writes the release, relative to the directory in which `cdk synth` runs."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ARN = re.compile(r"arn:[^:]+:ecr:[^:]+:[^:]+:repository/(?P<name>\S+)")
_NOT_BUILT = f"sha256:{'0' * 64}"


@frozen
class ReleasedImage:
    """One image of a release.

    Attributes:
        repository_arn: ARN of its repository.
        digest: Its digest, `sha256:` and 64 hexadecimal digits.
        architecture: CPU architecture of the image. Default: `X86_64`.
    """

    repository_arn: str
    digest: str
    architecture: Architecture = "X86_64"

    def problems(self) -> list[Problem]:
        """Find what is wrong with this image."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("repository_arn") and not _ARN.fullmatch(self.repository_arn):
            found.add(
                "repository_arn",
                "not the ARN of a repository",
                given=self.repository_arn,
                allowed="arn:aws:ecr:eu-west-1:111111111111:repository/shop/web",
            )
        if not found.has("digest") and not _DIGEST.fullmatch(self.digest):
            found.add(
                "digest",
                "not a digest",
                given=self.digest,
                allowed="sha256: and 64 hexadecimal digits",
                practice="build-once",
            )
        return list(found)


@frozen
class Release:
    """The images of one commit, by digest: the same for every environment.

    Attributes:
        images: The images, by their names in the application.
        commit: The commit that they were built from. Default: none, unknown.

    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """

    images: Mapping[str, ReleasedImage]
    commit: str | None = None

    @staticmethod
    def from_file(path: str | Path = RELEASE_FILE) -> Release:
        """Read the release that the pipeline wrote.

        Args:
            path: The JSON file. Default: `release/release.json`.

        Raises:
            ConstructError: There is no such file, or it is not a release.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise _unreadable(path, f"it cannot be read: {error.strerror}") from None
        try:
            return _release(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, ConstructError):
                raise ConstructError(f"Release.from_file({str(path)!r})", error.problems) from None
            raise _unreadable(path, "it is no release") from None

    @property
    def is_built(self) -> bool:
        """Whether there are images: the first deployment of a pipeline happens before them."""
        return all(image.digest != _NOT_BUILT for image in self.images.values())

    def image(self, scope: Construct, name: str) -> RepositoryImage:
        """Return an image for a service or job, by its digest.

        Args:
            scope: The stack of the service or job.
            name: Name of the image in the release.

        Raises:
            ConstructError: The release has no such image.
        """
        if name not in self.images:
            found = Problems()
            names = ", ".join(sorted(self.images)) or "no image: the release is empty"
            found.add(
                "name", ("the release has no image with this name"), given=name, allowed=names, practice="build-once"
            )
            raise ConstructError("Release.image", found)
        released = self.images[name]
        stack, id_ = cdk.Stack.of(scope), f"Released-{name}"
        repository = stack.node.try_find_child(id_) or Repository.from_attributes(
            stack,
            id_,
            repository_name=repository_name(released.repository_arn),
            repository_arn=released.repository_arn,
        )
        return cast("Repository", repository).image(digest=released.digest)

    def problems(self) -> list[Problem]:
        """Find what is wrong with this release."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("images"):
            for name, image in self.images.items():
                found.extend(image.problems(), under=f"images[{name!r}]")
        return list(found)


def not_built(repository_arns: Mapping[str, str], architectures: Mapping[str, Architecture]) -> Release:
    """Return a release of images that do not exist yet; a task with such an image cannot pull it."""
    return Release(
        images={
            name: ReleasedImage(repository_arn=arn, digest=_NOT_BUILT, architecture=architectures[name])
            for name, arn in repository_arns.items()
        }
    )


def repository_name(arn: str) -> str:
    """Return the name in the ARN of a repository."""
    return arn.split(":repository/", 1)[1]


def _release(document: Any) -> Release:
    release = Release(
        commit=document.get("commit"),
        images={
            name: ReleasedImage(
                repository_arn=image["repository_arn"],
                digest=image["digest"],
                architecture=image.get("architecture", "X86_64"),
            )
            for name, image in sorted(document["images"].items())
        },
    )
    if problems := release.problems():
        raise ConstructError("Release", problems)
    return release


def _unreadable(path: str | Path, what: str) -> ConstructError:
    found = Problems()
    found.add(
        "path",
        what,
        given=str(path),
        allowed='{"commit": "…", "images": {"web": {"repository_arn": "…", "digest": "sha256:…"}}}',
        practice="build-once",
    )
    return ConstructError(f"Release.from_file({str(path)!r})", found)
