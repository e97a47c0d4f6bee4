"""Expands short forms, so that files can be merged and each model has a single form."""

from __future__ import annotations

from collections.abc import Callable

from cdk_containers.core.documents import Items, Map, Node, Scalar

_TEXTS = {"environment", "args", "sysctls"}
"""Maps of texts that can also be lists of `NAME=value`."""

_NOT_OURS = {*_TEXTS, "labels", "driver_opts"}
"""Maps with free keys."""


def without_extensions(node: Node) -> None:
    """Remove keys that begin with `x-`, in place."""
    if isinstance(node, Map):
        for key in [key for key in node if key.startswith("x-")]:
            del node.entries[key]
        for key, value in node.entries.items():
            if key not in _NOT_OURS:
                without_extensions(value)
    elif isinstance(node, Items):
        for item in node.items:
            without_extensions(item)


def refuse_unusable(node: Node) -> None:
    """Find empty list items and null characters, which are always invalid."""
    if isinstance(node, Scalar) and "\0" in node.text:
        node.refuse("it contains a null character")
    for key, value in node.entries.items() if isinstance(node, Map) else ():
        if "\0" in key:
            value.refuse("its key contains a null character")
        refuse_unusable(value)
    for item in node.items if isinstance(node, Items) else ():
        if isinstance(item, Scalar) and item.kind == "null":
            item.refuse("it is empty: remove it, or set a value")
        refuse_unusable(item)


def write_out(service: Node) -> None:
    """Expand the short forms of a service, in place."""
    if not isinstance(service, Map):
        return
    _change(service, "build", _scalar_to_map("context"))
    _change(service, "extends", _scalar_to_map("service"))
    _change(service, "depends_on", _list_to_map)
    _change(service, "networks", _list_to_map)
    for key in ("env_file", "tmpfs"):
        _change(service, key, _scalar_to_list)
    for key in ("environment", "sysctls"):
        _change(service, key, _texts)
    build = service.entries.get("build")
    if isinstance(build, Map):
        _change(build, "args", _texts)


def _change(owner: Map, key: str, change: Callable[[Node], Node]) -> None:
    if key in owner:
        owner.entries[key] = change(owner[key])


def _scalar_to_map(key: str) -> Callable[[Node], Node]:
    def change(node: Node) -> Node:
        if not isinstance(node, Scalar) or node.kind == "null":
            return node
        return Map(node.path, node.line, node.column, node.problems, {key: node})

    return change


def _scalar_to_list(node: Node) -> Node:
    if not isinstance(node, Scalar) or node.kind == "null":
        return node
    return Items(node.path, node.line, node.column, node.problems, [node])


def _list_to_map(node: Node) -> Node:
    if not isinstance(node, Items):
        return node
    entries: dict[str, Node] = {}
    for item in node.items:
        if not isinstance(item, Scalar):
            item.refuse(f"got {item.shape()}; expected a name")
        elif item.text in entries:
            item.refuse("the name appears twice")
        else:
            entries[item.text] = Map(item.path, item.line, item.column, item.problems, {})
    return Map(node.path, node.line, node.column, node.problems, entries)


def _texts(node: Node) -> Node:
    """Turn a list of `NAME=value` into a map. The value of a name alone comes from the shell."""
    if not isinstance(node, Items):
        return node
    entries: dict[str, Node] = {}
    for item in node.items:
        if not isinstance(item, Scalar):
            item.refuse(f"got {item.shape()}; expected NAME=value")
            continue
        name, equals, value = item.text.partition("=")
        kind = "str" if equals else "null"
        place = ((*node.path, name), item.line, item.column, item.problems)
        entries[name] = Scalar(*place, text=value, kind=kind, value=value if equals else None)
    return Map(node.path, node.line, node.column, node.problems, entries)
