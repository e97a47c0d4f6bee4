"""One stack with the roles of GitHub and of GitLab, synthesized once."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

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
from tests.toolkit import synth

ACCOUNT, OTHER_ACCOUNT, REGION = "111111111111", "222222222222", "eu-west-1"
DEV = Environment.development("dev", account=ACCOUNT, region=REGION)
LIVE = Environment(name="live", account=OTHER_ACCOUNT, region=REGION)
SHOP = GitHubRepository(name="acme/shop", id=700, owner_id=90)
PROJECT = GitLabProject(path="acme/shop")
REFS = {"dev": GitLabRef(type="branch", name="main"), "live": GitLabRef(type="tag", name="v*")}


def stack_in(account: str) -> cdk.Stack:
    app = cdk.App(analytics_reporting=False, tree_metadata=False)
    return cdk.Stack(app, "Delivery", env=cdk.Environment(account=account, region=REGION))


class Made:
    """The constructs of an account, and what their stack became."""

    def __init__(self, account: str, *, builds: bool) -> None:
        stack = stack_in(account)
        images = []
        if builds:
            repository = Repository(stack, "Web", repository_name="shop/web")
            images = [ImageBuild(name="web", repository=repository, directory="web")]
        self.github = GitHubDelivery(stack, "GitHub", repository=SHOP, environments=[DEV, LIVE], images=images)
        self.gitlab = GitLabDelivery(
            stack, "GitLab", project=PROJECT, environments=[DEV, LIVE], refs=REFS, images=images, role_prefix="lab"
        )
        self.template: dict[str, Any] = synth(stack)

    def role(self, name: str) -> dict[str, Any]:
        found = [
            entry["Properties"]
            for entry in self.template["Resources"].values()
            if entry["Type"] == "AWS::IAM::Role" and entry["Properties"]["RoleName"] == name
        ]
        assert len(found) == 1, name
        return found[0]


@pytest.fixture(scope="session")
def tools() -> Made:
    """The account of the images and of dev."""
    return Made(ACCOUNT, builds=True)


@pytest.fixture(scope="session")
def live() -> Made:
    """The account of live."""
    return Made(OTHER_ACCOUNT, builds=False)
