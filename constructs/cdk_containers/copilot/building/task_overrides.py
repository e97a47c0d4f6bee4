"""Changes of a task definition that have no option, and overrides of a manifest by path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs

from ..manifests.models.containers import TaskDefOverride

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|-)\]")
_ACRONYMS = {"efsVolumeConfiguration": "EFSVolumeConfiguration", "filesystemId": "FilesystemId"}
_TEXTS = ("environment", "options", "dockerLabels", "driverOpts", "labels")
"""Maps whose keys you choose."""


class TaskChanges:
    """Records the changes of a task definition, because CDK does not show the result.

    Attributes:
        task: The task definition.
    """

    def __init__(self, task: ecs.CfnTaskDefinition) -> None:
        self.task = task
        self._changes: list[tuple[str, Any]] = []

    def write(self, path: str, value: Any) -> None:
        """Write a property."""
        self.task.add_property_override(path, value)
        self._changes.append((path, value))

    def remove(self, path: str) -> None:
        """Remove a property."""
        self.task.add_property_deletion_override(path)
        self._changes.append((path, None))

    def override(self, overrides: Sequence[TaskDefOverride] | None) -> None:
        """Write an override with a path such as `ContainerDefinitions[0].Ulimits[-].Name`, where `-` is a new item.

        Whole properties are written, because CDK would turn a missing list into a map.
        """
        if not overrides:
            return
        properties = self.properties()
        changed: dict[str, None] = {}
        for override in overrides:
            steps = _steps(override.path or "")
            changed[str(steps[0])] = None
            _set(properties, steps, override.value)
        for name in changed:
            self.write(name, properties[name])

    def properties(self) -> dict[str, Any]:
        """Return the current properties."""
        known = cdk.Stack.of(self.task).resolve(self.task._cfn_properties)  # noqa: SLF001  (there is no other way)
        properties: dict[str, Any] = as_in_templates(known)
        for path, value in self._changes:
            steps: list[str | int] = [int(step) if step.isdigit() else step for step in path.split(".")]
            if value is None:
                _remove(properties, steps)
            else:
                _set(properties, steps, cdk.Stack.of(self.task).resolve(value))
        return properties


def as_in_templates(node: Any) -> Any:
    """Return properties with their names in templates. CDK names begin with a lower-case letter."""
    if isinstance(node, list):
        return [as_in_templates(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    if len(node) == 1 and next(iter(node)).startswith(("Fn::", "Ref")):
        return node
    return {
        _ACRONYMS.get(name, name[:1].upper() + name[1:]): dict(value)
        if name in _TEXTS and isinstance(value, Mapping)
        else as_in_templates(value)
        for name, value in node.items()
        if value is not None
    }


def _steps(path: str) -> list[str | int]:
    return [name if name else (-1 if place == "-" else int(place)) for name, place in _STEP.findall(path)]


def _set(node: Any, steps: Sequence[str | int], value: Any) -> None:
    """Write a value below a node, and create missing parents."""
    step, rest = steps[0], steps[1:]
    if isinstance(step, int) and not 0 <= step < len(node):
        node.append(None)
        step = len(node) - 1
    if not rest:
        node[step] = value
        return
    there = node[step] if isinstance(step, int) or step in node else None
    if there is None:
        node[step] = there = [] if isinstance(rest[0], int) else {}
    _set(there, rest, value)


def _remove(node: Any, steps: Sequence[str | int]) -> None:
    *way, last = steps
    for step in way:
        if isinstance(step, str) and step not in node:
            return
        node = node[step]
    if isinstance(node, dict):
        node.pop(last, None)
