"""A resource of a template or of an account, in the form of CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .intrinsics import condition
from .map import Map
from .values import Unread, Value

if TYPE_CHECKING:
    from .template import Template


class Resource(Map):
    """A resource: a `Map` of its properties, and its resource attributes.

    Attributes:
        logical_id: Its name in the template; in an account, its display name.
        type: Resource type, such as `AWS::ECS::Service`.
        template: Template that contains it.
        declaration: Its complete declaration in the template.
        key: Unique key among all resources of the estate.
        identifiers: Known ids, names and ARNs by which others can refer to it.
        nested: Template that it deploys, if it is a nested stack whose template was found.
        read: In an account, the properties that were read; None if all are known, as in a template.
        deployed: Stack and logical id, if it is from an account and a stack created it.
    """

    __slots__ = ("declaration", "deployed", "identifiers", "key", "logical_id", "nested", "read", "template", "type")

    def __init__(
        self,
        logical_id: str,
        declaration: Mapping[str, Any],
        template: Template,
        identifiers: frozenset[str] = frozenset(),
    ) -> None:
        properties = declaration.get("Properties")
        super().__init__(properties if isinstance(properties, Mapping) else {}, template)
        self.logical_id = logical_id
        self.type = str(declaration.get("Type", ""))
        self.template = template
        self.declaration = declaration
        self.key = f"{template.key}/{logical_id}"
        self.identifiers = identifiers
        self.nested: Template | None = None
        self.read: frozenset[str] | None = None
        self.deployed: tuple[str, str] | None = None

    def child(self, key: str) -> Value:
        """Return the value of one key; `Unread` if it was not read, so that it does not count as absent."""
        if self.read is not None and key not in self.source and key not in self.read:
            return Unread(f"{key} is not read from an account", f"{self.key} {key}")
        return super().child(key)

    @property
    def exists(self) -> bool:
        """Whether it is deployed in this world."""
        name = self.declaration.get("Condition")
        return name is None or condition(name, self.template)

    @property
    def construct_path(self) -> str:
        """Its path in a CDK app, without the last `Resource`; empty if it does not come from one."""
        path = self.metadata.get("aws:cdk:path") or self.template.app_metadata().paths.get(self.logical_id)
        return path.removesuffix("/Resource") if isinstance(path, str) else ""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata, as in the template."""
        metadata = self.declaration.get("Metadata")
        return metadata if isinstance(metadata, Mapping) else {}

    def attribute(self, name: str) -> Map:
        """Return a resource attribute, such as `DeletionPolicy`, as a map with this one key."""
        return Map({name: self.declaration[name]} if name in self.declaration else {}, self.template)

    def referring(self, *types: str) -> list[Resource]:
        """Return the resources of some types that refer to this one in this world, wherever in their properties."""
        return self.template.estate.referring(self, *types)

    def __repr__(self) -> str:
        return f"<{self.type} {self.logical_id}>"
