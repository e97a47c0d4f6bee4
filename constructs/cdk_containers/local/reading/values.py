"""Resolves the values of a template on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cdk_containers.checks.templates import MISSING, Map, Partial, Reference, Resource, Unknown
from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Build, Given, Unresolved


@frozen
class Sources:
    """Sources of values that only a deployment sets.

    Attributes:
        given: Values that you set, by their names in the template.
        deployed: Returns the value of a resource and an attribute from a deployed stack or the emulator; the attribute
            is empty for `Ref`.
        address: Returns the local address of a load balancer, such as `backend:8080`.
        images: Builds by hash of the asset.
    """

    given: Given
    deployed: Callable[[Resource, str], str | None]
    address: Callable[[Resource], str | None]
    images: Mapping[str, Build]


class Values:
    """Values of templates, as plain Python. An unknown value is an `Unresolved`."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def plain(self, value: Any) -> Any:
        """Return a value as plain Python."""
        if isinstance(value, Map):
            found = {key: self.plain(value.child(key)) for key in value.source}
            return {key: one for key, one in found.items() if one is not MISSING}
        if isinstance(value, list):
            return [self.plain(item) for item in value]
        if isinstance(value, Partial):
            return self._joined(value)
        if isinstance(value, Unknown):
            return self._resolved(value)
        return self._image(value) or value if isinstance(value, str) else value

    def _image(self, tail: str) -> Build | None:
        """Return the build of an image by the hash at the end of its reference."""
        return self._sources.images.get(tail.rpartition(":")[2]) if ":" in tail else None

    def _joined(self, value: Partial) -> Any:
        if image := self._image(value.tail):
            return image
        parts = [self._resolved(part) if isinstance(part, Unknown) else part for part in value.parts]
        missing = [part for part in parts if isinstance(part, Unresolved)]
        if missing:
            why = " and ".join(dict.fromkeys(part.why for part in missing))
            return Unresolved(why=why, names=tuple(name for part in missing for name in part.names))
        local = any(isinstance(part, Reference) and self._sources.address(part.resource) for part in value.parts)
        text = "".join(parts)
        return text.replace("https://", "http://") if local else text

    def _resolved(self, value: Unknown) -> Any:
        """Return the value of an unknown part, or an `Unresolved` with the name to set it by."""
        name = value.why.removeprefix("parameter ")
        if isinstance(value, Reference):
            name = f"{value.resource.logical_id}.{value.attribute}".rstrip(".")
        told = self._sources.given.find(name)
        if told is None and isinstance(value, Reference):
            told = self._of_resource(value)
        return Unresolved(why=value.why, names=(name,)) if told is None else told

    def _of_resource(self, value: Reference) -> str | None:
        if value.attribute in _ADDRESSES and (local := self._sources.address(value.resource)):
            return local
        return self._sources.deployed(value.resource, value.attribute)


_ADDRESSES = {"DNSName", "DnsEntry.DomainName"}
