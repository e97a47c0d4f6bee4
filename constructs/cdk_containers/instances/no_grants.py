"""Roles of instances, which hold nothing of applications: every container on an instance could use it."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IValidation

from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.whereabouts import node_of, stack_of


def refuse_grants(role: iam.Role, message: str) -> None:
    """Make it an error when the app is synthesized if a role got anything after this, as a grant would give it."""
    node_of(role).add_validation(_NothingElse(role, message))


@jsii.implements(IValidation)
class _NothingElse:
    """Finds policies that were attached to the role after it was made."""

    def __init__(self, role: iam.Role, message: str) -> None:
        self._role = role
        self._message = message
        self._own = self._managed()

    def validate(self) -> list[str]:
        """Return an error where the role got anything from outside, as `table.grant_read_data(…)` would give it."""
        if self._managed() == self._own and not self._is_named_by_a_policy(cdk.Stack.of(self._role)):
            return []
        return [self._message]

    def _managed(self) -> object:
        resource = resource_of(self._role)
        stack = stack_of(self._role)
        return (stack.resolve(resource.managed_policy_arns) or []) if isinstance(resource, iam.CfnRole) else []

    def _is_named_by_a_policy(self, stack: cdk.Stack) -> bool:
        name = stack.resolve(self._role.role_name)
        for child in stack.node.find_all():
            if isinstance(child, iam.CfnPolicy | iam.CfnManagedPolicy) and name in (stack.resolve(child.roles) or ()):
                return True
            if isinstance(child, iam.CfnRolePolicy) and stack.resolve(child.role_name) == name:
                return True
        return False
