"""Reads a manifest file into its model."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from cdk_containers.core.documents import (
    Items,
    ManifestError,
    Map,
    Node,
    Problem,
    Problems,
    Scalar,
    decode,
    load,
    nearest,
    structure,
)
from cdk_containers.core.frozen import frozen

from .interpolating import Variables, interpolate
from .merging import merged
from .models.environments import Environment
from .models.pipelines import Pipeline
from .models.workloads import WORKLOADS, Workload
from .rules import check_environment, check_pipeline, check_workload

_M = TypeVar("_M")
_HEAD = {"name", "type"}


@frozen
class Manifest(Generic[_M]):
    """A parsed manifest.

    Attributes:
        file: Name of the file.
        text: Content of the file.
        model: Its values, merged with those of the environment if one is given.
        environments: Environments that it has values for.
        root: Its nodes, with their positions in the file.
        notes: Values that Copilot reads but does not apply.
    """

    file: str
    text: str
    model: _M
    environments: tuple[str, ...]
    root: Map
    notes: tuple[str, ...] = ()

    def at(self, path: str) -> tuple[int, int] | None:
        """Return line and column of a key such as `image.port` or `files[0].source`; None if it is not given."""
        node: Node = self.root
        for key in path.replace("[", ".[").split("."):
            if isinstance(node, Map) and key in node:
                node = node[key]
            elif isinstance(node, Items) and key[1:-1].isdigit() and int(key[1:-1]) < len(node.items):
                node = node.items[int(key[1:-1])]
            else:
                return None
        return node.line, node.column


def read_workload(
    source: str | Path,
    *,
    environment: str | None = None,
    application: str | None = None,
    variables: Mapping[str, str] | None = None,
    environments: list[str] | None = None,
) -> Manifest[Workload]:
    """Read the manifest of a service or a job.

    Args:
        source: Path of a file, or a text with line breaks.
        environment: Environment whose values apply. Default: the values of the top level.
        application: Application, for `${COPILOT_APPLICATION_NAME}`.
        variables: Values for `${VAR}`. Default: the variables of the shell.
        environments: Existing environments, if they are known. The manifest must not name others.

    Raises:
        ManifestError: The manifest is invalid; all problems are reported at once.
    """
    file, text = _source(source)
    problems = Problems()
    root = load(text, file, problems)
    interpolate(root, _variables(variables, application, environment))
    model = _type(root, WORKLOADS)
    if model is None:
        raise ManifestError(file, problems.in_order())
    overrides = _overrides(root, environments)
    for override in overrides.values():
        for key in _HEAD & override.entries.keys():
            override[key].refuse("is the same in all environments: set it only at the top of the file")
        structure(override, model)
    notes: list[str] = []
    chosen = merged(root, overrides.get(environment or ""), notes)
    made = structure(chosen, model)
    check_workload(made, chosen)
    if problems:
        raise ManifestError(file, problems.in_order())
    return Manifest(file=file, text=text, model=made, environments=tuple(overrides), root=chosen, notes=tuple(notes))


def read_environment(
    source: str | Path, *, application: str | None = None, variables: Mapping[str, str] | None = None
) -> Manifest[Environment]:
    """Read the manifest of an environment.

    Args:
        source: Path of a file, or a text with line breaks.
        application: Application, for `${COPILOT_APPLICATION_NAME}`.
        variables: Values for `${VAR}`. Default: the variables of the shell.

    Raises:
        ManifestError: The manifest is invalid; all problems are reported at once.
    """
    file, text = _source(source)
    problems = Problems()
    root = load(text, file, problems)
    name = root.entries.get("name")
    interpolate(root, _variables(variables, application, name.text if isinstance(name, Scalar) else None))
    _type(root, {"Environment": Environment})
    return _simple(root, (file, text), Environment, check_environment)


def read_pipeline(source: str | Path, *, variables: Mapping[str, str] | None = None) -> Manifest[Pipeline]:
    """Read the manifest of a pipeline.

    Args:
        source: Path of a file, or a text with line breaks.
        variables: Values for `${VAR}`. Default: the variables of the shell.

    Raises:
        ManifestError: The manifest is invalid; all problems are reported at once.
    """
    file, text = _source(source)
    problems = Problems()
    root = load(text, file, problems)
    interpolate(root, _variables(variables, None, None))
    _required_text(root, "name")
    return _simple(root, (file, text), Pipeline, check_pipeline)


def _simple(root: Map, source: tuple[str, str], model: type[_M], check: Callable[[_M, Map], None]) -> Manifest[_M]:
    file, text = source
    made = structure(root, model)
    check(made, root)
    if root.problems:
        raise ManifestError(file, root.problems.in_order())
    return Manifest(file=file, text=text, model=made, environments=(), root=root)


def _source(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and "\n" in source:
        return "manifest.yml", source
    path = Path(source)
    try:
        return str(source), decode(path.read_bytes(), str(source))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ManifestError(str(source), [Problem((), None, None, f"cannot be read: {reason}")]) from None


def _variables(given: Mapping[str, str] | None, application: str | None, environment: str | None) -> Variables:
    return Variables(os.environ if given is None else given, application, environment)


def _type(root: Map, allowed: Mapping[str, type[Any]]) -> Any:
    """Return the entry for the type of a manifest."""
    _required_text(root, "name")
    if not _required_text(root, "type"):
        return None
    node = root["type"]
    assert isinstance(node, Scalar)  # noqa: S101
    if node.text not in allowed:
        node.refuse(f"there is no type {node.text!r}: {nearest(node.text, allowed)}")
    return allowed.get(node.text)


def _required_text(root: Map, key: str) -> bool:
    node = root.entries.get(key)
    if isinstance(node, Scalar) and node.text and node.kind != "null":
        return True
    (node or root).refuse("is missing" if node else f"`{key}` is missing")
    return False


def _overrides(root: Map, known: list[str] | None) -> dict[str, Map]:
    node = root.entries.get("environments")
    if node is None or (isinstance(node, Scalar) and node.kind == "null"):
        return {}
    if not isinstance(node, Map):
        node.refuse(f"got {node.shape()}; allowed: a map of environments")
        return {}
    found = {}
    for name, value in node.entries.items():
        if known is not None and name not in known:
            value.refuse(f"there is no environment {name!r}: {nearest(name, known)}")
        if isinstance(value, Map):
            found[name] = value
        elif not (isinstance(value, Scalar) and value.kind == "null"):
            value.refuse(f"got {value.shape()}; allowed: a map with keys of the manifest")
    return found
