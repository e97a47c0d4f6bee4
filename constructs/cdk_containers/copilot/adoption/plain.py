"""Templates with resolved functions, so that different spellings of the same value compare as equal.

Values that only a deployment sets are in angle brackets, such as `<Ref Queue>` or `<import shop-prod-VpcId>`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_NOTHING = object()
_NAMED = re.compile(r"\$\{([^!}][^}]*)\}")
_SAME_AS_REF = {"GroupId", "VpcId", "SubnetId", "RouteTableId"}
_RENAMED = {
    "PublicLoadBalancerDNSName": "PublicLoadBalancerDNS",
    "InternalLoadBalancerDNSName": "InternalLoadBalancerDNS",
    "ManagedFileSystemID": "FilesystemID",
}
"""Attributes that Copilot's environment function returns under another name than that of the export."""

_ENVIRONMENT_LOOK_UP = "EnvControllerAction"


class PlainTemplate:
    """A template of a stack.

    Attributes:
        stack: Name of the stack.
        resources: Type, properties and policies of each resource that is deployed, by logical id.
        exports: Values of outputs, by the name of the export.
        imports: Names of exports that it imports.
    """

    def __init__(
        self,
        stack: str,
        content: Mapping[str, Any],
        parameters: Mapping[str, str] | None = None,
        *,
        environment: str = "",
    ) -> None:
        self.stack = stack
        self._environment = environment
        self._content = content
        declared = content.get("Parameters") or {}
        self._values = {name: one.get("Default", f"<parameter {name}>") for name, one in declared.items()}
        self._values |= {name: one for name, one in (parameters or {}).items() if name in declared}
        self._values["AWS::StackName"] = stack
        self.imports: set[str] = set()
        self.resources: dict[str, dict[str, Any]] = {}
        for name, one in (content.get("Resources") or {}).items():
            if "Condition" not in one or self._holds({"Condition": one["Condition"]}):
                self.resources[name] = {**one, "Properties": self.plain(one.get("Properties") or {})}
        self.exports: dict[str, Any] = {}
        for one in (content.get("Outputs") or {}).values():
            if "Export" in one and ("Condition" not in one or self._holds({"Condition": one["Condition"]})):
                self.exports[str(self.plain(one["Export"]["Name"]))] = self.plain(one["Value"])

    def plain(self, node: Any) -> Any:
        """Return a value with resolved functions."""
        if isinstance(node, list):
            return [value for value in map(self.plain, node) if value is not _NOTHING]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        found = {name: self.plain(value) for name, value in node.items()}
        return {name: value for name, value in found.items() if value is not _NOTHING}

    def _function(self, name: str, argument: Any) -> Any:  # noqa: PLR0911  (one for each function)
        match name:
            case "Ref":
                return self._ref(str(argument))
            case "GetAtt":
                parts = argument.split(".", 1) if isinstance(argument, str) else argument
                return self._attribute(*parts)
            case "Sub":
                text, more = argument if isinstance(argument, list) else (argument, {})
                values = {key: self.plain(value) for key, value in more.items()}
                return _NAMED.sub(lambda found: _text(self._named(found[1], values)), text).replace("${!", "${")
            case "Join":
                parts = self.plain(argument[1])
                return argument[0].join(map(_text, parts)) if isinstance(parts, list) else _unknown(name, parts)
            case "If":
                return self.plain(argument[1] if self._holds({"Condition": argument[0]}) else argument[2])
            case "ImportValue":
                export = _text(self.plain(argument))
                self.imports.add(export)
                return f"<import {export}>"
            case "Split":
                text = self.plain(argument[1])
                known = isinstance(text, str) and "<" not in text
                return text.split(argument[0]) if known else f"<split {_text(text)}>"
            case "Select":
                place, items = argument[0], self.plain(argument[1])
                return items[int(place)] if isinstance(items, list) else f"<{place} of {_text(items)}>"
            case _:
                return _unknown(name, self.plain(argument))

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self._values:
            return self._values[name]
        return f"<{name}>"

    def _attribute(self, name: str, attribute: Any) -> str:
        if name == _ENVIRONMENT_LOOK_UP:
            self.imports.add(f"{self._environment}-{_RENAMED.get(attribute, attribute)}")
            return f"<import {self._environment}-{_RENAMED.get(attribute, attribute)}>"
        return f"<{name}>" if attribute in _SAME_AS_REF else f"<{name}.{_text(self.plain(attribute))}>"

    def _named(self, name: str, values: Mapping[str, Any]) -> Any:
        if name in values:
            return values[name]
        return self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)

    def _holds(self, node: Any) -> bool:
        name, argument = next(iter(node.items()))
        match name.removeprefix("Fn::"):
            case "Condition":
                return self._holds((self._content.get("Conditions") or {}).get(argument, {"Fn::Equals": [0, 1]}))
            case "Not":
                return not self._holds(argument[0])
            case "And":
                return all(map(self._holds, argument))
            case "Or":
                return any(map(self._holds, argument))
            case _:
                first, second = self.plain(argument)
                return bool(first == second)


def is_known(value: Any) -> bool:
    """Tell whether a value is known before a deployment."""
    return "<" not in json.dumps(value, default=str)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _unknown(name: str, argument: Any) -> str:
    return f"<{name} {_text(argument)}>"
