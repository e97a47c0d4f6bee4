"""Fields of Kubernetes objects and their types, by version.

An API server refuses or silently drops fields that its version does not have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from cdk_containers.core.errors import Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token

from .api_versions import minor_of

_WRITTEN = re.compile(r"(?P<type>[^!@~]+)(?P<required>!)?(@(?P<since>\d+))?(~(?P<gone>\d+))?")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_SIMPLE: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "any": (lambda _: True, ""),
    "either": (lambda value: isinstance(value, str) or _is_int(value), "text or a whole number"),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "int": (_is_int, "a whole number"),
    "number": (_is_int, "a whole number"),
    "text": (lambda value: isinstance(value, str), "text"),
}


@frozen(kw_only=False)
class _Field:
    type: str
    required: bool
    since: int
    gone: int

    @classmethod
    def read(cls, written: str) -> _Field:
        found = _WRITTEN.fullmatch(written)
        assert found is not None, written  # noqa: S101  (a test reads the whole file)
        return cls(found["type"], found["required"] is not None, int(found["since"] or 0), int(found["gone"] or 999))


@frozen(kw_only=False)
class _Known:
    newest: int
    kinds: Mapping[str, str]
    types: Mapping[str, Mapping[str, _Field]]


@cache
def _known() -> _Known:
    read = json.loads(files(__package__).joinpath("kubernetes_fields.json").read_text(encoding="utf-8"))
    types = {
        name: {field: _Field.read(written) for field, written in entries.items()}
        for name, entries in read["types"].items()
    }
    return _Known(read["newest"], read["kinds"], types)


def field_problems(manifest: Mapping[str, Any], version: str) -> Problems:
    """Find fields that a Kubernetes version does not have, that are missing, or of the wrong type.

    Unknown kinds and newer versions are not checked.
    """
    found = Problems()
    known = _known()
    name = known.kinds.get(f"{manifest.get('apiVersion')} {manifest.get('kind')}")
    if name is not None and minor_of(version) <= known.newest:
        _check(found, manifest, name, "", minor_of(version))
    return found


def _check(found: Problems, value: Any, type_: str, path: str, minor: int) -> None:
    if not isinstance(value, list | tuple | Mapping) and is_token(value):
        return
    right, allowed = _right(type_)
    if not right(value):
        found.add(path, f"a value of type {type(value).__name__} instead of {allowed}", given=value, allowed=allowed)
    elif type_.startswith("["):
        for index, entry in enumerate(value):
            _check(found, entry, type_[1:-1], f"{path}[{index}]", minor)
    elif type_.startswith("{"):
        for key, entry in value.items():
            _check(found, entry, type_[1:-1], f"{path}.{key}", minor)
    elif type_ in _known().types:
        _check_fields(found, value, type_, path, minor)


@cache
def _right(type_: str) -> tuple[Callable[[object], bool], str]:
    if type_.startswith("["):
        return lambda value: isinstance(value, list | tuple), "a list"
    return _SIMPLE.get(type_) or (lambda value: isinstance(value, Mapping), "a map")


def _check_fields(found: Problems, value: Mapping[str, Any], type_: str, path: str, minor: int) -> None:
    known = _known().types[type_]
    there = {name: field for name, field in known.items() if field.since <= minor < field.gone}
    for name, entry in value.items():
        here = f"{path}.{name}" if path else name
        if name in there:
            _check(found, entry, there[name].type, here, minor)
        elif name in known:
            since = known[name].since
            said = f"since 1.{since}" if since > minor else f"until 1.{known[name].gone - 1}"
            found.add(here, f"Kubernetes has this field {said}", given=entry, allowed=f"a field of 1.{minor}")
        else:
            near = [field for field in there if field.lower().rstrip("s") == str(name).lower().rstrip("s")]
            found.add(here, "unknown field", given=entry, allowed=", ".join(near or sorted(there)))
    for name, field in there.items():
        if field.required and name not in value:
            found.add(f"{path}.{name}" if path else name, "it is missing", allowed="a value")
