"""A cache of another registry in ECR."""

from __future__ import annotations

import re
from typing import Literal

from constructs import Construct

from cdk_containers.core.cdk_modules import ecr, secretsmanager
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError, Problem
from cdk_containers.core.inputs import argument_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import RepositoryImage

_PREFIX = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*")
_SECRET_PREFIX = "ecr-pullthroughcache/"  # noqa: S105  (a name that ECR prescribes)

Upstream = Literal[
    "public.ecr.aws", "registry.k8s.io", "quay.io", "registry-1.docker.io", "ghcr.io", "registry.gitlab.com"
]

_WITHOUT_CREDENTIALS = ("public.ecr.aws", "registry.k8s.io", "quay.io")


class PullThroughCache(CheckedConstruct):
    """Images of another registry, cached in ECR after the first pull, so that tasks start without that registry.

    ECR creates the repositories with its own settings: mutable tags, no lifecycle policy, and the scan settings of your
    registry.

    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        upstream: Upstream,
        prefix: str,
        credentials: secretsmanager.ISecret | None = None,
    ) -> None:
        """Create a cache.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            upstream: The registry to cache.
            prefix: Prefix of its repository names in ECR, 2–30 characters, such as `docker-hub`.
            credentials: Secret whose name begins with `ecr-pullthroughcache/`, for registries that require a login.
                Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(PullThroughCache.__init__, locals())
        if (
            not found.has("prefix")
            and not is_token(prefix)
            and not (2 <= len(prefix) <= 30 and _PREFIX.fullmatch(prefix))
        ):
            found.add(
                "prefix",
                "not a valid ECR prefix",
                given=prefix,
                allowed="2–30 lowercase letters, digits and . _ - /",
            )
        if not found.has("upstream") and credentials is None and upstream not in _WITHOUT_CREDENTIALS:
            found.add(
                "credentials",
                f"{upstream} requires a login",
                given=credentials,
                allowed=f"a secret whose name begins with {_SECRET_PREFIX}",
            )
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.prefix = prefix
        self.rule = ecr.CfnPullThroughCacheRule(
            self,
            "Rule",
            ecr_repository_prefix=prefix,
            upstream_registry_url=upstream,
            credential_arn=credentials.secret_full_arn or credentials.secret_arn if credentials else None,
        )

    def image(
        self,
        name: str,
        tag: str | None = None,
        *,
        digest: str | None = None,
        pinned: Literal[True] | Disabled = True,
    ) -> RepositoryImage:
        """Return an image of the other registry, such as `image("library/nginx", "1.29.1")`.

        The service that uses it gets permission to pull it and to import it into ECR on the first pull.

        Args:
            name: Its name in the other registry.
            tag: The tag. `latest` is refused unless `pinned=Disabled(reason="…")`.
            digest: The digest, instead of the tag.
            pinned: Refuses a tag that can move, such as `latest`. Default: True.
        """
        if not isinstance(name, str) or not (is_token(name) or _PREFIX.fullmatch(name)):
            problem = Problem(
                option="name",
                what="not a repository name",
                given=repr(name),
                allowed="a name without registry and tag, such as library/nginx",
            )
            raise ConstructError(f"{self.node.path}.image", [problem])
        child = f"Image{name.replace('/', '-')}"
        repository = self.node.try_find_child(child) or ecr.Repository.from_repository_name(
            self, child, f"{self.prefix}/{name}"
        )
        return RepositoryImage(repository=repository, tag=tag, digest=digest, pinned=pinned, cached=True)
