"""Telling cdk-nag that the wildcards of a policy are meant."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from ..opt_outs import Acknowledgement, acknowledge


def acknowledge_wildcards(policy: iam.Policy | iam.ManagedPolicy, reason: str) -> None:
    """Acknowledge each resource with a wildcard that a policy allows, and none that is added to it later.

    cdk-nag reports every resource on its own, under an id that holds the resource.
    """
    document = cdk.Stack.of(policy).resolve(policy.document)
    allowed = [entry for entry in document["Statement"] if entry["Effect"] == "Allow"]
    resources = dict.fromkeys(_flat(resource) for entry in allowed for resource in _list(entry["Resource"]))
    found = tuple(f"AwsSolutions-IAM5[Resource::{resource}]" for resource in resources if "*" in resource)
    if found:
        acknowledge(policy, Acknowledgement(reason, cdk_nag=found))


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
