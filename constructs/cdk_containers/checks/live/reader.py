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
        name: What people call it.
        properties: As CloudFormation has them; an `Unknown` where a call was refused.
        identifiers: All by which others can refer to it: id, name, ARN.
        attributes: What stands beside the properties, such as `DeletionPolicy`.
    """

    type: str
    name: str
    properties: Mapping[str, Any]
    identifiers: frozenset[str]
    attributes: Mapping[str, Any] = field(default_factory=dict)


Reads: TypeAlias = Callable[["Account"], Iterator[Found]]


@frozen(kw_only=False)
class Reader:
    """What finds the resources of some types.

    Attributes:
        types: The types that it finds.
        calls: The operations that it needs, by boto3's name of the service, in boto3's words.
        read: The function.
    """

    types: tuple[str, ...]
    calls: Mapping[str, tuple[str, ...]]
    read: Reads


READERS: list[Reader] = []
"""Every reader; `readers` fills it."""


def reader(*types: str, **calls: tuple[str, ...]) -> Callable[[Reads], Reads]:
    """Register a function as the reader of some types, with the operations that it calls by service.

    A dash in the name of a service is an underscore here: `application_autoscaling`.
    """

    def register(read: Reads) -> Reads:
        READERS.append(Reader(types, {service.replace("_", "-"): names for service, names in calls.items()}, read))
        return read

    return register
