"""Subjects of `delivery` that GitHub and GitLab have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

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

from .subject import Subject

SHOP = GitHubRepository(name="acme/shop", id=700, owner_id=90)
BLOG = GitHubRepository(name="acme/blog", id=701, owner_id=90)
MAIN, RELEASES = GitLabRef(type="branch", name="main"), GitLabRef(type="tag", name="v*")
LIVE, TEST = Environment(name="live"), Environment(name="test", region="eu-west-1")


def _images(stack: cdk.Stack) -> list[ImageBuild]:
    return [ImageBuild(name="web", repository=Repository(stack, "Web", repository_name="shop/web"))]


def _boundary(stack: cdk.Stack) -> iam.IManagedPolicy:
    return iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developers")


def _github(stack: cdk.Stack, given: dict[str, Any]) -> GitHubDelivery:
    return GitHubDelivery(stack, "GitHub", **{"repository": SHOP, "environments": [LIVE]} | given)


def _gitlab(stack: cdk.Stack, given: dict[str, Any]) -> GitLabDelivery:
    options = {"project": GitLabProject(path="acme/shop"), "environments": [LIVE], "refs": {"live": MAIN}}
    return GitLabDelivery(stack, "GitLab", **options | given)


SUBJECTS: list[Subject] = [
    Subject(GitHubDelivery, _github, lambda _: {"repository": SHOP, "environments": [LIVE]}),
    Subject(
        GitHubRepository,
        lambda stack, given: _github(stack, {"repository": GitHubRepository(**given)}),
        lambda _: {"name": "acme/shop", "id": 700, "owner_id": 90},
    ),
    Subject(
        GitLabDelivery,
        _gitlab,
        lambda _: {"project": GitLabProject(path="acme/shop"), "environments": [LIVE], "refs": {"live": MAIN}},
    ),
    Subject(
        GitLabProject,
        lambda stack, given: _gitlab(stack, {"project": GitLabProject(**given)}),
        lambda _: {"path": "acme/shop"},
    ),
    Subject(
        GitLabRef,
        lambda stack, given: _gitlab(stack, {"refs": {"live": GitLabRef(**given)}}),
        lambda _: {"type": "branch", "name": "main"},
    ),
]

_DELIVERY: dict[str, Any] = {
    "environments": [LIVE, TEST],
    "images": _images,
    "provider_arn": "arn:aws:iam::111111111111:oidc-provider/{}",
    "qualifiers": {"live": "live"},
    "role_prefix": "deliver",
    "max_session": timedelta(hours=2),
    "permissions_boundary": _boundary,
}

CHANGES: dict[str, dict[str, Any]] = {
    "GitHubDelivery": {
        **_DELIVERY,
        "repository": BLOG,
        "branch": "trunk",
        "workflow_file": "release.yml",
        "provider_arn": _DELIVERY["provider_arn"].format("token.actions.githubusercontent.com"),
    },
    "GitHubRepository": {"name": "acme/blog", "id": 701, "owner_id": 91},
    "GitLabDelivery": {
        **_DELIVERY,
        "project": GitLabProject(path="acme/blog"),
        "environments": [Environment(name="live", region="eu-west-1")],
        "refs": {"live": RELEASES},
        "provider_arn": _DELIVERY["provider_arn"].format("gitlab.com"),
    },
    "GitLabProject": {"path": "acme/blog", "url": "https://git.acme.com", "audience": "aws"},
    "GitLabRef": {"type": "tag", "name": "trunk"},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
