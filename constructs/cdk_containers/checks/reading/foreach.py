"""`Fn::ForEach` of the language extensions, expanded if the template contains its collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST = 1_000


def expanded(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template with expanded loops. A loop over values that only a deployment sets does not change."""
    parameters = source.get("Parameters")
    known = {"parameters": parameters if isinstance(parameters, Mapping) else {}}
    return {
        name: _expand(section, known) if name in ("Resources", "Outputs", "Conditions") else section
        for name, section in source.items()
    }


def _expand(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_expand(item, known) for item in value]
    if not isinstance(value, Mapping):
        return value
    content: dict[Any, Any] = {}
    for key, child in value.items():
        loop = _loop(key, child, known)
        if loop is None:
            content[key] = _expand(child, known)
            continue
        identifier, collection, body = loop
        for item in collection[:_MOST]:
            made = {_replaced(name, identifier, item): _replaced(part, identifier, item) for name, part in body.items()}
            content.update(_expand(made, known))
    return content


def _loop(key: Any, value: Any, known: Mapping[str, Any]) -> tuple[str, list[str], Mapping[str, Any]] | None:
    if not isinstance(key, str) or not key.startswith("Fn::ForEach::"):
        return None
    match value:
        case [str(identifier), list(collection), dict(body)] if all(isinstance(item, str | int) for item in collection):
            return identifier, [str(item) for item in collection], body
        case [str(identifier), {"Ref": str(name)}, dict(body)]:
            declared = known["parameters"].get(name)
            default = declared.get("Default") if isinstance(declared, Mapping) else None
            if isinstance(default, str):
                return identifier, [item.strip() for item in default.split(",")], body
    return None


def _replaced(value: Any, identifier: str, item: str) -> Any:
    if isinstance(value, str):
        return value.replace("${" + identifier + "}", item).replace("&{" + identifier + "}", _letters(item))
    if isinstance(value, list):
        return [_replaced(one, identifier, item) for one in value]
    if not isinstance(value, Mapping):
        return value
    if dict(value) == {"Ref": identifier}:
        return item
    content = {_replaced(key, identifier, item): _replaced(child, identifier, item) for key, child in value.items()}
    match content:
        case {"Fn::Sub": str(text), **others} if not others and "${" not in text:
            return text  # so that Ref and Fn::GetAtt can use it as a name
    return content


def _letters(item: str) -> str:
    return "".join(character for character in item if character.isalnum())
