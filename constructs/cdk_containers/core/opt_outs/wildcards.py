"""Telling cdk-nag that the wildcards of a policy are intended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from .acknowledge import Acknowledgement, acknowledge


def acknowledge_wildcards(policy: iam.Policy | iam.ManagedPolicy | iam.Role, reason: str) -> None:
    """Acknowledge each resource with a wildcard that a policy allows, or the policies in a role.

    cdk-nag reports every resource on its own, under an id that holds the resource. A resource of another stack becomes
    an import at synthesis and gets another id, so it is acknowledged then.
    """
    _Wildcards([policy], policy, reason).start()


def acknowledge_wildcards_within(scope: IConstruct, reason: str) -> None:
    """Acknowledge for a construct what its policies allow with wildcards, both resources and actions.

    It is for CDK constructs that write such policies themselves, and to which you add no other policies.
    """
    policies = [part for part in scope.node.find_all() if isinstance(part, iam.Policy)]
    _Wildcards(policies, scope, reason, actions=True).start()


@jsii.implements(IValidation)
class _Wildcards:
    def __init__(
        self,
        policies: Sequence[iam.Policy | iam.ManagedPolicy | iam.Role],
        place: IConstruct,
        reason: str,
        *,
        actions: bool = False,
    ) -> None:
        self._policies = policies
        self._place = place
        self._reason = reason
        self._actions = actions
        self._known: set[str] = set()

    def start(self) -> None:
        """Acknowledge the current policies, and at synthesis those added since."""
        self.validate()
        self._place.node.add_validation(self)

    def validate(self) -> list[str]:
        """Acknowledge the rest; this validation never fails. CDK calls it after references are resolved."""
        allowed = [entry for policy in self._policies for entry in _statements(policy) if entry["Effect"] == "Allow"]
        resources = dict.fromkeys(_flat(resource) for entry in allowed for resource in _list(entry["Resource"]))
        found = [f"AwsSolutions-IAM5[Resource::{resource}]" for resource in resources if "*" in resource]
        if self._actions:
            actions = dict.fromkeys(str(action) for entry in allowed for action in _list(entry["Action"]))
            found += [f"AwsSolutions-IAM5[Action::{action}]" for action in actions if "*" in action]
        new = tuple(id_ for id_ in found if id_ not in self._known)
        if new:
            acknowledge(self._place, Acknowledgement(self._reason, cdk_nag=new))
            self._known.update(new)
        return []


def _statements(policy: iam.Policy | iam.ManagedPolicy | iam.Role) -> list[Any]:
    stack = cdk.Stack.of(policy)
    if not isinstance(policy, iam.Role):
        return _list(stack.resolve(policy.document)["Statement"])
    resource = policy.node.default_child
    inline = stack.resolve(resource.policies) if isinstance(resource, iam.CfnRole) else []
    return [entry for part in inline for entry in part["policyDocument"]["Statement"]]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _flat(value: Any) -> str:
    """Write a reference as cdk-nag does."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flat(resource)}.{_flat(attribute)}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
        case {"Ref": name}:
            return f"<{_flat(name)}>"
        case _:
            return str(value)
