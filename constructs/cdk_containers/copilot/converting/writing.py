"""Writes expressions as the source of a module."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pkgutil import iter_modules

import aws_cdk

from .expressions import Expression, Global
from .programs import AS_BEFORE, REASON
from .unifying import Line, United, snake

_MODULES = {
    "aws_cdk.aws_certificatemanager": "acm",
    "aws_cdk.aws_elasticloadbalancingv2": "elbv2",
    "aws_cdk.aws_lambda": "lambda_",
    "aws_cdk.aws_stepfunctions": "sfn",
    "aws_cdk.cloudformation_include": "include",
}
_TAKEN = {*keyword.kwlist, *dir(builtins), "self", "scope", "environment", "env", "settings", "cdk"}


class Writer:
    """Writes expressions, and records the imports that they need.

    Attributes:
        imports: The import lines.
        common: Names that they need from the shared module.
    """

    def __init__(self, template: Callable[[str], str]) -> None:
        self.imports: set[str] = set()
        self.common: set[str] = set()
        self._template = template
        self._names: dict[int, str] = {}

    def lines(self, united: United) -> list[tuple[str, tuple[str, ...]]]:
        """Return the statements after the call of the stack, each with its environments."""
        self._names = {0: "self"}
        used = {one.name for line in united.lines for one in line.step.expression.walk() if one.kind == "step"}
        taken = set(_TAKEN)
        written = []
        for number, line in enumerate(united.lines[1:], 1):
            name = None
            if number in used:
                name = _free(_name_of(line, self), taken | _aliases())
            text = self.text(line.step.expression)
            if name is not None:
                self._names[number] = name
                taken.add(name)
                text = f"{name} = {text}"
            written.append((text, line.environments))
        return written

    def name(self, step: int) -> str:
        """Return the variable that holds the result of a step."""
        return self._names.get(step, "")

    def text(self, one: Expression) -> str:  # noqa: C901, PLR0911, PLR0912  (one for each kind)
        """Return an expression as text."""
        match one.kind:
            case "value":
                if one.name == REASON:
                    return self._shared("REASON")
                return repr(one.name)
            case "text":
                return self._joined(list(_flat(one)))
            case "step":
                return self._names[one.name]
            case "global":
                return self._global(one.name)
            case "setting":
                return str(one.name)
            case "attribute":
                return f"{self.text(one.parts[0])}.{one.name}"
            case "item":
                return f"{self.text(one.parts[0])}[{one.name!r}]"
            case "list":
                return f"[{', '.join(self.text(part) for part in one.parts)}]"
            case "map":
                entries = (f"{key!r}: {self.text(part)}" for key, part in zip(one.keys, one.parts, strict=True))
                return f"{{{', '.join(entries)}}}"
            case "file":
                root = self._shared("ROOT")
                return root if one.name == "." else f"{root} / {one.name!r}"
            case "template":
                name = f"{self._shared('TEMPLATES')} / {self._template(one.name)!r}"
                if not one.parts:
                    return name
                values = (f"{key!r}: {self.text(part)}" for key, part in zip(one.keys, one.parts, strict=True))
                return f"{self._shared('filled')}({name}, {{{', '.join(values)}}})"
            case "choice":
                return self._choice(one)
            case "method" if one.name == "=":
                return f"{self.text(one.parts[0])} = {self.text(one.parts[1])}"
            case _ if one == AS_BEFORE:
                return self._shared("AS_BEFORE")
            case _:
                return self._call(one)

    def _shared(self, name: str) -> str:
        self.common.add(name)
        return name

    def _call(self, one: Expression) -> str:
        target = self.text(one.parts[0]) + (f".{one.name}" if one.kind == "method" else "")
        by_place = len(one.parts) - len(one.keys)
        arguments = [self.text(part) for part in one.parts[1:by_place]]
        arguments += [f"{key}={self.text(part)}" for key, part in zip(one.keys, one.parts[by_place:], strict=True)]
        return f"{target}({', '.join(arguments)})"

    def _choice(self, one: Expression) -> str:
        alternatives: dict[str, list[str]] = {}
        for environment, part in zip(one.keys, one.parts, strict=True):
            alternatives.setdefault(self.text(part), []).append(environment)
        *tested, (last, _) = sorted(alternatives.items(), key=lambda item: len(item[1]))
        text = last
        for other, environments in reversed(tested):
            text = f"{other} if {is_in(environments)} else {text}"
        return f"({text})"

    def _joined(self, parts: list[Expression]) -> str:
        """Return parts as one f-string, or as joined texts if their quotes would conflict."""
        texts = [self.text(part) for part in parts]
        inside = [text for part, text in zip(parts, texts, strict=True) if part.kind != "value"]
        plain = [str(part.name) for part in parts if part.kind == "value"]
        if any(mark in text for text in inside for mark in '"\\') or any(
            mark in text for text in plain for mark in "'\\\n"
        ):
            return f"''.join([{', '.join(texts)}])"
        if any("'" in text for text in inside) and any('"' in text for text in plain):
            return f"''.join([{', '.join(texts)}])"
        quote = "'" if any('"' in text for text in plain) else '"'
        whole = (
            str(part.name).replace("{", "{{").replace("}", "}}") if part.kind == "value" else f"{{{text}}}"
            for part, text in zip(parts, texts, strict=True)
        )
        return f"f{quote}{''.join(whole)}{quote}"

    def _global(self, one: Global) -> str:
        if one.module == "builtins":
            return one.name
        first = one.name.partition(".")[0]
        if one.module == "aws_cdk":
            self.imports.add("import aws_cdk as cdk")
            return f"cdk.{one.name}"
        if one.module.startswith("aws_cdk."):
            package = one.module.rpartition(".")[2]
            short = _MODULES.get(one.module, package.removeprefix("aws_"))
            self.imports.add(
                f"from aws_cdk import {package} as {short}" if short != package else f"from aws_cdk import {package}"
            )
            return f"{short}.{one.name}"
        self.imports.add(f"from {one.module} import {first}")
        return one.name


def is_in(environments: Iterable[str]) -> str:
    """Return the condition that the environment is one of these."""
    names = list(environments)
    return f"environment == {names[0]!r}" if len(names) == 1 else f"environment in {tuple(names)!r}"


def settings_text(writer: Writer, settings: Mapping[str, Mapping[str, Expression]], environments: Iterable[str]) -> str:
    """Return the class and the values of the settings."""
    writer.imports |= {"from dataclasses import dataclass", "from typing import Any"}
    fields = "\n".join(f"    {name}: {_type_of(values)}" for name, values in settings.items())
    rows = [
        f"{name!r}: Settings({', '.join(f'{field}={writer.text(values[name])}' for field, values in settings.items())})"
        for name in environments
    ]
    return (
        '@dataclass(frozen=True)\nclass Settings:\n    """What differs between environments."""\n\n'
        f"{fields}\n\n\nSETTINGS = {{{', '.join(rows)}}}\n"
    )


def _type_of(values: Mapping[str, Expression]) -> str:
    kinds = {type(one.name).__name__ if one.kind == "value" else "Any" for one in values.values()}
    kinds = {"None" if kind == "NoneType" else kind for kind in kinds}
    return "Any" if "Any" in kinds else " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind)))


def _flat(one: Expression) -> Iterator[Expression]:
    for part in one.parts:
        yield from _flat(part) if part.kind == "text" else (part,)


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _name_of(line: Line, writer: Writer) -> str:  # noqa: PLR0911  (one for each kind)
    """Return a good name for the result of a call."""
    expression, hint = line.step.expression, line.step.hint
    function = expression.parts[0].name.name if expression.parts and expression.parts[0].kind == "global" else ""
    match function:
        case "Fn.import_value":
            return _exported(expression)
        case "Fn.split" if expression.parts[-1].kind == "call":
            return f"{_exported(expression.parts[-1])}_parts"
        case "Fn.split":
            return f"{_source(expression, writer)}_parts"
        case "resource_of":
            return f"cfn_{_source(expression, writer)}"
        case "Tags.of":
            return "tags"
        case "Construct" if snake(hint) in _TAKEN:
            return f"{snake(hint)}_scope"
        case _ if expression.kind == "call" and snake(hint) in (*_TAKEN, *_aliases()):
            return snake(function.rpartition(".")[2])
        case _ if expression.kind == "call" and hint in ("", function.rpartition(".")[2]):
            return snake(function.partition(".")[0] if "." in function and hint == "" else function.rpartition(".")[2])
        case _:
            return snake((hint or str(expression.name)).rpartition("|")[2])


def _exported(expression: Expression) -> str:
    return snake(_last_text(expression).rpartition("-")[2]) or "value"


@cache
def _aliases() -> frozenset[str]:
    """Return the names under which modules of CDK are imported."""
    modules = (one.name for one in iter_modules(aws_cdk.__path__))
    return frozenset({name.removeprefix("aws_") for name in modules} | set(_MODULES.values()))


def _last_text(expression: Expression) -> str:
    texts = [one.name for one in expression.walk() if one.kind == "value" and isinstance(one.name, str)]
    return texts[-1] if texts else "value"


def _source(expression: Expression, writer: Writer) -> str:
    """Return a name for the last argument of a function."""
    last = expression.parts[-1]
    if last.kind == "step":
        return writer.name(last.name)
    return snake(str(last.name)) if last.kind in ("attribute", "method") else "value"
