"""YAML with CloudFormation's short tags, parsed by PyYAML.

A template is read into nodes first, which have line numbers, and show an alias bomb before it expands.
"""

from __future__ import annotations

from typing import Any

from .text import Unreadable

_MOST_NODES = 300_000
_DEEPEST = 200
_WHOLE_NAMES = {"Ref", "Condition"}


def parse_yaml(text: str) -> tuple[Any, dict[str, int]]:
    """Read YAML, and find the line of each resource.

    Raises:
        Unreadable: The text is not YAML, has a duplicate key or an alias bomb, or PyYAML is not installed.
    """
    try:
        import yaml  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Unreadable("YAML needs PyYAML: pip install 'cdk-containers[checks]'") from None
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"{f'line {mark.line + 1}: ' if mark else ''}{error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(str(error).splitlines()[0] if str(error) else "nested too deeply") from None
    if root is None:
        raise Unreadable("the file is empty")
    reader = _Reader(yaml)
    return reader.value(root, 0), _lines(root, yaml)


class _Reader:
    def __init__(self, library: Any) -> None:
        self._yaml = library
        self._constructor = library.SafeLoader("")
        self._count = 0
        self._open: set[int] = set()

    def value(self, node: Any, depth: int) -> Any:
        """Return the value of a node, with a short tag as its function."""
        self._count += 1
        line = node.start_mark.line + 1
        if self._count > _MOST_NODES:
            raise Unreadable(f"line {line}: its aliases expand to more than {_MOST_NODES:,} values")
        if depth > _DEEPEST:
            raise Unreadable(f"line {line}: nested more than {_DEEPEST} deep")
        if id(node) in self._open:
            raise Unreadable(f"line {line}: an alias contains itself")
        self._open.add(id(node))
        try:
            value = self._content(node, depth)
        finally:
            self._open.discard(id(node))
        tag = str(node.tag)
        return _function(tag[1:], value) if tag.startswith("!") and not tag.startswith("!!") else value

    def _content(self, node: Any, depth: int) -> Any:
        if isinstance(node, self._yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        if not isinstance(node, self._yaml.MappingNode):
            return self._scalar(node)
        content: dict[Any, Any] = {}
        merged: list[Any] = []
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                value = self.value(value_node, depth + 1)
                merged += value if isinstance(value, list) else [value]
                continue
            key = self.value(key_node, depth + 1)
            if isinstance(key, dict | list):
                raise Unreadable(f"line {key_node.start_mark.line + 1}: a key must be text")
            if key in content:
                raise Unreadable(f"line {key_node.start_mark.line + 1}: the key {key!r} appears twice")
            content[key] = self.value(value_node, depth + 1)
        for more in merged:
            if isinstance(more, dict):
                content = {**more, **content}
        return content

    def _scalar(self, node: Any) -> Any:
        tag = str(node.tag)
        if tag in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:str") or tag.startswith("!"):
            return node.value
        try:
            return self._constructor.construct_object(node)
        except (self._yaml.YAMLError, ValueError):
            raise Unreadable(f"line {node.start_mark.line + 1}: {node.value!r} is not a value of {tag}") from None


def _function(tag: str, value: Any) -> Any:
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in _WHOLE_NAMES else f"Fn::{tag}": value}


def _lines(root: Any, library: Any) -> dict[str, int]:
    def children(node: Any) -> list[tuple[Any, Any]]:
        return list(node.value) if isinstance(node, library.MappingNode) else []

    resources = [value for key, value in children(root) if key.value == "Resources"]
    return {str(key.value): key.start_mark.line + 1 for value in resources for key, _ in children(value) if key.value}
