"""Evaluates CloudFormation intrinsic functions, as far as a template allows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .values import MISSING, CannotTell, Malformed, Missing, Partial, Reference, Unknown, Value

if TYPE_CHECKING:
    from .template import Template

_DEEPEST = 100
_MOST_ALTERNATIVES = 8
_DYNAMIC = re.compile(r"\{\{resolve:([a-z0-9-]+):[^}]*\}\}")
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class Dynamic(Unknown):
    """A dynamic reference, which CloudFormation replaces by a parameter or a secret.

    Attributes:
        service: Source: `ssm`, `ssm-secure` or `secretsmanager`.
    """

    __slots__ = ("service",)

    def __init__(self, text: str, service: str) -> None:
        super().__init__(f"the dynamic reference {text}")
        self.service = service


class NoEcho(Unknown):
    """A parameter that CloudFormation never shows: its author marked it as secret."""

    __slots__ = ()


def evaluate(expression: Any, template: Template, where: str = "") -> Value:
    """Evaluate an expression of a template, as far as the template and its estate allow."""
    from .map import Map  # noqa: PLC0415  (a map evaluates what is in it)

    if isinstance(expression, str):
        return _text(expression) if "{{resolve:" in expression else expression
    if isinstance(expression, Mapping):
        if len(expression) == 1:
            name = next(iter(expression))
            function = FUNCTIONS.get(name) if isinstance(name, str) else None
            if function is not None:
                return _called(function, name, expression[name], template, where)
        return Map(expression, template, where)
    if isinstance(expression, list):
        values = [evaluate(item, template, f"{where}/{number}") for number, item in enumerate(expression)]
        return [value for value in values if not isinstance(value, Missing)]
    return MISSING if expression is None else expression


def _called(
    function: Callable[[Any, Template], Value], name: str, argument: Any, template: Template, where: str
) -> Value:
    depth = template.estate.depth
    if depth > _DEEPEST:
        raise CannotTell("functions of the template form a cycle")
    template.estate.depth += 1
    try:
        value = function(argument, template)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise Malformed(f"{where}/{name}" if where else name, "the arguments of the function", argument) from None
    finally:
        template.estate.depth = depth
    if isinstance(value, _Raw):
        return evaluate(value.expression, value.template, where)
    return value


class _Raw:
    """An expression to evaluate instead of a function, such as the branch of a condition."""

    __slots__ = ("expression", "template")

    def __init__(self, expression: Any, template: Template) -> None:
        self.expression = expression
        self.template = template


def key_of(expression: Any, template: Template) -> str:
    """Return a name for an expression that two equal expressions of one template share."""
    return f"{template.key}:{json.dumps(expression, sort_keys=True, default=str)}"


def _text(text: str) -> Value:
    parts: list[str | Unknown] = []
    end = 0
    for match in _DYNAMIC.finditer(text):
        parts += [text[end : match.start()], Dynamic(match[0], match[1])]
        end = match.end()
    parts.append(text[end:])
    return joined(parts)


def joined(parts: Sequence[Value]) -> Value:
    """Join parts to a text. Some parts can be unknown."""
    flat: list[str | Unknown] = []
    for part in parts:
        pieces = part.parts if isinstance(part, Partial) else (part,)
        for piece in pieces:
            if isinstance(piece, Unknown):
                flat.append(piece)
                continue
            if isinstance(piece, Missing) or not isinstance(piece, str | int | float):
                raise TypeError("only text can be joined")
            text = str(piece).lower() if isinstance(piece, bool) else str(piece)
            if flat and isinstance(flat[-1], str):
                flat[-1] += text
            elif text:
                flat.append(text)
    if len(flat) == 1:
        return flat[0]
    return Partial(tuple(flat)) if any(isinstance(part, Unknown) for part in flat) else "".join(map(str, flat))


# ---- functions


def _ref(name: Any, template: Template) -> Value:
    if name == "AWS::NoValue":
        return MISSING
    if not isinstance(name, str):
        raise TypeError("a name is text")
    if name in template.parameters:
        return _parameter(name, template)
    if name in template.resources:
        return Reference(template.resources[name])
    if name.startswith("AWS::"):
        return template.estate.pseudo_parameters.get(name, Unknown(name))
    return Unknown(f"{name}, which is not in the template", key_of({"Ref": name}, template))


def _parameter(name: str, template: Template) -> Value:
    if name in template.arguments:
        return template.arguments[name]
    if template.nested_in is not None and name in template.nested_in.arguments:
        return _Raw(template.nested_in.arguments[name], template.nested_in.template)
    declared = template.parameters[name]
    kind_of_unknown = NoEcho if str(declared.get("NoEcho")).lower() == "true" else Unknown
    unknown = kind_of_unknown(f"parameter {name}", f"{template.key}:parameter {name}")
    kind = str(declared.get("Type", "String"))
    if kind.startswith("AWS::SSM::"):
        return unknown
    listed = kind == "CommaDelimitedList" or kind.startswith("List<")
    allowed = declared.get("AllowedValues")
    options: list[Value]
    if isinstance(allowed, list) and 0 < len(allowed) <= _MOST_ALTERNATIVES and not listed:
        options = list(allowed)
    elif "Default" in declared:
        default = declared["Default"]
        known = [part.strip() for part in str(default).split(",")] if listed else default
        options = [known, unknown]
    else:
        return unknown
    if "Default" in declared and template.estate.assume_defaults:
        default = declared["Default"]
        return [part.strip() for part in str(default).split(",")] if listed else default
    return template.estate.worlds.now.choose(f"{template.key}:parameter {name}", options, what=f"parameter {name}")


def _get_att(argument: Any, template: Template) -> Value:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else (argument[0], argument[1])
    if not isinstance(attribute, str):
        return Unknown(f"an attribute of {name}", key_of(argument, template))
    resource = template.resources.get(name)
    if resource is None:
        return Unknown(f"{name}, which is not in the template", key_of({"Fn::GetAtt": argument}, template))
    nested = resource.nested
    if nested is not None and attribute.startswith("Outputs."):
        output = nested.outputs.get(attribute.removeprefix("Outputs."))
        if output is not None:
            return _Raw(output["Value"], nested)
    return Reference(resource, attribute)


def _sub(argument: Any, template: Template) -> Value:
    text, names = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
    parts: list[Value] = []
    end = 0
    for match in PLACEHOLDER.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        name = match[1].strip()
        if name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        elif name in names:
            parts.append(_scalar(evaluate(names[name], template), match[0], template))
        elif "." in name:
            parts.append(_scalar(evaluate({"Fn::GetAtt": name}, template), match[0], template))
        else:
            parts.append(_scalar(evaluate({"Ref": name}, template), match[0], template))
    parts.append(text[end:])
    whole = joined(parts)
    return _text(whole) if isinstance(whole, str) and "{{resolve:" in whole else whole


def _scalar(value: Value, said: str, template: Template) -> Value:
    if isinstance(value, list):
        return Unknown(f"the list {said}", key_of(said, template))
    return value


def _join(argument: Any, template: Template) -> Value:
    delimiter, items = argument
    values = evaluate(items, template)
    if isinstance(values, Unknown):
        return Unknown(values.why, key_of({"Fn::Join": argument}, template))
    parts: list[Value] = []
    for number, value in enumerate(values):
        parts += [delimiter, value] if number else [value]
    whole = joined(parts)
    return _text(whole) if isinstance(whole, str) and "{{resolve:" in whole else whole


def _select(argument: Any, template: Template) -> Value:
    index, items = evaluate(argument[0], template), evaluate(argument[1], template)
    if isinstance(index, Unknown) or isinstance(items, Unknown):
        decides = index if isinstance(index, Unknown) else items
        return Unknown(decides.why, key_of({"Fn::Select": argument}, template))
    return items[int(index)]


def _split(argument: Any, template: Template) -> Value:
    text = evaluate(argument[1], template)
    if isinstance(text, Unknown):
        return Unknown(text.why, key_of({"Fn::Split": argument}, template))
    return list(str(text).split(argument[0]))


def _find_in_map(argument: Any, template: Template) -> Value:
    keys = [evaluate(item, template) for item in argument[:3]]
    name, first, second = keys
    if isinstance(name, Unknown):
        return Unknown(name.why, key_of({"Fn::FindInMap": argument}, template))
    table = template.mappings[name]
    rows = list(table.values()) if isinstance(first, Unknown) else [table[first]] if first in table else []
    found = [
        cell
        for row in rows
        for cell in (row.values() if isinstance(second, Unknown) else [row[second]] if second in row else [])
    ]
    default = argument[3]["DefaultValue"] if len(argument) > 3 else None
    if not found and default is not None:
        return _Raw(default, template)
    if not found:
        return Unknown(
            (f"the mapping {name}, which does not contain {first!r} and {second!r}"), key_of(argument, template)
        )
    different = [cell for number, cell in enumerate(found) if cell not in found[:number]]
    if len(different) > _MOST_ALTERNATIVES:
        return Unknown(f"the mapping {name}", key_of(argument, template))
    if len(different) == 1:
        return _Raw(different[0], template)
    decides = " and ".join(key.why for key in keys if isinstance(key, Unknown))
    chosen = template.estate.worlds.now.choose(
        f"{template.key}:mapping {name} by {decides}", different, what=f"the mapping {name}"
    )
    return _Raw(chosen, template)


def _if(argument: Any, template: Template) -> Value:
    name, then, otherwise = argument
    return _Raw(then if condition(name, template) else otherwise, template)


def _import(argument: Any, template: Template) -> Value:
    name = evaluate(argument, template)
    if isinstance(name, str):
        exported = template.estate.exports.get(name)
        if exported is not None:
            return _Raw(exported[0], exported[1])
        return Unknown(f"the export {name}, which is in another stack", f"export {name}")
    return Unknown("an export of another stack", key_of({"Fn::ImportValue": argument}, template))


def _stack_output(argument: Any, template: Template) -> Value:
    name = evaluate(argument.get("StackName"), template)
    other = template.estate.stacks.get(name) if isinstance(name, str) else None
    output = other.outputs.get(argument.get("OutputName")) if other is not None else None
    if other is not None and output is not None:
        return _Raw(output["Value"], other)
    return Unknown(f"the output {argument.get('OutputName')}, which is in another stack", key_of(argument, template))


def _length(argument: Any, template: Template) -> Value:
    values = evaluate(argument, template)
    if isinstance(values, Unknown):
        return Unknown(values.why, key_of({"Fn::Length": argument}, template))
    return len(values)


def _unknown(what: str) -> Callable[[Any, Template], Value]:
    return lambda argument, template: Unknown(what, f"{what} {key_of(argument, template)}")


def _condition_value(argument: Any, template: Template) -> Value:
    return condition(argument, template)


FUNCTIONS: Mapping[str, Callable[[Any, Template], Value]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::GetStackOutput": _stack_output,
    "Fn::Base64": _Raw,
    "Fn::Length": _length,
    "Fn::Cidr": _unknown("Fn::Cidr"),
    "Fn::GetAZs": _unknown("Fn::GetAZs"),
    "Fn::ToJsonString": _unknown("Fn::ToJsonString"),
    "Fn::Transform": _unknown("Fn::Transform"),
}


# ---- conditions


def condition(name: Any, template: Template) -> bool:
    """Tell whether a condition holds in this world; an undecided condition splits the world.

    Raises:
        CannotTell: The template does not have the condition.
    """
    if not isinstance(name, str) or name not in template.conditions:
        raise CannotTell(f"the template has no condition {name!r}")
    return _holds(template.conditions[name], template)


def _holds(expression: Any, template: Template) -> bool:
    depth = template.estate.depth
    if depth > _DEEPEST:
        raise CannotTell("conditions of the template form a cycle")
    template.estate.depth += 1
    try:
        return _decided(expression, template)
    finally:
        template.estate.depth = depth


def _decided(expression: Any, template: Template) -> bool:
    match expression:
        case {"Fn::And": list(parts)}:
            return all(_holds(part, template) for part in parts)
        case {"Fn::Or": list(parts)}:
            return any(_holds(part, template) for part in parts)
        case {"Fn::Not": [part]}:
            return not _holds(part, template)
        case {"Condition": name}:
            return condition(name, template)
        case {"Fn::Equals": [one, other]}:
            return _equal(evaluate(one, template), evaluate(other, template), template)
        case bool():
            return expression
    raise Malformed("Conditions", "a condition", expression)


def _equal(one: Value, other: Value, template: Template) -> bool:
    try:
        return bool(_comparable(one) == _comparable(other))
    except CannotTell:
        return template.estate.worlds.now.choose(
            f"{template.key}:{one!r} = {other!r}", (True, False), what=f"{one!r} = {other!r}"
        )


def _comparable(value: Value) -> Value:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value
