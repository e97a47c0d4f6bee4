"""Subjects of `registry`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_containers import (
    PullThroughCache,
    Repository,
)

from .making import OFF, key, secret
from .subject import Subject

SUBJECTS: list[Subject] = [
    Subject(Repository, lambda stack, given: Repository(stack, "Repository", **given)),
    Subject(
        PullThroughCache,
        lambda stack, given: PullThroughCache(stack, "Cache", **given),
        lambda _: {"upstream": "public.ecr.aws", "prefix": "public"},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Repository": {
        "repository_name": "shop/web",
        "immutable_tags": OFF,
        "scan_on_push": OFF,
        "encryption_key": key("ImageKey"),
        "keep_images": 5,
        "untagged_days": 1,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "outputs": False,
    },
    "PullThroughCache": {"upstream": "quay.io", "prefix": "other", "credentials": secret},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
