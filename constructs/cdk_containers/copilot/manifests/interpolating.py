"""`${VAR}` in manifests, as Copilot fills it in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .nodes import Items, Map, Node, Scalar

_VARIABLE = re.compile(r"\$\{([_a-zA-Z][_a-zA-Z0-9]*)\}")


def interpolate(node: Node, variables: Mapping[str, str]) -> None:
    """Fill variables into all texts below a node, in place; one that is not defined is a problem."""
    if isinstance(node, Map):
        for value in node.entries.values():
            interpolate(value, variables)
    elif isinstance(node, Items):
        for item in node.items:
            interpolate(item, variables)
    elif isinstance(node, Scalar) and node.kind == "str" and "${" in node.text:
        _fill(node, variables)


def _fill(node: Scalar, variables: Mapping[str, str]) -> None:
    missing = [name for name in dict.fromkeys(_VARIABLE.findall(node.text)) if name not in variables]
    if missing:
        node.refuse(f"the variable {', '.join(missing)} is not defined: export it before you run the command")
        return
    node.text = node.value = _VARIABLE.sub(lambda match: variables[match[1]], node.text)
