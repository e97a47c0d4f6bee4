"""One template, and what its names mean."""

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
"""The type that stands for a template itself; CloudFormation has no resource of it."""


@frozen(kw_only=False)
class AppMetadata:
    """What a CDK app says of a template, beside it.

    Attributes:
        paths: The paths of the constructs by the logical id of the resource.
        acknowledged: By the path of a construct, the reasons by the id of the rule.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    acknowledged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_HARMLESS_TRANSFORMS = {"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"}


@frozen(kw_only=False)
class NestedIn:
    """The template that deploys another one, and the parameters that it gives it."""

    template: Template
    arguments: Mapping[str, Any]


class Template:
    """A template and its sections, each as it was written.

    Attributes:
        name: The path of its file, or what stands for it.
        key: What tells it from the other templates of the estate.
        estate: All the templates that are looked at together.
        arguments: Values of parameters, where the caller knows them.
        nested_in: Where it is a nested stack, who deploys it.
        stack_name: The name of its stack, if an assembly contains it.
        construct_path: The path of the stack in its CDK app, if an assembly contains it.
        environment: Its account and region, as `aws://ACCOUNT/REGION`, if an assembly contains them.
        app_metadata: The metadata of the CDK app, read on access.
        macros: The transforms that may change anything in it.
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
        """The template as a resource of the type `WHOLE`, for what is true of all of it, such as its size.

        Its path is that of the stack, or else of the construct that all its resources are in. Its metadata are those of
        the template.
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
