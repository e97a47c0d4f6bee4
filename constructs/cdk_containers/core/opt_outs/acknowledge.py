"""Findings of checkers that are right in general and wrong here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import aws_cdk as cdk
from constructs import IConstruct


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Findings of the checkers that one reason answers.

    Attributes:
        reason: Why the finding is accepted, for a reviewer.
        cdk_nag: Ids of cdk-nag findings, such as `AwsSolutions-S1`.
        checkov: Ids of checkov checks, such as `CKV_AWS_18`.
    """

    reason: str
    cdk_nag: tuple[str, ...] = ()
    checkov: tuple[str, ...] = ()


def acknowledge(construct: IConstruct, acknowledgement: Acknowledgement) -> None:
    """Write an acknowledgement to a construct; cdk-nag reads construct metadata, checkov the template's."""
    if acknowledgement.cdk_nag:
        cdk.Validations.of(construct).acknowledge(
            *(cdk.Acknowledgment(id=id_, reason=acknowledgement.reason) for id_ in acknowledgement.cdk_nag)
        )
    if acknowledgement.checkov:
        resource = resource_of(construct)
        metadata: dict[str, Any] = resource.get_metadata("checkov") or {}
        skipped = cast("list[object]", metadata.get("skip", []))
        skipped += [{"id": id_, "comment": acknowledgement.reason} for id_ in acknowledgement.checkov]
        resource.add_metadata("checkov", {"skip": skipped})


def resource_of(construct: IConstruct) -> cdk.CfnResource:
    """Return the CloudFormation resource of an L1 or L2 construct."""
    if isinstance(construct, cdk.CfnResource):
        return construct
    child = construct.node.default_child
    if not isinstance(child, cdk.CfnResource):
        raise TypeError(f"{construct.node.path} has no CloudFormation resource of its own")
    return child


def acknowledge_open_egress(construct: IConstruct) -> None:
    """Have CDK say nothing where a rule to leave a security group is added that leaves it open anyhow.

    `connections.allow_to_default_port(database)` opens the database, which is what is wanted of it.
    """
    annotations = cdk.Annotations.of(construct)
    for version in ("ipv4", "ipv6"):
        annotations.acknowledge_warning(f"@aws-cdk/aws-ec2:{version}IgnoreEgressRule")
