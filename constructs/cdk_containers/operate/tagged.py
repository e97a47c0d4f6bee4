"""Finds deployed resources by the tags that the library sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .api import Api
from .targets import Kind, Target

_TAGGED: Mapping[str, Kind] = {
    "ecs:service": "service",
    "ecs:task-definition": "job",
    "eks:cluster": "EKS cluster",
}


def tagged_targets(api: Api, application: str = "", environment: str = "") -> list[Target]:
    """Return the resources with a tag `component`, in the given application and environment.

    Raises:
        Refused: AWS refuses a call.
    """
    filters: list[dict[str, Any]] = [{"Key": "component"}]
    for key, value in (("application", application), ("environment", environment)):
        filters += [{"Key": key, "Values": [value]}] if value else []
    found: dict[str, Target] = {}
    for it in api.pages(
        "resourcegroupstaggingapi",
        "get_resources",
        "ResourceTagMappingList",
        TagFilters=filters,
        ResourceTypeFilters=list(_TAGGED),
    ):
        target = _of_tags(it, api)
        # Each deployment registers another revision of a task definition.
        key = target.id if target.kind != "job" else target.id.rpartition(":")[0]
        if key not in found or _revision(target) > _revision(found[key]):
            found[key] = target
    return list(found.values())


def _of_tags(it: Mapping[str, Any], api: Api) -> Target:
    tags = {tag["Key"]: tag["Value"] for tag in it.get("Tags", ())}
    arn = it["ResourceARN"]
    _, _, service, _, _, rest = arn.split(":", 5)
    kind = _TAGGED[f"{service}:{rest.partition('/')[0]}"]
    application, component = tags.get("application"), tags["component"]
    return Target(
        name=f"{application}/{component}" if application else component,
        kind=kind,
        id=arn.rpartition("/")[2] if kind == "EKS cluster" else arn,
        account=api.id,
        region=api.region,
        environment=tags.get("environment", ""),
        stack=tags.get("aws:cloudformation:stack-name", ""),
    )


def _revision(target: Target) -> int:
    number = target.id.rpartition(":")[2]
    return int(number) if target.kind == "job" and number.isdecimal() else 0
