"""A reader: the function that finds the resources of some types in an account, and the calls that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from cdk_containers.core.frozen import frozen

if TYPE_CHECKING:
    from .account import Account


@frozen
class Found:
    """A resource of an account, in the shape of CloudFormation.

    Attributes:
        type: Such as `AWS::ECS::Service`.
        name: Its ARN, or its id where it has none.
        properties: As CloudFormation has them; an `Unread` where a call was refused.
        identifiers: All by which others can refer to it: id, name, ARN.
        physical_id: What CloudFormation calls it, where that is none of the identifiers.
        attributes: Resource attributes such as `DeletionPolicy`.
    """

    type: str
    name: str
    properties: Mapping[str, Any]
    identifiers: frozenset[str] = frozenset()
    physical_id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


Reads: TypeAlias = Callable[["Account"], Iterator[Found]]


@frozen(kw_only=False)
class Reader:
    """What finds the resources of some types.

    Attributes:
        properties: The properties that it reads, by type: any other property is unknown, not absent.
        calls: The operations that it needs, by boto3's name of the service, in boto3's words.
        read: The function.
        everywhere: Whether what it finds is of no region.
    """

    properties: Mapping[str, frozenset[str]]
    calls: Mapping[str, tuple[str, ...]]
    read: Reads
    everywhere: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """The types that it finds."""
        return tuple(self.properties)


READERS: list[Reader] = []
"""Every reader; `readers` fills it."""


def reader(
    properties: Mapping[str, str], *, everywhere: bool = False, **calls: tuple[str, ...]
) -> Callable[[Reads], Reads]:
    """Register a function as a reader: the properties that it reads by type, and the operations by service.

    A dash in the name of a service is an underscore here: `application_autoscaling`.
    """
    named = {type_: frozenset(names.split()) for type_, names in properties.items()}
    services = {service.rstrip("_").replace("_", "-"): names for service, names in calls.items()}

    def register(read: Reads) -> Reads:
        READERS.append(Reader(named, services, read, everywhere))
        return read

    return register
