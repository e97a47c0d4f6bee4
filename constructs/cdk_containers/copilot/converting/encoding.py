"""Converts values to the expressions that create them, from the recorded origin of each object."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct

from .expressions import Expression, Global, options, value

_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")
_LIST_TOKEN = re.compile(r"#\{Token\[[^\]]*\]\}")
_PLAIN = (str, int, float, bool, type(None), bytes)
_DEEPEST = 3


class CannotWriteError(Exception):
    """A value of unknown origin."""


class Encoder:
    """Knows the origin of objects.

    Attributes:
        root: Folder to which paths of files are relative.
    """

    def __init__(self, root: Path, look_up: Callable[[Expression, str], Expression]) -> None:
        self.root = root
        self._look_up = look_up
        self._objects: dict[int, tuple[Any, Expression]] = {}
        self._texts: dict[str, Expression] = {}
        self._numbers: dict[float, Expression] = {}
        self._finder: re.Pattern[str] | None = None

    def is_worth(self, result: Any) -> bool:
        """Tell whether a result must be recorded, because it is not a plain value."""
        if isinstance(result, str):
            return _TOKEN.search(result) is not None
        if isinstance(result, float | int) and not isinstance(result, bool):
            return cdk.Token.is_unresolved(result)
        return not isinstance(result, _PLAIN)

    def know(self, result: Any, expression: Expression) -> None:
        """Record the origin of a value."""
        if isinstance(result, str):
            if _TOKEN.search(result) and result not in self._texts:
                self._texts[result] = expression
                self._finder = None
            return
        if isinstance(result, _PLAIN):
            if isinstance(result, float | int) and not isinstance(result, bool) and cdk.Token.is_unresolved(result):
                self._numbers.setdefault(result, expression)
            return
        if (
            isinstance(result, list)
            and len(result) == 1
            and isinstance(result[0], str)
            and _LIST_TOKEN.match(result[0])
        ):
            self._texts.setdefault(result[0], expression)
            return
        self._objects.setdefault(id(result), (result, expression))
        for delegate in getattr(result, "_delegates", ()) if type(result).__name__ == "InterfaceDynamicProxy" else ():
            self._objects.setdefault(id(delegate), (delegate, expression))
        if isinstance(result, list | tuple):
            for place, one in enumerate(result):
                self.know(one, Expression("item", place, (expression,)))

    def encode(self, given: Any) -> Expression:  # noqa: C901, PLR0911  (one for each kind of value)
        """Return the expression that creates a value.

        Raises:
            CannotWriteError: The origin is unknown.
        """
        known = self._objects.get(id(given))
        if known is not None and known[0] is given:
            return known[1]
        match given:
            case str():
                return self._text(given)
            case bool() | None:
                return value(given)
            case Enum():
                target = public_global(type(given))
                return Expression("global", Global(target.module, f"{target.name}.{given.name}"))
            case int() | float():
                return self._numbers.get(given) or value(given)
            case timedelta():
                seconds = given.total_seconds()
                amount = value(int(seconds) if seconds.is_integer() else seconds)
                return Expression("call", None, (_TIMEDELTA, amount), ("seconds",))
            case PurePath():
                return self._file(given)
            case Mapping():
                return Expression("map", None, *options({str(key): self.encode(one) for key, one in given.items()}))
            case list() | tuple() | set():
                if len(given) == 1 and _LIST_TOKEN.match(one := str(next(iter(given)))) and one in self._texts:
                    return self._texts[one]
                return Expression("list", None, tuple(self.encode(one) for one in given))
            case type():
                return Expression("global", public_global(given))
            case _:
                return self._object(given)

    def forget(self) -> None:
        """Forget all origins, because another file does not see the variables of this one."""
        self._objects = {
            key: known for key, known in self._objects.items() if isinstance(known[0], cdk.Stack | cdk.App)
        }
        self._texts, self._numbers, self._finder = {}, {}, None

    def _object(self, given: Any) -> Expression:
        constant = next((name for name, one in vars(type(given)).items() if one is given), None)
        if constant is not None:
            target = public_global(type(given))
            return Expression("global", Global(target.module, f"{target.name}.{constant}"))
        found = self._below_known(given)
        if found is not None:
            return found
        if isinstance(given, Construct):
            return self._in_tree(given)
        if is_dataclass(given):
            told = {one.name: getattr(given, one.name) for one in fields(given) if one.init}
            made = {
                one.name: self.encode(told[one.name])
                for one in fields(given)
                if one.init and not _is_default(told[one.name], one)
            }
            parts, keys = options(made)
            return Expression("call", None, (Expression("global", public_global(type(given))), *parts), keys)
        raise CannotWriteError(f"the origin of a {type(given).__qualname__} is not recorded")

    def _below_known(self, given: Any) -> Expression | None:
        """Find an object, or a text, as an attribute of a known object."""
        level = [(one, expression) for one, expression in reversed(self._objects.values())]
        seen = {id(one) for one, _ in level}
        for _ in range(_DEEPEST):
            after = []
            for one, expression in level:
                for child, way in _attributes(one, expression):
                    if child is given or (isinstance(given, str) and isinstance(child, str) and child == given):
                        self.know(given, way)
                        return way
                    if id(child) not in seen and not isinstance(child, _PLAIN):
                        seen.add(id(child))
                        after.append((child, way))
            level = after
        return None

    def _in_tree(self, given: Construct) -> Expression:
        """Find a construct from its parents."""
        scope = given.node.scope
        if scope is None:
            raise CannotWriteError("the root of the tree has no origin")
        node = Expression("attribute", "node", (self.encode(scope),))
        if given.node.id in ("Resource", "Default") and scope.node.default_child is given:
            way = Expression("attribute", "default_child", (node,))
        else:
            way = Expression("method", "find_child", (node, value(given.node.id)))
        way = self._look_up(way, given.node.id)
        self.know(given, way)
        return way

    def _text(self, given: str) -> Expression:
        if not _TOKEN.search(given) and not _LIST_TOKEN.search(given):
            path = Path(given) if given.startswith("/") and len(given) < 500 else None
            if path is not None and (path.is_relative_to(self.root) or _is_temporary(path)) and path.exists():
                return Expression("call", None, (Expression("global", Global("builtins", "str")), self._file(path)))
            return value(given)
        if given in self._texts:
            return self._texts[given]
        if self._finder is None:
            known = sorted(self._texts, key=len, reverse=True)
            self._finder = re.compile("|".join(map(re.escape, known)) or r"(?!)")
        parts: list[Expression] = []
        end = 0
        for found in self._finder.finditer(given):
            if found.start() > end:
                parts.append(value(given[end : found.start()]))
            parts.append(self._texts[found[0]])
            end = found.end()
        if end < len(given):
            parts.append(value(given[end:]))
        if any(part.kind == "value" and _TOKEN.search(part.name) for part in parts):
            whole = _TOKEN.search(given)
            unknown = next(part.name for part in parts if part.kind == "value" and _TOKEN.search(part.name))
            token = _TOKEN.search(unknown)
            assert whole is not None and token is not None  # noqa: S101, PT018  (both were found above)
            if self._below_known(given if token[0] == given else token[0]) is None:
                raise CannotWriteError(f"the origin of {given!r} is not recorded")
            return self._text(given)
        return parts[0] if len(parts) == 1 else Expression("text", None, tuple(parts))

    def _file(self, path: PurePath) -> Expression:
        if _is_temporary(path):
            return self._template(Path(path).read_text(encoding="utf-8"))
        if path.is_relative_to(self.root):
            return Expression("file", str(path.relative_to(self.root)))
        raise CannotWriteError(f"{path} is not below {self.root}")

    def _template(self, content: str) -> Expression:
        """Return a template, with placeholders for the locations of assets, which only the app knows."""
        tokens = dict.fromkeys(_TOKEN.findall(content))
        marks = {f"@{place}@": self._text(token) for place, token in enumerate(tokens, 1)}
        for mark, token in zip(marks, tokens, strict=True):
            content = content.replace(token, mark)
        return Expression("template", json.dumps(json.loads(content), indent=1) + "\n", *options(marks))


_TIMEDELTA = Expression("global", Global("datetime", "timedelta"))


def _is_temporary(path: PurePath) -> bool:
    return path.name == "addons.json"


def _is_default(given: Any, one: Any) -> bool:
    if one.default is not MISSING:
        return given is one.default or (type(given) is type(one.default) and given == one.default)
    return one.default_factory is not MISSING and given == one.default_factory()


def _attributes(owner: Any, expression: Expression) -> Iterator[tuple[Any, Expression]]:
    """Yield the attributes of an object, with their paths."""
    if isinstance(owner, list | tuple):
        for place, one in enumerate(owner):
            yield one, Expression("item", place, (expression,))
        return
    if isinstance(owner, Mapping):
        for name, one in owner.items():
            yield one, Expression("item", name, (expression,))
        return
    names = [one.name for one in fields(owner)] if is_dataclass(owner) else list(getattr(owner, "__dict__", ()))
    for name in names:
        if not name.startswith("_"):
            one = getattr(owner, name, None)
            if one is not None:
                yield one, Expression("attribute", name, (expression,))


def public_global(owner: type | ModuleType, name: str = "") -> Global:
    """Return the shortest import path of a class or a function: the package that exports it."""
    if owner is CheckedConstruct:
        return Global("constructs", "Construct")  # its checks exist only in this library
    module = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__
    name = name or getattr(owner, "__qualname__", "")
    wanted = getattr(sys.modules[module], name.partition(".")[0])
    parts = module.split(".")
    for end in range(1, len(parts)):
        package = importlib.import_module(".".join(parts[:end]))
        if getattr(package, name.partition(".")[0], None) is wanted:
            return Global(".".join(parts[:end]), name)
    return Global(module, name)
