"""Interpolates `${VAR}` in compose files.

`$$` is a dollar sign. `$VAR` and `${VAR}` are values. `:-` and `-` set a default, `:?` and `?` require a value, and
`:+` and `+` use other text if there is a value. With the colon, an empty value counts as missing. Any other dollar sign
stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from cdk_containers.core.documents import Items, Map, Node, Scalar, meaning

UNSET = "\ue000"
"""Marks a variable without a value in text that becomes a secret, so that the value is not needed."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_DEEPEST = 20

IsSecret = Callable[[tuple[str, ...], str, str], bool]


class InterpolationError(Exception):
    """A text that cannot be interpolated."""


class Interpolation:
    """Interpolates variables, in each node once, because services share nodes with those that they extend.

    Args:
        variables: The values.
        is_secret: Tells whether a text becomes a secret, from its keys, its text and the name of a variable without a
            value.
    """

    def __init__(self, variables: Mapping[str, str], is_secret: IsSecret) -> None:
        self._variables = variables
        self._is_secret = is_secret
        self._filled: dict[int, Node] = {}

    def fill(self, node: Node | None) -> None:
        """Interpolate variables in all values below a node, in place."""
        if isinstance(node, Map):
            for value in node.entries.values():
                self.fill(value)
        elif isinstance(node, Items):
            for item in node.items:
                self.fill(item)
        elif isinstance(node, Scalar) and "$" in node.text and id(node) not in self._filled:
            self._filled[id(node)] = node
            _fill(node, self._variables, self._is_secret)


def _fill(node: Scalar, variables: Mapping[str, str], is_secret: IsSecret) -> None:
    missing: list[str] = []
    filler = _Filler(variables, missing)
    try:
        filled = filler.filled(node.text)
    except InterpolationError as error:
        node.refuse(str(error))
        return
    if unknown := [name for name in dict.fromkeys(missing) if not is_secret(node.path, node.text, name)]:
        node.refuse(
            f"the variable {', '.join(unknown)} has no value: add it to .env, pass --set {unknown[0]}=VALUE, or write "
            f"a default, ${{{unknown[0]}:-VALUE}}"
        )
        node.kind, node.value = "null", None  # so that it causes no further problems
    elif filled != node.text:
        node.text = filled
        node.kind, node.value = meaning(filled) if filled else ("str", "")


class _Filler:
    def __init__(self, variables: Mapping[str, str], missing: list[str]) -> None:
        self._variables = variables
        self._missing = missing

    def filled(self, text: str, depth: int = 0) -> str:
        """Return a text with interpolated variables."""
        if depth > _DEEPEST:
            raise InterpolationError(f"variables are nested more than {_DEEPEST} deep")
        made, at = [], 0
        while (dollar := text.find("$", at)) >= 0:
            made.append(text[at:dollar])
            after = text[dollar + 1 : dollar + 2]
            if after == "$":
                made.append("$")
                at = dollar + 2
            elif after == "{":
                end = _end(text, dollar + 2)
                made.append(self._braced(text[dollar + 2 : end], depth))
                at = end + 1
            elif name := _NAME.match(text, dollar + 1):
                made.append(self._value(name[0]))
                at = name.end()
            else:
                made.append("$")
                at = dollar + 1
        return "".join([*made, text[at:]])

    def _braced(self, inside: str, depth: int) -> str:
        name = _NAME.match(inside)
        operator = _OPERATOR.match(inside, name.end()) if name else None
        if name is None or (operator is None and name.end() != len(inside)):
            message = f"${{{inside}}} is not a variable; allowed: ${{NAME}}, ${{NAME:-default}}, ${{NAME:?message}}, $$"
            raise InterpolationError(message)
        if operator is None:
            return self._value(name[0])
        value = self._variables.get(name[0])
        there = bool(value) if operator[0][0] == ":" else value is not None
        other = inside[operator.end() :]
        if operator[0][-1] == "+":
            return self.filled(other, depth + 1) if there else ""
        if there:
            return value or ""
        if operator[0][-1] == "-":
            return self.filled(other, depth + 1)
        return self._none(name[0])

    def _value(self, name: str) -> str:
        value = self._variables.get(name)
        return self._none(name) if value is None else value

    def _none(self, name: str) -> str:
        self._missing.append(name)
        return f"{UNSET}{name}{UNSET}"


def _end(text: str, at: int) -> int:
    depth = 1
    while at < len(text):
        if text.startswith("${", at):
            depth, at = depth + 1, at + 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    raise InterpolationError("a `${` is not closed; write $$ for a dollar")
