"""What the documentation takes from the code: options from signatures, their meaning from docstrings."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

import cdk_containers
from cdk_containers.core.practices import Practice

_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns):$")
_ITEM = re.compile(r"^ {4}(\w+): (.*)$")
_DEFAULT = re.compile(r"(?:^|(?<=\. ))Default: (.+?)\.(?=\s|$)", re.DOTALL)
_SEE = re.compile(r"^See (https://\S+)$", re.MULTILINE)
_METHOD = re.compile(r"([a-z_]+)\(([a-z_]+)=\)")

# Aliases that a reader cannot import, in words that they can.
_TYPES = {
    "DurationLike": "Duration | timedelta",
    "ImageLike": "Image | str | ecs.ContainerImage",
    "NetworkLike": "Network | ec2.IVpc",
    "SecretLike": "ISecret | IParameter | ecs.Secret",
    "_Service": "WebService | BackendService | DaemonService",
}


class DocumentationError(Exception):
    """The code lacks something that the documentation needs."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of a class or method, as it is documented."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Docstring:
    """A docstring in parts."""

    text: str
    items: Mapping[str, str]
    see: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Documented:
    """A class, or a method that makes something, with everything that its section shows."""

    name: str
    text: str
    see: tuple[str, ...]
    options: tuple[Option, ...]
    attributes: tuple[Option, ...]


def documented(name: str) -> Documented:
    """Read a public name of the library, or `Class.method`."""
    owner_name, _, method = name.partition(".")
    owner = getattr(cdk_containers, owner_name)
    if method:
        function = getattr(owner, method)
        read = docstring(function)
        return Documented(
            name=name, text=read.text, see=read.see, options=_arguments(function, read.items), attributes=()
        )
    read = docstring(owner)
    options: tuple[Option, ...] = ()
    attributes: tuple[Option, ...] = ()
    if isinstance(owner, type) and issubclass(owner, Enum):
        attributes = _members(owner)
    elif isinstance(owner, type) and is_dataclass(owner):
        options = _fields(owner)
    else:
        options = _arguments(owner.__init__, docstring(owner.__init__).items)
        attributes = tuple(_exposed(owner))
    return Documented(name=name, text=read.text, see=read.see, options=options, attributes=attributes)


def docstring(documented_object: object) -> Docstring:
    """Take a docstring in Google style apart."""
    text = inspect.getdoc(documented_object)
    if not text:
        raise DocumentationError(f"{documented_object!r} has no docstring")
    paragraphs: list[str] = []
    items: dict[str, str] = {}
    section = item = None
    for line in text.splitlines():
        if heading := _SECTION.match(line):
            section, item = heading[1], None
        elif line and not line.startswith(" "):
            section = None
            paragraphs.append(line)
        elif section in ("Args", "Attributes"):
            if found := _ITEM.match(line):
                item = found[1]
                items[item] = found[2]
            elif item and line.strip():
                items[item] += f" {line.strip()}"
        elif section is None:
            paragraphs.append(line)
    body = "\n".join(paragraphs)
    return Docstring(
        text=re.sub(r"\n{3,}", "\n\n", _SEE.sub("", body)).strip(), items=items, see=tuple(_SEE.findall(body))
    )


def practices_of(class_names: set[str], practices: Mapping[str, Practice]) -> list[Practice]:
    """Find the practices that an option of one of these classes encodes."""
    return [
        entry
        for entry in practices.values()
        if class_names & {option.partition(".")[0] for option in entry.option.split(", ")}
    ]


def option_named(text: str) -> Option | None:
    """Find `Class.option` or `Class.method(option=)`; None where `text` is only a class."""
    class_name, _, member = text.partition(".")
    if not member:
        return None
    name = class_name
    if method := _METHOD.fullmatch(member):
        name, member = f"{class_name}.{method[1]}", method[2]
    read = documented(name)
    return next(option for option in (*read.options, *read.attributes) if option.name == member)


def _arguments(function: Callable[..., Any], meanings: Mapping[str, str]) -> tuple[Option, ...]:
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in ("self", "cls", "scope", "id")
    ]
    empty = inspect.Parameter.empty
    return tuple(
        _option(
            function.__qualname__,
            parameter.name,
            parameter.annotation,
            MISSING if parameter.default is empty else parameter.default,
            meanings,
            function.__globals__,
        )
        for parameter in parameters
    )


def _fields(owner: type) -> tuple[Option, ...]:
    meanings: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        if base.__module__.startswith("cdk_containers"):
            meanings |= docstring(base).items
    return tuple(
        _option(
            owner.__name__, field.name, field.type, _default_of(field), meanings, vars(sys.modules[owner.__module__])
        )
        for field in fields(owner)
    )


def _default_of(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _exposed(owner: type) -> Iterator[Option]:
    """Read what an instance gives to its user: the attributes that its classes document, and properties."""
    for base in reversed(owner.__mro__):
        if not base.__module__.startswith("cdk_containers"):
            continue
        hints = inspect.get_annotations(base)
        for name, meaning in docstring(base).items.items():
            yield Option(name=name, type=_type(hints.get(name, "")), default="", meaning=meaning)
        for name, member in vars(base).items():
            if isinstance(member, property | cached_property) and not name.startswith("_"):
                function = member.fget if isinstance(member, property) else member.func
                type_ = inspect.signature(function).return_annotation if function else ""
                text = docstring(member).text.replace("\n", " ")
                yield Option(name=name, type=_type(type_), default="", meaning=text)


def _members(owner: type[Enum]) -> tuple[Option, ...]:
    """Read the members of an enumeration, each with the text that stands under it."""
    body = ast.parse(inspect.getsource(owner)).body[0].body  # type: ignore[attr-defined]
    texts = {
        ast.unparse(statement.targets[0]): ast.literal_eval(after.value)
        for statement, after in pairwise(body)
        if isinstance(statement, ast.Assign) and isinstance(after, ast.Expr)
    }
    return tuple(Option(name=member.name, type="", default="", meaning=texts[member.name]) for member in owner)


def _option(  # noqa: PLR0917
    owner: str, name: str, type_: Any, default: object, meanings: Mapping[str, str], names: Mapping[str, Any]
) -> Option:
    if not meanings.get(name):
        raise DocumentationError(f"{owner}: the docstring does not describe {name}")
    text = " ".join(meanings[name].split())
    said = _DEFAULT.search(text)
    meaning = " ".join(_DEFAULT.sub("", text).split())
    if not meaning:
        raise DocumentationError(f"{owner}: the docstring has a default for {name}, and not what it is")
    return Option(
        name=name,
        type=_type(type_, names),
        default=_default(f"{owner}.{name}", default, said[1] if said else None),
        meaning=meaning,
    )


def _default(option: str, value: object, said: str | None) -> str:
    """Return the default as the code has it, with what the docstring adds; the two may not contradict each other."""
    if value is MISSING:
        return "required"
    literal = _literal(value)
    if said is None:
        return f"`{literal}`" if literal else "none"
    if literal is None:
        return said
    shown = json.dumps(value) if type(value) is str else literal
    for spelling in (literal, literal.rpartition(".")[2]):
        if begun := re.match(rf"`?{re.escape(spelling)}\b`?|`?{re.escape(spelling)}`?$", said, re.IGNORECASE):
            return f"`{shown}`{said[begun.end() :]}"
    if isinstance(value, Enum):
        return f"`{literal}`: {said}"
    raise DocumentationError(f"{option}: the docstring says the default is {said}, and it is {literal}")


def _literal(value: object) -> str | None:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, bool | int):
        return str(value)
    return value if isinstance(value, str) else None


def _type(annotation: Any, names: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Write a type hint as its source has it, with the values of its literals."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    for alias, plain in _TYPES.items():
        text = re.sub(rf"\b{alias}\b", plain, text)
    for name in re.findall(r"\b[A-Za-z]+\b", text):
        if get_origin(names.get(name)) is Literal:
            text = re.sub(rf"\b{name}\b", f"Literal{list(get_args(names[name]))}", text)
    return re.sub(r"Literal\[([^\]]*)\]", lambda found: found[1].replace(", ", " | ").replace("'", '"'), text)
