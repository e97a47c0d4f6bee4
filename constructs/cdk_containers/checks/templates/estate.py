"""Everything that is checked together: the templates of an app, or the resources of an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from .intrinsics import PLACEHOLDER, evaluate
from .map import Map
from .resource import Resource
from .template import AppMetadata, NestedIn, Template
from .values import CannotTell, Malformed, Partial, Reference, Unknown, Value
from .worlds import Worlds


class Estate:
    """Templates that refer to each other through exports, outputs and nested stacks.

    Attributes:
        assume_defaults: Whether parameters have their defaults. Otherwise a default is only one possible value.
        pseudo_parameters: Known pseudo parameters, such as `AWS::Region`.
        templates: The templates, in the order in which they were added.
        stacks: Templates by the name of their stack, if it is known.
        worlds: Outcomes of conditions and parameters, while a check runs.
        unseen: In an account, types with unreadable resources, each with the reason.
    """

    def __init__(self, *, assume_defaults: bool = False, pseudo_parameters: Mapping[str, str] | None = None) -> None:
        self.assume_defaults = assume_defaults
        self.pseudo_parameters: dict[str, Any] = dict(pseudo_parameters or {})
        self.templates: list[Template] = []
        self.stacks: dict[str, Template] = {}
        self.worlds = Worlds()
        self.unseen: dict[str, str] = {}
        self.depth = 0
        """Number of nested functions that are being evaluated."""

    def add(
        self,
        name: str,
        source: Mapping[str, Any],
        *,
        line_of: Callable[[str], int | None] = lambda _: None,
        nested_in: NestedIn | None = None,
        stack_name: str = "",
        environment: str = "",
        construct_path: str = "",
        arguments: Mapping[str, Any] | None = None,
        app_metadata: Callable[[], AppMetadata] = AppMetadata,
    ) -> Template:
        """Add a template. Add all templates before you read any."""
        template = Template(
            name,
            source,
            self,
            line_of=line_of,
            nested_in=nested_in,
            arguments=arguments,
            stack_name=stack_name,
            construct_path=construct_path,
            environment=environment or (nested_in.template.environment if nested_in else ""),
            app_metadata=app_metadata,
        )
        self.templates.append(template)
        if stack_name:
            self.stacks[stack_name] = template
        return template

    @property
    def resources(self) -> Iterator[Resource]:
        """Every resource of every template, whether it exists in this world or not."""
        for template in self.templates:
            yield from template.resources.values()

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of some types that exist in this world.

        Raises:
            CannotTell: Some of them could not be read.
        """
        self._raise_if_unseen(types)
        return [resource for type_ in types for resource in self._by_type.get(type_, ()) if resource.exists]

    def referring(self, resource: Resource, *types: str) -> list[Resource]:
        """Return the resources of some types that refer to one in this world.

        Raises:
            CannotTell: Some of them could not be read.
        """
        self._raise_if_unseen(types)
        mentioning = self._mentioning.get(resource.key, ())
        return [one for one in mentioning if one.type in types and one.exists and _refers(one, resource)]

    def mentioning(self, resource: Resource, *types: str) -> list[Resource]:
        """Return the resources, of some types or of any, that refer to one in some world.

        Raises:
            CannotTell: Some of these types could not be read.
        """
        self._raise_if_unseen(types)
        return [one for one in self._mentioning.get(resource.key, ()) if not types or one.type in types]

    def find(self, value: Value, *types: str) -> Resource | None:
        """Return the resource that a property names; None if it is not in this estate.

        Raises:
            CannotTell: Only a deployment sets the property, or it could not be read.
        """
        found = [it for it in self._found(value) if not types or it.type in types]
        if not found and isinstance(value, str):
            self._raise_if_unseen(types)
        return found[0] if found else None

    def _raise_if_unseen(self, types: Iterable[str]) -> None:
        """Raise an error for types that could not be read, so that they do not count as absent."""
        for type_ in types:
            if type_ in self.unseen:
                raise CannotTell(f"{type_} could not be read: {self.unseen[type_]}")

    def _found(self, value: Value) -> Sequence[Resource]:
        if isinstance(value, Partial):
            references = [part for part in value.parts if isinstance(part, Reference)]
            if references:
                return [references[-1].resource]
        if isinstance(value, Reference):
            return [value.resource]
        if isinstance(value, Unknown):
            raise CannotTell(f"it depends on {value.why}")
        return self._by_identifier.get(value, ()) if isinstance(value, str) else ()

    @cached_property
    def exports(self) -> dict[str, tuple[Any, Template]]:
        """Exported values by name, each with its template."""
        exports: dict[str, tuple[Any, Template]] = {}
        for template in self.templates:
            for output in template.outputs.values():
                export = output.get("Export")
                try:
                    name = evaluate(export["Name"], template) if isinstance(export, Mapping) else None
                except (CannotTell, KeyError, Malformed):
                    continue
                if isinstance(name, str) and "Value" in output:
                    exports[name] = (output["Value"], template)
        return exports

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            by_type[resource.type].append(resource)
        return by_type

    @cached_property
    def _by_identifier(self) -> dict[str, list[Resource]]:
        """Resources by type and name."""
        by_identifier: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            for identifier in resource.identifiers:
                by_identifier[identifier].append(resource)
        return by_identifier

    @cached_property
    def _mentioning(self) -> dict[str, list[Resource]]:
        """For each resource, the resources that can refer to it, in some world."""
        mentioning: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            for target in {one.key: one for one in self._mentioned(resource.source, resource.template, set())}.values():
                if target is not resource:
                    mentioning[target.key].append(resource)
        return mentioning

    def _mentioned(self, expression: Any, template: Template, seen: set[str]) -> Iterator[Resource]:
        """Yield every resource that an expression names in some world, also through outputs, exports and parameters."""
        if isinstance(expression, str):
            yield from self._by_identifier.get(expression, ())
        elif isinstance(expression, list):
            for item in expression:
                yield from self._mentioned(item, template, seen)
        elif isinstance(expression, Mapping):
            for key, value in expression.items():
                for name in _names(key, value):
                    yield from self._named(name, template, seen)
                if key in {"Fn::ImportValue", "Fn::GetStackOutput"}:
                    yield from _elsewhere({key: value}, template)
                yield from self._mentioned(value, template, seen)

    def _named(self, name: str, template: Template, seen: set[str]) -> Iterator[Resource]:
        place = f"{template.key} {name}"
        if place in seen:
            return
        seen.add(place)
        logical_id, _, attribute = name.partition(".")
        resource = template.resources.get(logical_id)
        nested_in = template.nested_in
        if resource is not None and resource.nested is not None and attribute.startswith("Outputs."):
            output = resource.nested.outputs.get(attribute.removeprefix("Outputs."), {})
            yield from self._mentioned(output.get("Value"), resource.nested, seen)
        elif resource is not None:
            yield resource
        elif nested_in is not None and name in nested_in.arguments:
            yield from self._mentioned(nested_in.arguments[name], nested_in.template, seen)
        elif name in template.arguments:
            yield from self._mentioned(template.arguments[name], template, seen)


def _elsewhere(expression: Any, template: Template) -> Iterator[Resource]:
    try:
        value = evaluate(expression, template)
    except (CannotTell, Malformed):
        return
    yield from (part.resource for part in references_in(value))


def _names(key: str, value: Any) -> Iterator[str]:
    """Yield the names in an intrinsic function."""
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt" and isinstance(value, str | list):
        yield value if isinstance(value, str) else ".".join(map(str, value))
    elif key == "Fn::Sub":
        text = value[0] if isinstance(value, list) and value else value
        if isinstance(text, str):
            yield from (name.strip() for name in PLACEHOLDER.findall(text))


def references_in(value: Value) -> Iterator[Reference]:
    """Yield everything that a value refers to, at any depth."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Partial):
        yield from (part for part in value.parts if isinstance(part, Reference))
    elif isinstance(value, list):
        for item in value:
            yield from references_in(item)
    elif isinstance(value, Map):
        for key in value.source:
            try:
                child = value.child(key)
            except (CannotTell, Malformed):
                continue
            yield from references_in(child)


def _refers(one: Resource, other: Resource) -> bool:
    if any(reference.resource is other for reference in references_in(one)):
        return True
    return any(text in other.identifiers for text in _texts(one)) if other.identifiers else False


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Map):
        for key in value.source:
            yield from _texts(value.child(key))
