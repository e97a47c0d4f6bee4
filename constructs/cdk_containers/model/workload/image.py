"""Where a container's image comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, has_members, is_token, way_in
from cdk_containers.core.practices import Disabled

from .secrets import NotSecret, environment_problems

if TYPE_CHECKING:
    from aws_cdk import aws_ecr_assets as ecr_assets
    from aws_cdk import aws_ecs, aws_secretsmanager

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_BUILD_SECRET = re.compile(r"(type=\w+,)?(src|source|env)=[^,\s]+")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


@frozen
class Image:
    """An image for a container: create it with a method below, or with `Repository.image`."""

    @staticmethod
    def from_registry(
        reference: str,
        *,
        credentials: aws_secretsmanager.ISecret | None = None,
        pinned: Literal[True] | Disabled = True,
    ) -> RegistryImage:
        """Use an image from any registry.

        Args:
            reference: The image, with its tag or digest, such as `public.ecr.aws/nginx/nginx:1.29.1`. For a private ECR
                repository, in any address format, the execution role gets permission to pull from it.
            credentials: Secret with the fields `username` and `password`, for a private registry. Default: none. The
                execution role gets permission to read only this secret.
            pinned: Rejects a reference without a tag or with `:latest`, because you could not tell later which version
                ran. `Disabled(reason="…")` accepts it.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
        """
        return RegistryImage(reference=reference, credentials=credentials, pinned=pinned)

    @staticmethod
    def from_asset(
        directory: str | Path,
        *,
        file: str | None = None,
        target: str | None = None,
        build_args: Mapping[str, str | NotSecret] | None = None,
        build_secrets: Mapping[str, str] | None = None,
        build_ssh: str | None = None,
        exclude: Sequence[str] = (),
        cache_from: Sequence[ecr_assets.DockerCacheOption] = (),
        cache_to: ecr_assets.DockerCacheOption | None = None,
        network: str | None = None,
    ) -> AssetImage:
        """Build an image from a Dockerfile at deployment; synthesis needs no Docker.

        Args:
            directory: The build context.
            file: The Dockerfile in it. Default: `Dockerfile`.
            target: The stage to build. Default: the last.
            build_args: Build arguments. They stay readable in the image, so values that look like secrets are rejected.
                Default: none.
            build_secrets: Secrets that the build mounts (`RUN --mount=type=secret`), by their id: where the build
                machine finds each secret, such as `src=.npmrc` or `env=NPM_TOKEN`, and never the secret itself.
                Default: none.
            build_ssh: SSH agent or keys that the build may use (`RUN --mount=type=ssh`), such as `default`. Default:
                none.
            exclude: Patterns of files to exclude from the build context, in addition to `.dockerignore`. Default: none.
            cache_from: Where to read layers of earlier builds. Default: Docker's own cache.
            cache_to: Where to store layers for later builds. Default: Docker's own cache.
            network: Network of `RUN` instructions, such as `host`. Default: Docker's.

        The image is built for the platform of the task, whatever the architecture of the build machine.
        """
        return AssetImage(
            directory=directory,
            file=file,
            target=target,
            build_args={} if build_args is None else build_args,
            build_secrets={} if build_secrets is None else build_secrets,
            build_ssh=build_ssh,
            exclude=exclude,
            cache_from=cache_from,
            cache_to=cache_to,
            network=network,
        )

    def problems(self) -> list[Problem]:
        """Find what is wrong with this image."""
        return field_problems(self)


@frozen
class RegistryImage(Image):
    """An image in a registry; see `Image.from_registry`."""

    reference: str
    credentials: Any = None
    pinned: Literal[True] | Disabled = True

    def problems(self) -> list[Problem]:
        """Find what is wrong with this image."""
        found = Problems()
        found.extend(field_problems(self))
        if found or is_token(self.reference):
            return list(found)
        if not self.reference.strip() or any(character.isspace() for character in self.reference):
            found.add(
                "",
                "the image name is empty or contains a space",
                given=self.reference,
                allowed="a reference such as public.ecr.aws/nginx/nginx:1.29.1",
            )
        elif isinstance(self.pinned, Disabled):
            found.extend(disabled_problems(self.pinned), under="pinned")
        elif not _is_pinned(self.reference):
            found.add(
                "",
                "the image has no tag or uses `latest`, so you cannot tell later which version ran",
                given=self.reference,
                practice="pinned-image",
                allowed='a tag or a digest; or Image.from_registry(…, pinned=Disabled(reason="…"))',
            )
        if self.credentials is not None and not has_members(self.credentials, "secret_arn"):
            found.add(
                "credentials",
                "not a Secrets Manager secret",
                given=self.credentials,
                allowed="an aws_secretsmanager.ISecret",
            )
        return list(found)


@frozen
class AssetImage(Image):
    """An image built from a Dockerfile; see `Image.from_asset`."""

    directory: str | Path
    file: str | None = None
    target: str | None = None
    build_args: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    build_secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    build_ssh: str | None = None
    exclude: Sequence[str] = ()
    cache_from: Sequence[Any] = ()
    cache_to: Any = None
    network: str | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this image."""
        found = Problems()
        found.extend(field_problems(self))
        for option in ("directory", "file", "target", "build_args", "build_secrets", "build_ssh", "exclude", "network"):
            if not found.has(option) and is_token(getattr(self, option)):
                found.add(
                    option, "a token, but the image is built before deployment", allowed="a value known at synthesis"
                )
        if not found.has("build_args"):
            found.extend(environment_problems(self.build_args, option="build_args", secrets="build_secrets"))
        for name, source in self.build_secrets.items() if not found.has("build_secrets") else ():
            if not _BUILD_SECRET.fullmatch(source):
                found.add(
                    f"build_secrets[{name!r}]",
                    "not a location of the secret on the build machine",
                    given=Shown("(not shown)"),
                    allowed="src=… with a path, or env=… with a variable",
                    practice="no-secrets-in-environment",
                )
        caches = [] if found.has("cache_from") else [*self.cache_from]
        caches += [] if self.cache_to is None else [self.cache_to]
        if wrong := [cache for cache in caches if not has_members(cache, "type", "params")]:
            found.add("cache_from", "not a cache", given=wrong, allowed="aws_ecr_assets.DockerCacheOption(type=…)")
        if not found:
            dockerfile = Path(self.directory) / (self.file or "Dockerfile")
            if not _is_file(dockerfile):
                found.add(
                    "directory",
                    "the directory contains no Dockerfile",
                    given=str(dockerfile),
                    allowed="a directory with a Dockerfile, or its name as `file`",
                )
        return list(found)


@frozen
class RepositoryImage(Image):
    """An image in an ECR repository, by tag or by digest; see `Repository.image`."""

    repository: Any
    tag: str | None = None
    digest: str | None = None
    pinned: Literal[True] | Disabled = True
    cached: bool = False
    """Whether ECR must fetch the image from another registry the first time; see `PullThroughCache`."""

    def problems(self) -> list[Problem]:
        """Find what is wrong with this image."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not has_members(self.repository, "repository_uri_for_tag"):
            found.add("repository", "not an ECR repository", given=self.repository, allowed="an aws_ecr.IRepository")
        if (self.tag is None) == (self.digest is None):
            found.add(
                "",
                "an image needs either a tag or a digest",
                allowed="tag or digest",
                given=Shown(f"tag={self.tag!r}, digest={self.digest!r}"),
            )
        if self.tag is not None and not is_token(self.tag):
            if not _TAG.fullmatch(self.tag):
                found.add(
                    "tag",
                    "not a tag",
                    given=self.tag,
                    allowed="up to 128 letters, digits, dots, hyphens and underscores",
                )
            if isinstance(self.pinned, Disabled):
                found.extend(disabled_problems(self.pinned), under="pinned")
            elif self.tag == "latest":
                found.add(
                    "tag",
                    "the tag `latest` moves, so you cannot tell later which version ran",
                    given=self.tag,
                    practice="pinned-image",
                    allowed='a fixed tag, a digest, or image(…, pinned=Disabled(reason="…"))',
                )
        if self.digest is not None and not is_token(self.digest) and not _DIGEST.fullmatch(self.digest):
            found.add("digest", "not a digest", given=self.digest, allowed="sha256: and 64 hexadecimal digits")
        return list(found)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that the file system refuses
        return False


def _is_pinned(reference: str) -> bool:
    name = reference.rsplit("/", 1)[-1]
    if "@" in name:
        return True
    _, colon, tag = name.partition(":")
    return bool(colon) and tag not in ("", "latest")


if TYPE_CHECKING:
    ImageLike = Image | str | aws_ecs.ContainerImage
else:
    ImageLike = Any


def as_image(image: ImageLike) -> Image | aws_ecs.ContainerImage:
    """Read a string as an image reference."""
    return RegistryImage(reference=image) if isinstance(image, str) else image


def image_problems(image: object) -> list[Problem]:
    """Find the problems of a value that was given as an image."""
    if isinstance(image, str):
        image = RegistryImage(reference=image)
    if isinstance(image, Image):
        return image.problems()
    if has_members(image, "from_docker_image_asset"):
        return []
    return [
        Problem(
            option="",
            what="not an image",
            given=repr(image),
            allowed=way_in(image, ["Image"])
            or "a reference, Image.from_asset, Repository.image, or an aws_ecs.ContainerImage",
        )
    ]
