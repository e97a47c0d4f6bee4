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
    """A resource of an account, in the form of CloudFormation.

    Attributes:
        type: Resource type, such as `AWS::ECS::Service`.
        name: Its ARN, or its id if it has no ARN.
        properties: Properties in the form of CloudFormation; an `Unread` if a call was refused.
        identifiers: Everything by which others can refer to it: id, name and ARN.
        physical_id: Physical id in CloudFormation, if it is not one of the identifiers.
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
    """A function that finds the resources of some types.

    Attributes:
        properties: Properties that it reads, by type. Any other property is unknown, not absent.
        calls: Operations that it needs, by service, with boto3's names.
        read: The function.
        everywhere: Whether its resources are global.
    """

    properties: Mapping[str, frozenset[str]]
    calls: Mapping[str, tuple[str, ...]]
    read: Reads
    everywhere: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """The resource types that it finds."""
        return tuple(self.properties)


READERS: list[Reader] = []
"""All readers. The package `readers` registers them."""


def reader(
    properties: Mapping[str, str], *, everywhere: bool = False, **calls: tuple[str, ...]
) -> Callable[[Reads], Reads]:
    """Register a function as a reader: the properties that it reads by type, and the operations by service.

    A hyphen in the name of a service becomes an underscore: `application_autoscaling`.
    """
    named = {type_: frozenset(names.split()) for type_, names in properties.items()}
    services = {service.rstrip("_").replace("_", "-"): names for service, names in calls.items()}

    def register(read: Reads) -> Reads:
        READERS.append(Reader(named, services, read, everywhere))
        return read

    return register
