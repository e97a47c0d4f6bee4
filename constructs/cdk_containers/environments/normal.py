"""Templates without the expected differences between environments: accounts, regions, names and their hashes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cdk_containers.checks.templates import Resource

from .assembly import DeployedStack, without

_HASH = re.compile(r"[0-9A-F]{8,}")
_NOT_A_LETTER = re.compile(r"[^A-Za-z0-9]")
_FOLLOWS = ("Type", "Metadata", "DependsOn")
"""Properties that follow from the rest of the resource."""
_USAGE = "AWS::CDK::Metadata"
"""CDK metadata follows from the constructs of the stack."""


def normal_resources(stack: DeployedStack) -> dict[str, Any]:
    """Return the resources of a stack, by construct and type."""
    found: dict[str, Any] = {}
    for resource in stack.template.resources.values():
        if resource.type == _USAGE:
            continue
        name = _name(resource, stack)
        found[f"{name} {resource.logical_id}" if name in found else name] = _normal(_content(resource), stack)
    return found


def normal_section(stack: DeployedStack, section: str) -> dict[str, Any]:
    """Return a section of the template, such as `Outputs`."""
    content = stack.template.source.get(section)
    entries = content if isinstance(content, Mapping) else {}
    return {f"{section} {_text(name, stack)}": _normal(value, stack) for name, value in entries.items()}


def _name(resource: Resource, stack: DeployedStack) -> str:
    path = resource.construct_path.removeprefix(f"{stack.path}/") or resource.logical_id
    return f"{_text(path, stack)} ({resource.type})"


def _content(resource: Resource) -> Mapping[str, Any]:
    content = {key: value for key, value in resource.declaration.items() if key not in _FOLLOWS}
    properties = dict(content.get("Properties") or {})
    # A hash of settings that are in the template themselves.
    properties.pop("ForceNewDeployment", None)
    return content | {"Properties": properties}


def _normal(value: Any, stack: DeployedStack) -> Any:
    match value:
        case str():
            return _text(value, stack)
        case {"Fn::Join": ["", [*parts]]} if all(isinstance(part, str) or _named(part) for part in parts):
            return _text("".join(part if isinstance(part, str) else f"${{{_named(part)}}}" for part in parts), stack)
        case Mapping():
            return {key: _normal(item, stack) for key, item in value.items()}
        case [*items] if items and (keyed := _keyed(items)):
            return {key: _normal(item, stack) for key, item in keyed.items()}
        case list():
            return [_normal(item, stack) for item in value]
        case _:
            return value


def _named(part: Any) -> str:
    """Return the target of a reference."""
    match part:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"{name}.{attribute}"
        case _:
            return ""


def _keyed(items: list[Any]) -> dict[str, Any]:
    """Return a list of keys and values as a map, because their order has no meaning."""
    for key in ("Key", "Name"):
        if all(isinstance(item, Mapping) and item.keys() == {key, "Value"} for item in items):
            return {str(item[key]): item["Value"] for item in items}
    return {}


def _text(text: str, stack: DeployedStack) -> str:
    for known, word in ((stack.name, "<stack>"), (stack.account, "<account>"), (stack.region, "<region>")):
        text = text.replace(known, word) if known else text
    squashed = _NOT_A_LETTER.sub("", stack.path)
    if squashed in text:
        text = _HASH.sub("#", text.replace(squashed, "*"))
    return without(text, stack.environment)
