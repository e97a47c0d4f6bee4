"""Parses text into nodes, with PyYAML's parser.

Copilot reads YAML with go-yaml 3: a mix of YAML 1.1 and 1.2 in which `yes` is text unless a truth value is wanted,
`0777` is octal, and `1:30` is no number. Therefore only the parser is PyYAML's; what a scalar means is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .nodes import Items, Map, Node, Scalar
from .problems import ManifestError, Problem, Problems

_LARGEST = 1_000_000
_MOST_NODES = 50_000
_DEEPEST = 60
_CORE = "tag:yaml.org,2002:"
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_ODD_FLOATS = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_KINDS = {"str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge"}


class MisreadError(ManifestError):
    """A file that is not YAML, or not a map."""


def load(
    text: str,
    file: str,
    problems: Problems,
    *,
    reader: str = "Copilot",
    shape: str = "a manifest is a map: `name:`, `type:`, …",
    extra: str = "copilot",
) -> Map:
    """Read YAML into nodes.

    Args:
        text: Content of the file.
        file: Name of the file, for errors.
        problems: Collects problems of single keys.
        reader: Another program that reads such files, for errors.
        shape: Description of such a file, for errors.
        extra: Extra that installs PyYAML, for errors.

    Raises:
        MisreadError: It is not YAML, or not a map, or a bomb.
    """
    if len(text) > _LARGEST:
        raise _misread(file, f"{len(text):,} characters; the maximum is {_LARGEST:,}")
    try:
        import yaml  # noqa: PLC0415  (what reads no manifest needs no library)
    except ModuleNotFoundError:
        raise _misread(file, f"YAML needs PyYAML: pip install 'cdk-containers[{extra}]'") from None
    try:
        root = _Composer(yaml, text.removeprefix("\ufeff"), file, reader).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = str(error.problem or error.context)
        raise _misread(file, message, *((mark.line + 1, mark.column + 1) if mark else ())) from None
    except yaml.reader.ReaderError as error:
        line, column = _place(text, error.position)
        raise _misread(file, f"the character {error.character!r} is not allowed in YAML", line, column) from None
    except yaml.YAMLError as error:
        raise _misread(file, str(error).splitlines()[0]) from None
    if root is None or (root.plain and root.text in _NULLS):
        raise _misread(file, "the file is empty")
    if root.kind != "map":
        raise _misread(file, shape, root.line, root.column)
    made = _Maker(file, problems).node(root, (), root.line, root.column)
    assert isinstance(made, Map)  # noqa: S101  (its kind says so)
    return made


def decode(content: bytes, file: str) -> str:
    """Return a file's text.

    Raises:
        MisreadError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise _misread(file, f"the byte {content[error.start]:#04x} is not UTF-8", line, column) from None


class _Raw:
    """A node from the parser. An alias is resolved to its node."""

    __slots__ = ("anchored", "children", "column", "kind", "line", "plain", "tag", "text")

    def __init__(self, kind: str, event: Any) -> None:
        self.kind = kind
        self.line = event.start_mark.line + 1
        self.column = event.start_mark.column + 1
        self.tag: str | None = event.tag
        self.text: str = getattr(event, "value", "")
        self.plain = kind == "scalar" and event.style in (None, "") and self.tag in (None, "!")
        self.children: list[_Raw] = []
        self.anchored = bool(event.anchor)


class _Composer:
    """Composes the parser's events, and stops early: libyaml takes a minute for a file of brackets."""

    def __init__(self, library: Any, text: str, file: str, reader: str) -> None:
        self._reader = reader
        self._events = library.parse(text, Loader=getattr(library, "CBaseLoader", library.BaseLoader))
        self._library = library
        self._file = file

    def document(self) -> _Raw | None:
        """Return the only document."""
        root: _Raw | None = None
        open_nodes: list[_Raw] = []
        anchors: dict[str, _Raw] = {}
        documents = count = 0
        for event in self._events:
            if isinstance(event, self._library.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = (
                        f"a second document: {self._reader} reads only the first. Move it to its own file, or remove it"
                    )
                    raise _misread(self._file, message, event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, self._library.CollectionEndEvent):
                open_nodes.pop()
            if not isinstance(event, self._library.NodeEvent):
                continue
            node = self._node(event, anchors)
            count += 1
            if count > _MOST_NODES:
                raise _misread(self._file, f"more than {_MOST_NODES:,} values", node.line, node.column)
            if len(open_nodes) > _DEEPEST:
                raise _misread(self._file, f"nested more than {_DEEPEST} deep", node.line, node.column)
            if open_nodes:
                open_nodes[-1].children.append(node)
            root = root or node
            if isinstance(event, self._library.CollectionStartEvent):
                open_nodes.append(node)
        return root

    def _node(self, event: Any, anchors: dict[str, _Raw]) -> _Raw:
        if isinstance(event, self._library.AliasEvent):
            if event.anchor not in anchors:
                message = f"the alias *{event.anchor} has no anchor before it"
                raise _misread(self._file, message, event.start_mark.line + 1, event.start_mark.column + 1)
            return anchors[event.anchor]
        if isinstance(event, self._library.MappingStartEvent):
            node = _Raw("map", event)
        elif isinstance(event, self._library.SequenceStartEvent):
            node = _Raw("seq", event)
        else:
            node = _Raw("scalar", event)
        if event.anchor:
            anchors[event.anchor] = node
        return node


class _Maker:
    """Creates nodes with paths. An alias creates its nodes again in each place."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._count = 0

    def node(self, raw: _Raw, path: tuple[str, ...], line: int, column: int) -> Node:
        """Create a node whose key has a given position."""
        self._count += 1
        if self._count > _MOST_NODES:
            raise _misread(self._file, f"its aliases expand to more than {_MOST_NODES:,} values", raw.line, raw.column)
        if len(path) > _DEEPEST:
            raise _misread(self._file, f"nested more than {_DEEPEST} deep", raw.line, raw.column)
        if raw.tag and raw.kind != "scalar" and raw.tag not in ("!", f"{_CORE}map", f"{_CORE}seq"):
            self._problems.add(Problem(path, raw.line, raw.column, f"the tag {_shown(raw.tag)} is not supported"))
        if raw.kind == "seq":
            items = [
                self.node(child, (*path, f"[{n}]"), child.line, child.column) for n, child in enumerate(raw.children)
            ]
            return Items(path, line, column, self._problems, items)
        if raw.kind == "map":
            made = Map(path, line, column, self._problems, self._entries(raw, path))
            made.anchored = {key.text for key, value in _pairs(raw) if value.anchored}
            return made
        return self._scalar(raw, path, line, column)

    def _entries(self, raw: _Raw, path: tuple[str, ...]) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        seen: dict[str, int] = {}
        for key, value in _pairs(raw):
            if key.kind != "scalar":
                self._problems.add(Problem(path, key.line, key.column, "a key must be text, not a map or a list"))
                continue
            inner = (*path, key.text)
            if key.text in seen:
                message = f"the key appears twice, first in line {seen[key.text]}"
                self._problems.add(Problem(inner, key.line, key.column, message))
                continue
            seen[key.text] = key.line
            if key.plain and key.text == "<<":
                for more in self._merged(value, path):
                    merged = {**more, **merged}
            else:
                own[key.text] = self.node(value, inner, key.line, key.column)
        return {**merged, **own}

    def _merged(self, raw: _Raw, path: tuple[str, ...]) -> Iterator[dict[str, Node]]:
        for one in raw.children if raw.kind == "seq" else [raw]:
            if one.kind != "map":
                message = "`<<` needs a map, or a list of maps"
                self._problems.add(Problem((*path, "<<"), one.line, one.column, message))
                continue
            self._count += 1
            if len(path) > _DEEPEST or self._count > _MOST_NODES:
                raise _misread(self._file, "a map is merged into itself", one.line, one.column)
            made = self.node(one, (*path, *([] if len(path) < _DEEPEST else ["<<"])), one.line, one.column)
            assert isinstance(made, Map)  # noqa: S101
            yield made.entries

    def _scalar(self, raw: _Raw, path: tuple[str, ...], line: int, column: int) -> Scalar:
        kind, value = meaning(raw.text) if raw.plain else ("str", raw.text)
        if raw.tag and raw.tag != "!":
            wanted = raw.tag.removeprefix(_CORE)
            kind, value = meaning(raw.text)
            if wanted == "str":
                kind, value = "str", raw.text
            elif not (wanted == kind or (wanted == "float" and kind == "int")):
                message = f"the tag {_shown(raw.tag)} does not fit {raw.text!r}"
                if wanted not in _KINDS:
                    message = f"the tag {_shown(raw.tag)} is not supported"
                self._problems.add(Problem(path, raw.line, raw.column, message))
                kind, value = "str", raw.text
        return Scalar(path, line, column, self._problems, text=raw.text, kind=kind, value=value)


def _pairs(raw: _Raw) -> Iterator[tuple[_Raw, _Raw]]:
    return zip(raw.children[::2], raw.children[1::2], strict=True)


def meaning(text: str) -> tuple[str, Any]:
    """Return the type that go-yaml gives a scalar without quotes."""
    if text in _NULLS:
        return "null", None
    if text in _BOOLS:
        return "bool", _BOOLS[text]
    digits = text.replace("_", "") if text[:1] != "_" else text
    if _INT.match(digits):
        return "int", whole_number(digits)
    if _FLOAT.match(digits) or _ODD_FLOATS.match(digits):
        return "float", float(digits.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return "str", text


def whole_number(digits: str) -> int:
    """Return an integer as Go writes it: a leading zero is octal."""
    sign = -1 if digits[0] == "-" else 1
    body = digits.lstrip("+-").lower()
    if len(body) > 1 and body[0] == "0" and body[1] not in "xbo":
        body = f"0o{body[1:]}"
    return sign * (int(body, 0) if len(body) < 100 else 10**100)


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _shown(tag: str) -> str:
    return tag.replace(_CORE, "!!")


def _misread(file: str, message: str, line: int | None = None, column: int | None = None) -> MisreadError:
    return MisreadError(file, [Problem((), line, column, message)])
