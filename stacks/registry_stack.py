"""The repositories that images are pushed to."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers import Repository

from .settings import Settings


class RegistryStack(cdk.Stack):
    """A repository for each service, so that each has its own life cycle and its own readers."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        self.web = Repository(self, "Web", removal_policy=settings.removal_policy)
        self.backend = Repository(self, "Backend", removal_policy=settings.removal_policy)
