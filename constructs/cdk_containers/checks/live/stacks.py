"""The stacks of resources: logical ids, and attributes of deployed templates other than properties.

Templates contain accepted findings, and what happens to a resource when its stack is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.reading.text import Unreadable, parse
from cdk_containers.checks.templates import Unread

from .reader import READERS, Found, Reader
from .refused import Refused

if TYPE_CHECKING:
    from .account import Account

_BESIDE = ("DeletionPolicy", "UpdateReplacePolicy", "Metadata")


def _nothing(_: Account) -> Iterator[Found]:
    yield from ()


STACKS = Reader(
    {"stacks, and the reasons that they have": frozenset()},
    {"cloudformation": ("describe_stacks", "list_stack_resources", "get_template")},
    _nothing,
)
"""It finds no resources. It only declares the calls."""
READERS.append(STACKS)


class Stacks:
    """Information of stacks about resources.

    Attributes:
        places: Stack and logical id, by type and physical id.
        declared: The resources of the deployed templates, by stack.
        why: Why some of it could not be read; empty if everything was read.
    """

    def __init__(self, why: str = "") -> None:
        self.places: dict[tuple[str, str], tuple[str, str]] = {}
        self.declared: dict[str, Mapping[str, Any]] = {}
        self.why = why

    def place(self, found: Found) -> tuple[str, str] | None:
        """Return the stack and logical id of a resource; None if no stack created it."""
        names = (found.physical_id, found.name, *found.identifiers)
        return next((self.places[found.type, it] for it in names if (found.type, it) in self.places), None)

    def attributes(self, found: Found) -> dict[str, Any]:
        """Return the attributes of a resource in its template, other than properties."""
        place = self.place(found)
        if place is None and not self.why:
            return dict.fromkeys(_BESIDE[:2], "Retain")  # no stack would delete it
        stack, logical_id = place or ("", "")
        if stack not in self.declared:
            return dict.fromkeys(_BESIDE[:2], Unread("the stack of the resource could not be read"))
        declared = self.declared[stack].get(logical_id)
        return {key: declared[key] for key in _BESIDE if key in declared} if isinstance(declared, Mapping) else {}


def read_stacks(account: Account, all_found: Iterable[Found]) -> Stacks:
    """Read the stacks of a region, and the templates of stacks with found resources."""
    stacks = Stacks()
    try:
        for stack in account.pages("cloudformation", "describe_stacks", "Stacks"):
            name = stack["StackName"]
            for it in account.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=name):
                if it.get("PhysicalResourceId"):
                    stacks.places[it["ResourceType"], it["PhysicalResourceId"]] = (name, it["LogicalResourceId"])
    except Refused as refused:
        stacks.why = str(refused)
    for name in sorted({place[0] for found in all_found if (place := stacks.place(found))}):
        try:
            stacks.declared[name] = _resources(account, name)
        except Refused as refused:
            stacks.why = stacks.why or str(refused)
    return stacks


def _resources(account: Account, name: str) -> Mapping[str, Any]:
    answer = account.call("cloudformation", "get_template", StackName=name, TemplateStage="Processed") or {}
    body = answer.get("TemplateBody")
    try:
        source = parse(body).source if isinstance(body, str) else body or {}
    except Unreadable as problem:
        raise Refused(f"the template of stack {name}: {problem}") from None
    resources = source.get("Resources")
    return resources if isinstance(resources, Mapping) else {}
