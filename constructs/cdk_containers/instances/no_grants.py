"""Instance roles must not get permissions of applications, because every container on an instance could use them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IValidation

from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.whereabouts import node_of, stack_of


def refuse_grants(role: iam.Role, message: str, *, beyond: Sequence[str] = ()) -> None:
    """Make synthesis fail if a new role gets more than the managed policies with these ARNs, such as by a grant."""
    stack = stack_of(role)
    if stack not in _refusals:
        _refusals[stack] = _Refusals()
    node_of(role).add_validation(_NothingElse(role, message, beyond, _refusals[stack]))


class _Refusals:
    """The roles of a stack to which no policy may be attached.

    The policies are searched once for all roles. An app may be synthesized again with other policies, so each answer is
    used once, and a repeated call searches again.
    """

    def __init__(self) -> None:
        self._roles: list[iam.Role] = []
        self._answers: dict[iam.Role, bool] = {}

    def add(self, role: iam.Role) -> None:
        """Add a role to the search."""
        self._roles.append(role)

    def is_named(self, role: iam.Role) -> bool:
        """Tell whether a policy names a role."""
        if role not in self._answers:
            stack = stack_of(role)
            named = _named_by_policies(stack)
            self._answers = {one: _key(stack.resolve(one.role_name)) in named for one in self._roles}
        return self._answers.pop(role)


_refusals: WeakKeyDictionary[cdk.Stack, _Refusals] = WeakKeyDictionary()


@jsii.implements(IValidation)
class _NothingElse:
    """Finds policies attached to the role after its creation."""

    def __init__(self, role: iam.Role, message: str, own: Sequence[str], refusals: _Refusals) -> None:
        self._role = role
        self._message = message
        self._own = own
        self._resource = cast("iam.CfnRole", resource_of(role))
        self._refusals = refusals
        refusals.add(role)

    def validate(self) -> list[str]:
        """Return an error if the role got permissions from outside, such as by `table.grant_read_data(…)`."""
        named = self._refusals.is_named(self._role)
        return [self._message] if named or self._has_other_policies() else []

    def _has_other_policies(self) -> bool:
        found = stack_of(self._role).resolve({"now": self._resource.managed_policy_arns, "own": list(self._own)})
        return {*map(_key, found.get("now", ()))} != {*map(_key, found.get("own", ()))}


def _named_by_policies(stack: cdk.Stack) -> set[str]:
    named: set[str] = set()
    for child in node_of(stack).find_all():
        if isinstance(child, iam.CfnPolicy | iam.CfnManagedPolicy):
            named.update(map(_key, stack.resolve(child.roles) or ()))
        elif isinstance(child, iam.CfnRolePolicy):
            named.add(_key(stack.resolve(child.role_name)))
    return named


def _key(name: Any) -> str:
    """Return a name as text, even if it is a reference."""
    return json.dumps(name, sort_keys=True)
