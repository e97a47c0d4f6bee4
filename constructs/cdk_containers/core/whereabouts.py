"""The position of a construct in the tree: it never moves, so CDK is asked at most once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from weakref import WeakKeyDictionary

from aws_cdk import ConstructSelector, IConstructSelector, Stack
from constructs import IConstruct, Node

from .asked_once import asked_once
from .hashes import HASH_LENGTH, md5
from .inputs import known_stack_of


@asked_once
def node_of(construct: IConstruct) -> Node:
    """Return the node of a construct in the tree."""
    return construct.node


def parts_of(construct: IConstruct) -> Sequence[IConstruct]:
    """Return a construct and everything in it, in one call."""
    return _everything().select(construct)


@cache
def _everything() -> IConstructSelector:
    return ConstructSelector.all()


def path_of(construct: IConstruct) -> str:
    """Return the path of a construct from the app."""
    if construct not in _paths:
        _paths[construct] = node_of(construct).path
    return _paths[construct]


def id_of(construct: IConstruct) -> str:
    """Return the name of a construct among the children of its parent."""
    return path_of(construct).rpartition("/")[2]


def unique_id_of(construct: IConstruct) -> str:
    """Return what `aws_cdk.Names.node_unique_id` makes of the path of a construct, without asking CDK."""
    parts = [part for part in path_of(construct).split("/") if part != "Default"]
    if len(parts) == 1 and len(name := _NO_LETTER.sub("", parts[0])) <= _LONGEST_NAME:
        return name
    kept = parts[:1]
    for part in parts[1:]:
        if not kept[-1].endswith(part):
            kept.append(part)
    name = "".join(_NO_LETTER.sub("", part) for part in kept if part != "Resource")
    return name[:_LONGEST_PATH] + md5("/".join(parts)).hex()[:HASH_LENGTH].upper()


_NO_LETTER = re.compile("[^A-Za-z0-9]")
_LONGEST_NAME = 255
_LONGEST_PATH = 240


def remember_path(construct: IConstruct, scope: IConstruct, id: str) -> None:  # noqa: A002
    """Remember the path of a construct that was just created, so that no call to CDK is needed."""
    if "/" not in id and id:  # CDK writes another character for it
        parent = path_of(scope)
        _paths[construct] = f"{parent}/{id}" if parent else id


_paths: WeakKeyDictionary[IConstruct, str] = WeakKeyDictionary()


@asked_once
def app_of(stack: Stack) -> IConstruct:
    """Return the app that a stack belongs to."""
    return node_of(stack).root


def stack_of(construct: IConstruct) -> Stack:
    """Return the stack of a construct."""
    known = known_stack_of(construct)
    return known if isinstance(known, Stack) else _asked_stack(construct)


@asked_once
def _asked_stack(construct: IConstruct) -> Stack:
    return Stack.of(construct)


@asked_once
def region_of(stack: Stack) -> str:
    """Return the region of a stack; a token if it has none."""
    return stack.region


@asked_once
def account_of(stack: Stack) -> str:
    """Return the account of a stack; a token if it has none."""
    return stack.account


@asked_once
def outer_stack_of(stack: Stack) -> Stack:
    """Return the stack that is deployed: the stack itself, or of nested stacks the outermost."""
    parent = stack.nested_stack_parent
    return stack if parent is None else outer_stack_of(parent)
