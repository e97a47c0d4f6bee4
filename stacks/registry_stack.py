"""The repositories that images are pushed to, and the cache of those that others publish."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers import PullThroughCache, Repository

from .settings import Settings


class RegistryStack(cdk.Stack):
    """A repository for each service, with its own life cycle and readers; a cache of the public registry of AWS."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        self.web = Repository(self, "Web", removal_policy=settings.removal_policy)
        self.backend = Repository(self, "Backend", removal_policy=settings.removal_policy)
        self.public = PullThroughCache(self, "Public", upstream="public.ecr.aws", prefix=f"{settings.name}-public")
