"""Roles that workflows of GitHub and pipelines of GitLab take, in two accounts."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers import (
    Environment,
    GitHubDelivery,
    GitHubRepository,
    GitLabDelivery,
    GitLabProject,
    GitLabRef,
    ImageBuild,
    Repository,
)

from .settings import Settings

SHOP = GitHubRepository(name="example/shop", id=700000001, owner_id=90000001)
BILLING = GitLabProject(path="example/billing")


class DeliveryRolesStack(cdk.Stack):
    """The roles of one account; with images, also the repositories and the roles that push to them."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        builds: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        staging = Environment(name="staging", account=settings.first_account, region=settings.first_region)
        live = Environment(name="live", account=settings.second_account, region=settings.first_region)
        self.github = GitHubDelivery(
            self,
            "GitHub",
            repository=SHOP,
            environments=[staging, live],
            images=[self._image(settings, "shop")] if builds else [],
            role_prefix=f"{settings.name}-shop",
        )
        self.gitlab = GitLabDelivery(
            self,
            "GitLab",
            project=BILLING,
            environments=[staging, live],
            refs={
                "staging": GitLabRef(type="branch", name="main"),
                "live": GitLabRef(type="tag", name="v*"),
            },
            images=[self._image(settings, "billing")] if builds else [],
            role_prefix=f"{settings.name}-billing",
        )

    def _image(self, settings: Settings, name: str) -> ImageBuild:
        repository = Repository(
            self,
            name.capitalize(),
            repository_name=f"{settings.name}-delivery/{name}",
            removal_policy=settings.removal_policy,
        )
        return ImageBuild(name=name, repository=repository)


class DeliveryAccounts(cdk.Stage):
    """The account that builds and has staging, and the account that is live."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:  # noqa: A002
        super().__init__(scope, id, env=cdk.Environment(region=settings.first_region))
        for name, account, builds in (
            ("Staging", settings.first_account, True),
            ("Live", settings.second_account, False),
        ):
            DeliveryRolesStack(
                self,
                name,
                settings=settings,
                builds=builds,
                env=cdk.Environment(account=account, region=settings.first_region),
                stack_name=f"{settings.name}-delivery-{name.lower()}",
            )
