"""Telling cdk-nag that the wildcards of a policy are meant."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IValidation

from .acknowledge import Acknowledgement, acknowledge


def acknowledge_wildcards(policy: iam.Policy | iam.ManagedPolicy | iam.Role, reason: str) -> None:
    """Acknowledge each resource with a wildcard that a policy allows, or the policies in a role.

    cdk-nag reports every resource on its own, under an id that holds the resource. What comes from another stack gets
    another id when CDK synthesizes, as it becomes an import then, so those are acknowledged at that time.
    """
    wildcards = _Wildcards(policy, reason)
    wildcards.validate()
    policy.node.add_validation(wildcards)


@jsii.implements(IValidation)
class _Wildcards:
    def __init__(self, policy: iam.Policy | iam.ManagedPolicy | iam.Role, reason: str) -> None:
        self._policy = policy
        self._reason = reason
        self._known: set[str] = set()

    def validate(self) -> list[str]:
        """Acknowledge what is not yet; nothing is ever wrong. CDK calls this once references are resolved."""
        allowed = [entry for entry in self._statements() if entry["Effect"] == "Allow"]
        resources = dict.fromkeys(_flat(resource) for entry in allowed for resource in _list(entry["Resource"]))
        found = [f"AwsSolutions-IAM5[Resource::{resource}]" for resource in resources if "*" in resource]
        new = tuple(id_ for id_ in found if id_ not in self._known)
        if new:
            acknowledge(self._policy, Acknowledgement(self._reason, cdk_nag=new))
            self._known.update(new)
        return []

    def _statements(self) -> list[Any]:
        stack = cdk.Stack.of(self._policy)
        if not isinstance(self._policy, iam.Role):
            return _list(stack.resolve(self._policy.document)["Statement"])
        resource = self._policy.node.default_child
        inline = stack.resolve(resource.policies) if isinstance(resource, iam.CfnRole) else []
        return [entry for policy in inline for entry in policy["policyDocument"]["Statement"]]


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
