"""The properties that CloudFormation has for a type, and those that a template shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

TYPES = (
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ECS::Cluster",
    "AWS::ECS::CapacityProvider",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ECR::Repository",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
    "AWS::Scheduler::Schedule",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::LaunchTemplate",
)
"""The types whose every property is shown by a template of ours, or listed as having no option."""


@cache
def properties_of(type_: str) -> frozenset[str]:
    """Return the paths of the properties that can be set, without places in lists: `LoadBalancers.ContainerName`."""
    schema: Any = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    read_only = {path.removeprefix("/properties/").replace("/", ".") for path in schema.get("readOnlyProperties", ())}
    found = _paths(schema, schema.get("definitions", {}), "", frozenset())
    return frozenset(path for path in found if path not in read_only)


def _paths(schema: Any, definitions: Mapping[str, Any], path: str, seen: frozenset[str]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in definitions and name not in seen:
            yield from _paths(definitions[name], definitions, path, seen | {name})
        return
    items = schema.get("items", {})
    inside = schema.get("properties", {})
    if path and not inside and not ("$ref" in items or items.get("properties")):
        yield path
    for name, part in inside.items():
        yield from _paths(part, definitions, f"{path}.{name}".lstrip("."), seen)
    if items:
        yield from (deeper for deeper in _paths(items, definitions, path, seen) if deeper != path or "$ref" in items)


def shown_in(template: Mapping[str, Any], type_: str) -> set[str]:
    """Return the properties of a type that a template sets."""
    given = {
        path
        for entry in template.get("Resources", {}).values()
        if entry["Type"] == type_
        for path in _given(entry.get("Properties", {}), "")
    }
    # What is below a property, such as a reference, shows the property.
    return {above for path in given for above in accumulate(path.split("."), "{}.{}".format)} & properties_of(type_)


def _given(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if not value:
            yield path
        for name, part in value.items():
            yield from _given(part, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        if not value:
            yield path
        for part in value:
            yield from _given(part, path)
    else:
        yield path
