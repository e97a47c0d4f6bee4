"""Checker findings that are right in general, but do not apply here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import IConstruct

from ..frozen import frozen
from ..practices import ACKNOWLEDGED_AS, Disabled


@frozen(kw_only=False)
class Acknowledgement:
    """Checker findings that one reason explains.

    Attributes:
        reason: Why the finding is accepted, for a reviewer.
        cdk_nag: Ids of cdk-nag findings, such as `AwsSolutions-S1`.
        checkov: Ids of checkov checks, such as `CKV_AWS_18`.
    """

    reason: str
    cdk_nag: tuple[str, ...] = ()
    checkov: tuple[str, ...] = ()


def acknowledge(construct: IConstruct, *acknowledgements: Acknowledgement, new: bool = False) -> None:
    """Write acknowledgements to a construct; cdk-nag reads construct metadata, checkov the template's.

    `new` says that the construct has none yet, so that no call to CDK is needed.
    """
    ids = [(id_, entry.reason) for entry in acknowledgements for id_ in entry.cdk_nag]
    if ids:
        cdk.Validations.of(construct).acknowledge(*(cdk.Acknowledgment(id=id_, reason=reason) for id_, reason in ids))
    skipped: list[object] = [
        {"id": id_, "comment": entry.reason} for entry in acknowledgements for id_ in entry.checkov
    ]
    if skipped:
        resource = resource_of(construct)
        before: dict[str, Any] = {} if new else resource.get_metadata("checkov") or {}
        resource.add_metadata("checkov", {"skip": [*before.get("skip", []), *skipped]})


def accept_in(construct: IConstruct, disabled: Disabled, *practice_ids: str) -> None:
    """Accept, for everything in a construct, that some practices are not followed."""
    entries = [cdk.Acknowledgment(id=ACKNOWLEDGED_AS + id_, reason=disabled.reason) for id_ in practice_ids]
    cdk.Validations.of(construct).acknowledge(*entries)


def resource_of(construct: IConstruct, parts: Sequence[IConstruct] | None = None) -> cdk.CfnResource:
    """Return the CloudFormation resource of an L1 or L2 construct; with its `parts`, no call to CDK is needed."""
    if isinstance(construct, cdk.CfnResource):
        return construct
    if construct not in _resources:
        # One call, and `construct.node.default_child` is two.
        found = parts or _selector().select(construct)
        resource = next((part for part in found if isinstance(part, cdk.CfnResource)), None)
        if resource is None:
            raise TypeError(f"{construct.node.path} does not have its own CloudFormation resource")
        _resources[construct] = resource
    return _resources[construct]


_resources: WeakKeyDictionary[IConstruct, cdk.CfnResource] = WeakKeyDictionary()


@cache
def _selector() -> cdk.IConstructSelector:
    return cdk.ConstructSelector.cfn_resource()


def acknowledge_open_egress(construct: IConstruct) -> None:
    """Suppress the CDK warning about an egress rule in a security group that allows all egress anyway.

    `connections.allow_to_default_port(database)` opens the database, which is its purpose.
    """
    annotations = cdk.Annotations.of(construct)
    for version in ("ipv4", "ipv6"):
        annotations.acknowledge_warning(f"@aws-cdk/aws-ec2:{version}IgnoreEgressRule")
