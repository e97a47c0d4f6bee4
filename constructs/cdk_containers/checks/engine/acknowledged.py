"""What somebody has accepted in writing, and why.

A construct of this library and a person who writes a template say it in the metadata of the resource; a CDK app says it
by `Validations.of(construct).acknowledge(...)`, for all that is in the construct.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_containers.checks.templates import Resource

KEY = "cdk_containers"
"""Of the metadata of a resource: `cdk_containers: {opt_outs: {practice: reason}}`."""

PREFIX = "cdk-containers::"
"""Of the id that a CDK app acknowledges."""


def reason(practice: str, resource: Resource) -> str:
    """Return why a resource need not follow a practice; empty where nobody says so."""
    by_app = resource.template.app_metadata().acknowledged if resource.construct_path else {}
    given = [_opt_outs(resource).get(practice)]
    given += [by_app.get(path, {}).get(PREFIX + practice) for path in _path_and_above(resource.construct_path)]
    return next((text.strip() for text in given if isinstance(text, str) and text.strip()), "")


def _opt_outs(resource: Resource) -> Mapping[str, Any]:
    ours = resource.metadata.get(KEY)
    opt_outs = ours.get("opt_outs") if isinstance(ours, Mapping) else None
    return opt_outs if isinstance(opt_outs, Mapping) else {}


def _path_and_above(path: str) -> Iterator[str]:
    yield f"{path}/Resource"
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
