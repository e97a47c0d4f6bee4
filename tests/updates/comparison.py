"""What CloudFormation does to the resources of a stack when one template follows another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .references import references, values_at
from .schemas import COMES_OR_GOES, create_only

Template = Mapping[str, Any]
Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Update:
    """Two templates, and what happens to the resources between them, by logical id.

    Attributes:
        before: The resources of the first template.
        after: The resources of the second.
        replaced: Resources that are made anew, with the properties that make it necessary.
    """

    before: Mapping[str, Resource]
    after: Mapping[str, Resource]
    replaced: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def deleted(self) -> set[str]:
        return self.before.keys() - self.after.keys()

    @property
    def created(self) -> set[str]:
        return self.after.keys() - self.before.keys()

    @property
    def kept(self) -> set[str]:
        """Resources that stay the same thing, be they changed or not."""
        return (self.before.keys() & self.after.keys()) - self.replaced.keys()

    def type_of(self, name: str) -> str:
        type_: str = (self.after.get(name) or self.before[name])["Type"]
        return type_


def compare(before: Template, after: Template) -> Update:
    """Find what an update replaces, including what is replaced because something that it refers to is.

    Raises:
        ValueError: A logical id has another type than before, which CloudFormation refuses.
    """
    old, new = _resources(before), _resources(after)
    both = old.keys() & new.keys()
    for name in sorted(both):
        if old[name]["Type"] != new[name]["Type"]:
            raise ValueError(f"{name} was {old[name]['Type']} and would be {new[name]['Type']}")
    replaced: dict[str, frozenset[str]] = {}
    while True:
        found = {
            name: causes
            for name in both
            if (causes := frozenset(_causes(old[name], new[name], replaced))) and causes != replaced.get(name)
        }
        if not found:
            return Update(before=old, after=new, replaced=replaced)
        replaced.update(found)


def _causes(old: Resource, new: Resource, replaced: Mapping[str, object]) -> Iterator[str]:
    """Yield the create-only properties that get another value, including references to replaced resources."""
    for path in create_only(new["Type"]):
        before, after = (values_at(path, entry.get("Properties", {})) for entry in (old, new))
        if before and after and f"{new['Type']}/{'/'.join(path)}" in COMES_OR_GOES:
            continue
        if before != after or any(name in replaced for name in references(after)):
            yield ".".join(path)


def _resources(template: Template) -> Mapping[str, Resource]:
    found: Mapping[str, Resource] = template.get("Resources", {})
    return found
