"""Names of constructs that are unique in an account and region."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import IConstruct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.inputs import is_token
from cdk_containers.core.whereabouts import outer_stack_of, path_of, stack_of


def place_in_account(construct: IConstruct, *, seen_from: IConstruct | None = None) -> str:
    """Return the name of a construct's stack and the path in it, which are unique in a region.

    Stages of the app are not part of it. Seen from the same stack, the stack's name is not either, because it differs
    between environments.
    """
    stack, path = _place_in_stack(construct)
    if seen_from is not None and _place_in_stack(seen_from)[0] == stack:
        return path
    name = _name_of(stack)
    return f"{stack.node.id if is_token(name) else name}/{path}"


@asked_once
def _name_of(stack: Stack) -> str:
    return stack.stack_name


_known: WeakKeyDictionary[IConstruct, tuple[Stack, str]] = WeakKeyDictionary()
"""Cached places, so that CDK is asked only once about a load balancer that many services share."""


def _place_in_stack(construct: IConstruct) -> tuple[Stack, str]:
    """Return the stack of a construct, or the parent of its nested stack, and the path in it."""
    if construct not in _known:
        stack = outer_stack_of(stack_of(construct))
        _known[construct] = (stack, path_of(construct).removeprefix(f"{path_of(stack)}/"))
    return _known[construct]
