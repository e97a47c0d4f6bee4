"""Interpolates `${VAR}` in manifests as Copilot does: in every text, never in keys, and never as a number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdk_containers.core.documents import Items, Map, Node, Scalar

_VARIABLE = re.compile(r"(\\?)\$\{([_a-zA-Z][_a-zA-Z0-9]*)\}")
_APPLICATION = "COPILOT_APPLICATION_NAME"
_ENVIRONMENT = "COPILOT_ENVIRONMENT_NAME"


class Variables:
    """Values for `${VAR}`.

    Args:
        given: The variables of the shell.
        application: Name of the application, if it is known.
        environment: Name of the environment, if it is known.
    """

    def __init__(self, given: Mapping[str, str], application: str | None, environment: str | None) -> None:
        self._given = given
        self._own = {_APPLICATION: application, _ENVIRONMENT: environment}

    def problem(self, name: str) -> str | None:
        """Return why a variable has no value."""
        own = self._own.get(name)
        if own is not None and self._given.get(name, own) != own:
            return f"the shell has {name}={self._given[name]!r}, but it is {own!r}: unset it"
        if own is not None or name in self._given:
            return None
        if name in self._own:
            return f"${{{name}}} is not known here: set the application and the environment"
        return f"the variable {name} is not defined: export it, or write \\${{{name}}} for literal text"

    def value(self, name: str) -> str:
        """Return the value of a variable."""
        return self._own.get(name) or self._given[name]


def interpolate(node: Node, variables: Variables) -> None:
    """Interpolate variables in all texts below a node, in place; an undefined variable is a problem."""
    if isinstance(node, Map):
        for value in node.entries.values():
            interpolate(value, variables)
    elif isinstance(node, Items):
        for item in node.items:
            interpolate(item, variables)
    elif isinstance(node, Scalar) and node.kind == "str" and "${" in node.text:
        _fill(node, variables)


def _fill(node: Scalar, variables: Variables) -> None:
    names = dict.fromkeys(name for escaped, name in _VARIABLE.findall(node.text) if not escaped)
    problems = [problem for name in names if (problem := variables.problem(name))]
    for problem in problems:
        node.refuse(problem)
    if problems:
        return
    node.filled = bool(names)
    node.text = node.value = _VARIABLE.sub(
        lambda match: match[0][1:] if match[1] else variables.value(match[2]), node.text
    )
