"""The context that all steps of a conversion share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from cdk_containers.core.documents import Scalar

from ..reading.project import Project
from .choices import Choices
from .notices import Notice

CONTAINER = "container"
"""The choice to run a database in a container."""


class Context:
    """A conversion in progress.

    Attributes:
        project: Project to convert.
        choices: Your decisions.
        notices: Differences from Compose.
        copies: Files to copy into the app: source paths and target paths.
        texts: Files to write into the app, with their content.
    """

    def __init__(self, project: Project, choices: Choices) -> None:
        self.project = project
        self.choices = choices
        self.notices: dict[Notice, None] = {}
        self.copies: dict[Path, Path] = {}
        self.texts: dict[Path, str] = {}

    @property
    def left_out(self) -> frozenset[str]:
        """Services that do not become part of the app."""
        managed = {name for name, where in self.choices.databases.items() if where != CONTAINER}
        return self.choices.without | managed

    def is_empty(self, service: str, *keys: str) -> bool:
        """Tell whether a key of a service exists without a value."""
        node = self.project.node("services", service, *keys)
        return isinstance(node, Scalar) and node.kind == "null"

    def say(self, service: str, text: str) -> None:
        """Record a difference."""
        self.notices[Notice(service, text)] = None

    def refuse(self, service: str, *keys: str | int, message: str) -> None:
        """Record a part of a service that cannot be converted."""
        self.project.node("services", service, *keys).refuse(message)


def look_at_unkept(context: Context) -> None:
    """Report dropped keys, and reject keys without a counterpart."""
    left_out: dict[str, tuple[str, list[str]]] = {}
    for path, why, kind in _unkept(context.project.model, ()):
        service = path[1] if path[0] == "services" else ""
        if service in context.left_out:
            continue
        name = ".".join(path[2:] if service else path)
        if kind == "refused":
            context.project.node(*path).refuse(f"it has no counterpart on Fargate: {why}")
        else:
            left_out.setdefault(name, (why, []))[1].append(service)
    for name, (why, services) in left_out.items():
        of = ", ".join(dict.fromkeys(filter(None, services)))
        context.say("", f"`{name}`{f' of {of}' if of else ''} is omitted: {why}")


def _unkept(model: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield the keys of a model that are not converted, with reason and kind."""
    if isinstance(model, dict):
        for key, value in model.items():
            yield from _unkept(value, (*path, str(key)))
    elif is_dataclass(model) and not isinstance(model, type):
        for one in fields(model):
            value = getattr(model, one.name)
            if value is None or value is False:
                continue
            kind = next((kind for kind in ("dropped", "refused") if kind in one.metadata), None)
            if kind is None:
                yield from _unkept(value, (*path, one.name))
            elif value not in ([], {}):
                yield (*path, one.name), one.metadata[kind], kind
