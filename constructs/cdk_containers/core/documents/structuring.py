"""Converts nodes to models, with cattrs.

jsii brings cattrs along. The hooks for scalars read as Go does, and write what is wrong into the file's list of
problems instead of raising it: one reading shows everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from . import scalars
from .nodes import Items, Map, Node, Scalar, says_nothing
from .problems import nearest

_T = TypeVar("_T")
_Hook = Callable[[Any, Any], Any]

_SCALARS: dict[Any, Callable[[Scalar], Any]] = {
    str: scalars.text,
    int: scalars.whole_number,
    float: scalars.number,
    bool: scalars.truth,
    timedelta: scalars.duration,
}
_NAMES: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    timedelta: "a duration such as 90s",
}


def structure(node: Map, model: type[_T]) -> _T:
    """Convert a map to a model. Values that do not fit become None and are recorded as problems."""
    made: _T = _converter().structure(node, model)
    return made


def keys_of(model: type) -> dict[str, str]:
    """Return the keys of a model with the names of its attributes."""
    return {str(one.metadata.get("key", one.name)): one.name for one in fields(model)}


@cache
def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    shapes: list[tuple[Callable[[Any], bool], Callable[[Any, Converter], _Hook]]] = [
        (is_dataclass, _model),
        (_is_generic(dict), _dictionary),
        (_is_generic(list), _list),
        (_is_generic(Union, UnionType), _union),
    ]
    for predicate, factory in shapes:
        converter.register_structure_hook_factory(predicate)(factory)
    for kind in _SCALARS:
        converter.register_structure_hook(kind, _scalar(kind))
    converter.register_structure_hook_func(_is_any, _plain)
    return converter


def _is_generic(*origins: Any) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) in origins


def _is_any(kind: Any) -> bool:
    return kind is Any


def _plain(node: Node, _: Any) -> Any:
    return node.plain()


def _model(kind: type[Any], converter: Converter) -> _Hook:
    names = keys_of(kind)
    renamed = {name: override(rename=key) for key, name in names.items() if key != name}
    made = make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=False, **renamed)  # type: ignore[arg-type]

    def read(node: Node, _: Any) -> Any:
        if not isinstance(node, Map):
            return _wrong_shape(node, kind)
        for key, value in node.entries.items():
            if key not in names and not (key in node.anchored and not node.path):
                value.refuse(f"unknown key: {nearest(key, names)}")
        return made(node, kind)  # type: ignore[arg-type]

    return read


def _dictionary(kind: Any, converter: Converter) -> _Hook:
    inner = get_args(kind)[1]
    hook = converter.get_structure_hook(inner)

    def read(node: Node, _: Any) -> Any:
        if not isinstance(node, Map):
            return _wrong_shape(node, kind)
        return {key: _empty_text(value, inner, hook(value, inner)) for key, value in node.entries.items()}

    return read


def _empty_text(node: Node, kind: Any, value: Any) -> Any:
    """Return the value of an empty key in a map of texts: the empty text."""
    empty = isinstance(node, Scalar) and node.kind == "null"
    return "" if empty and (kind is str or str in get_args(kind)) else value


def _list(kind: Any, converter: Converter) -> _Hook:
    (inner,) = get_args(kind)
    hook = converter.get_structure_hook(inner)

    def read(node: Node, _: Any) -> Any:
        if not isinstance(node, Items):
            return _wrong_shape(node, kind)
        return [hook(item, inner) for item in node.items]

    return read


def _scalar(kind: Any) -> _Hook:
    def read(node: Node, _: Any) -> Any:
        if not isinstance(node, Scalar):
            return _wrong_shape(node, kind)
        if node.kind == "null":
            return None
        try:
            return _SCALARS[kind](node)
        except ValueError as error:
            node.refuse(str(error))
            return None

    return read


def _union(kind: Any, converter: Converter) -> _Hook:
    """Choose a type by shape: map, list or scalar. No key accepts two kinds of maps."""
    options = [one for one in get_args(kind) if one is not NoneType]
    by_shape = {_shape(one): one for one in reversed(options)}
    hooks = {shape: (converter.get_structure_hook(one), one) for shape, one in by_shape.items()}

    def read(node: Node, _: Any) -> Any:
        if isinstance(node, Scalar) and node.kind == "null":
            return None
        if type(node) not in hooks:
            return _wrong_shape(node, *options)
        if len(options) > 1 and isinstance(node, Map) and says_nothing(node):
            node.refuse("an empty map: add keys, or remove it")
            return None
        hook, option = hooks[type(node)]
        return hook(node, option)

    return read


def _shape(kind: Any) -> type[Node]:
    if is_dataclass(kind) or get_origin(kind) is dict:
        return Map
    return Items if get_origin(kind) is list else Scalar


def _wrong_shape(node: Node, *kinds: Any) -> None:
    if isinstance(node, Scalar) and node.kind == "null":
        return
    node.refuse(f"got {node.shape()}; allowed: {' or '.join(map(_described, kinds))}")


def _described(kind: Any) -> str:
    if is_dataclass(kind):
        return f"a map with {', '.join(keys_of(kind))}"  # type: ignore[arg-type]
    if get_origin(kind) is dict:
        return "a map"
    if get_origin(kind) is list:
        return "a list"
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(_described(one) for one in get_args(kind) if one is not NoneType)
    return _NAMES.get(kind, "a value")
