"""A template and its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdk_containers.core.frozen import frozen

from .resource import Resource

if TYPE_CHECKING:
    from .estate import Estate


WHOLE = "AWS::CloudFormation::Template"
"""Pseudo type for a template as a whole."""


@frozen(kw_only=False)
class AppMetadata:
    """Metadata of a CDK app about a template.

    Attributes:
        paths: Paths of constructs by logical id of the resource.
        acknowledged: Reasons by id of the rule, by path of the construct.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    acknowledged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_HARMLESS_TRANSFORMS = {"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"}


@frozen(kw_only=False)
class NestedIn:
    """The template that deploys a nested template, and the parameters that it passes."""

    template: Template
    arguments: Mapping[str, Any]


class Template:
    """A template and its sections, as written.

    Attributes:
        name: Path of its file, or another name for it.
        key: Unique key among the templates of the estate.
        estate: All templates that are checked together.
        arguments: Known values of parameters.
        nested_in: Its parent template, if it is a nested stack.
        stack_name: The name of its stack, if an assembly contains it.
        construct_path: The path of the stack in its CDK app, if an assembly contains it.
        environment: Its account and region, as `aws://ACCOUNT/REGION`, if an assembly contains them.
        app_metadata: The metadata of the CDK app, read on access.
        macros: Transforms that can change anything in it.
    """

    def __init__(
        self,
        name: str,
        source: Mapping[str, Any],
        estate: Estate,
        *,
        line_of: Callable[[str], int | None] = lambda _: None,
        nested_in: NestedIn | None = None,
        arguments: Mapping[str, Any] | None = None,
        stack_name: str = "",
        environment: str = "",
        construct_path: str = "",
        app_metadata: Callable[[], AppMetadata] = AppMetadata,
    ) -> None:
        self.name = name
        self.key = f"{name}#{len(estate.templates)}" if any(it.name == name for it in estate.templates) else name
        self.estate = estate
        self.source = source
        self.line_of = line_of
        self.nested_in = nested_in
        self.stack_name = stack_name
        self.environment = environment
        self.construct_path = construct_path
        self.app_metadata = app_metadata
        self.arguments = arguments or {}
        self.parameters = _section(source, "Parameters")
        self.conditions = _section(source, "Conditions", maps_only=False)
        self.mappings = _section(source, "Mappings")
        self.outputs = _section(source, "Outputs")
        self.macros = _macros(source.get("Transform"))
        self.resources = {
            name: Resource(name, declaration, self) for name, declaration in _section(source, "Resources").items()
        }

    @cached_property
    def whole(self) -> Resource:
        """The template as a resource of the type `WHOLE`, for checks of the whole template, such as its size.

        Its path is that of the stack, or otherwise of the construct that contains all its resources. Its metadata is
        that of the template.
        """
        metadata = self.source.get("Metadata")
        said = dict(metadata) if isinstance(metadata, Mapping) else {}
        paths = [path for it in self.resources.values() if (path := it.construct_path)]
        if self.construct_path or paths:
            said["aws:cdk:path"] = self.construct_path or "/".join(_common([path.split("/") for path in paths]))
        name = self.stack_name or Path(self.name).name.partition(".")[0]
        return Resource(name, {"Type": WHOLE, "Metadata": said}, self)

    def __repr__(self) -> str:
        return f"<template {self.name}>"


def _common(paths: Sequence[list[str]]) -> list[str]:
    shortest, longest = min(paths), max(paths)
    length = next((at for at, (one, other) in enumerate(zip(shortest, longest, strict=False)) if one != other), None)
    return shortest[:length]


def _section(source: Mapping[str, Any], name: str, *, maps_only: bool = True) -> dict[str, Any]:
    section = source.get(name)
    if not isinstance(section, Mapping):
        return {}
    return {
        key: value
        for key, value in section.items()
        if isinstance(key, str) and (isinstance(value, Mapping) or not maps_only)
    }


def _macros(transform: object) -> tuple[str, ...]:
    given = transform if isinstance(transform, list) else [] if transform is None else [transform]
    names = [str(item.get("Name")) if isinstance(item, Mapping) else str(item) for item in given]
    return tuple(name for name in names if name not in _HARMLESS_TRANSFORMS and not name.startswith("AWS::Serverless-"))
