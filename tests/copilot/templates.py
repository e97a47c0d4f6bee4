"""Templates with their functions resolved, as far as two ways to say the same can be told from two different things.

What refers to a resource becomes its type in angle brackets, and what is imported the name of the export, so that
logical ids, and the stack that something is in, do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NOTHING = object()
_NAMED = re.compile(r"\$\{([^!}][^}]*)\}")
_OWN_MACHINERY = {
    "PublicLoadBalancerDNSName": "PublicLoadBalancerDNS",
    "InternalLoadBalancerDNSName": "InternalLoadBalancerDNS",
    "ManagedFileSystemID": "FilesystemID",
}
"""What Copilot's function that changes the environment returns under another name than the environment exports it."""


class Template:
    """A template with values for its parameters.

    Attributes:
        resources: The resources whose condition holds, as type and properties, by logical id.
    """

    def __init__(self, content: Mapping[str, Any], parameters: Mapping[str, str], prefix: str) -> None:
        self._content = content
        self._prefix = prefix
        defaults = {name: one.get("Default", f"<{name}>") for name, one in content.get("Parameters", {}).items()}
        pseudo = {"Region": "us-west-2", "AccountId": "123456789012", "Partition": "aws", "URLSuffix": "amazonaws.com"}
        own = {"AWS::StackName": parameters.get("stack", ""), "AWS::StackId": "<stack>"}
        self._values = {**defaults, **{f"AWS::{name}": value for name, value in pseudo.items()}, **own, **parameters}
        self.resources = {
            name: (one["Type"], self.plain(one.get("Properties", {})))
            for name, one in content["Resources"].items()
            if "Condition" not in one or self._holds({"Condition": one["Condition"]})
        }

    def plain(self, node: Any) -> Any:
        """Return a value with resolved functions."""
        if isinstance(node, list):
            return [value for value in (self.plain(item) for item in node) if value is not _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        found = {name: self.plain(value) for name, value in node.items()}
        return {name: value for name, value in found.items() if value is not _NOTHING}

    def _function(self, name: str, argument: Any) -> Any:  # noqa: PLR0911  (one for each function)
        match name:
            case "Ref":
                return self._ref(argument)
            case "GetAtt":
                return self._attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            case "If":
                return self.plain(argument[1 if self._holds({"Condition": argument[0]}) else 2])
            case "Sub":
                text, more = argument if isinstance(argument, list) else (argument, {})
                known = {key: str(self.plain(value)) for key, value in more.items()}
                return _NAMED.sub(lambda found: known.get(found[1]) or self._named(found[1]), text)
        value = self.plain(argument)
        match name:
            case "Join":
                parts = value[1] if isinstance(value[1], list) else [value[1]]
                return value[0].join(str(part) for part in parts)
            case "Split":
                return str(value[1]).split(value[0])
            case "Select":
                listed = value[1] if isinstance(value[1], list) else [value[1]]
                place = int(value[0])
                return listed[place] if place < len(listed) else listed[-1]
            case "ImportValue":
                name = str(value).removeprefix(self._prefix)
                return self._values.get(name) or f"<{name}>"
            case "GetAZs":
                return ["us-west-2a", "us-west-2b"]
        return f"<{name}>"

    def _named(self, name: str) -> str:
        return str(self._attribute(*name.split(".", 1)) if "." in name else self._ref(name))

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        return self._values.get(name, f"<{name}>")

    def _attribute(self, name: str, attribute: str) -> Any:
        resource = self._content["Resources"].get(name, {})
        if resource.get("Type") == "Custom::DynamicDesiredCountFunction":
            return self.plain(resource["Properties"]["DefaultDesiredCount"])
        if attribute == "InternalWorkloadsHostedZoneName":
            application, environment = self._values["AppName"], self._values["EnvName"]
            return f"{environment}.{application}.internal"
        if resource.get("Type") == "Custom::EnvControllerFunction":
            return f"<{_OWN_MACHINERY.get(attribute, attribute)}>"
        return f"<{name}>"

    def _holds(self, condition: Any) -> bool:
        name, argument = next(iter(condition.items()))
        match name.removeprefix("Fn::"):
            case "Condition":
                return self._holds(self._content["Conditions"][argument])
            case "Not":
                return not self._holds(argument[0])
            case "And":
                return all(self._holds(one) for one in argument)
            case "Or":
                return any(self._holds(one) for one in argument)
            case _:
                left, right = (str(self.plain(one)).lower() for one in argument)
                return left == right
