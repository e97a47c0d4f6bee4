"""Where a construct is, in words that no other construct of a region shares."""

from __future__ import annotations

import hashlib

from aws_cdk import Stack
from constructs import IConstruct

from ..inputs import is_token


def place_in_account(construct: IConstruct, *, seen_from: IConstruct | None = None) -> str:
    """Return the name of a construct's stack and the path in it, which no other construct of a region has.

    Stages of the app are not in it. Seen from the same stack, the name of the stack is not either: it is another one
    in each environment.
    """
    stack = _root_stack(construct)
    path = construct.node.path.removeprefix(f"{stack.node.path}/")
    if seen_from is not None and _root_stack(seen_from) == stack:
        return path
    return f"{stack.node.id if is_token(stack.stack_name) else stack.stack_name}/{path}"


def short_hash(text: str) -> str:
    """Return eight characters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _root_stack(construct: IConstruct) -> Stack:
    stack = Stack.of(construct)
    while (parent := stack.nested_stack_parent) is not None:
        stack = parent
    return stack
