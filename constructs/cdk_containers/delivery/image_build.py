"""An image that a pipeline builds, once for all environments."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Literal, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.cdk_modules import ecr
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.core.pseudo_parameters import partition
from cdk_containers.core.whereabouts import account_of, region_of
from cdk_containers.model.workload import Architecture, NotSecret
from cdk_containers.model.workload.secrets import environment_problems
from cdk_containers.registry import Repository

from .source_paths import is_source_path

IMAGE_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

_ALLOWED_NAME = "1–40 lower-case letters, digits and hyphens, such as web"


@frozen
class ImageBuild:
    """An image that a pipeline builds once and deploys to every environment by digest.

    CodeBuild builds it on a Docker server, so the build needs no privileged mode. The tag consists of the image name
    and the commit. A second run for the same commit reuses the existing image.

    Attributes:
        name: Name of the image in the application: `release.image(stack, "web")`.
        repository: Repository for the image. Its name must be known at synthesis, so that stacks in other accounts can
            refer to it.
        directory: The build context, relative to the root of the source. Default: the root.
        dockerfile: The Dockerfile, relative to `directory`. Default: `Dockerfile`.
        target: The stage of the Dockerfile to build. Default: the last.
        build_args: Build arguments. They stay readable in the image, so values that look like secrets are rejected.
            Default: none.
        architecture: CPU architecture of the image. The build runs on this architecture, without emulation. Default:
            `X86_64`.
        scan: Whether the scan gate checks the image. Use `Disabled(reason="…")` for images that ECR cannot scan, such
            as those without an operating system. Default: True.

    See https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker-server.html
    """

    name: str
    repository: Repository
    directory: str = "."
    dockerfile: str = "Dockerfile"
    target: str | None = None
    build_args: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])
    architecture: Architecture = "X86_64"
    scan: Literal[True] | Disabled = True

    @property
    def repository_name(self) -> str:
        """The name of the repository; empty if it is known only at deployment."""
        return _name_of(self.repository.repository)

    def repository_arn(self, stack: cdk.Stack) -> str:
        """The ARN of the repository, for stacks in other accounts."""
        arn = _arn_of(self.repository.repository)
        if not is_token(arn):
            return arn
        return f"arn:{partition()}:ecr:{region_of(stack)}:{account_of(stack)}:repository/{self.repository_name}"

    @property
    def platform(self) -> str:
        """The platform in Docker's notation."""
        return "linux/arm64" if self.architecture == "ARM64" else "linux/amd64"

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("name") and not IMAGE_NAME.fullmatch(self.name):
            found.add("name", "not a name for an image", given=self.name, allowed=_ALLOWED_NAME)
        if not found.has("repository") and not self.repository_name:
            found.add(
                "repository",
                "its name is known only at deployment, but stacks in other accounts must refer to it",
                allowed='Repository(…, repository_name="shop/web") or Repository.from_attributes(…)',
                practice="build-once",
            )
        for option in ("directory", "dockerfile"):
            path = getattr(self, option)
            if not found.has(option) and not is_source_path(path):
                found.add(option, "not a path in the source", given=path, allowed="a relative path, such as web")
        if not found.has("build_args"):
            found.extend(environment_problems(self.build_args, option="build_args"))
        found.extend(disabled_problems(self.scan), under="scan")
        return list(found)


@asked_once
def _name_of(repository: ecr.IRepository) -> str:
    """Return the name of a repository; empty if it is known only at deployment."""
    if is_token(name := repository.repository_name):
        name = cast("ecr.CfnRepository", resource_of(repository)).repository_name or ""
    return "" if is_token(name) else name


@asked_once
def _arn_of(repository: ecr.IRepository) -> str:
    return repository.repository_arn


def image_problems(images: Sequence[ImageBuild]) -> list[Problem]:
    """Find images that are wrong by themselves, or have the name of another."""
    found = Problems()
    names: set[str] = set()
    for index, image in enumerate(images):
        found.extend(image.problems(), under=f"images[{index}]")
        if isinstance(image.name, str) and image.name in names:
            what = "another image already has this name"
            found.add(f"images[{index}].name", what, given=image.name, allowed="a unique name")
        names.add(str(image.name))
    return list(found)


def let_pull(image: ImageBuild, accounts: Collection[str]) -> None:
    """Allow the tasks of other accounts to pull an image; the owner of an imported repository sets its policy."""
    repository = image.repository.repository
    if accounts and is_token(repository.repository_arn):
        repository.grant_pull(iam.CompositePrincipal(*(iam.AccountPrincipal(account) for account in sorted(accounts))))
