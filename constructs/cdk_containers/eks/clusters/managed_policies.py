"""Roles with the policies that EKS documents for them."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.opt_outs import Acknowledgement, acknowledge

_REASON = (
    "the policy that EKS documents for this role; AWS extends it when EKS comes to need more, which a copy would miss"
)


def role_with_policies(
    scope: Construct,
    id: str,  # noqa: A002
    principal: iam.IPrincipal,
    policies: Sequence[str],
) -> iam.Role:
    """Make a role with managed policies of AWS, and answer for them to cdk-nag."""
    role = iam.Role(
        scope,
        id,
        assumed_by=principal,
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy) for policy in policies],
    )
    acknowledge_managed_policies(role, policies)
    return role


def acknowledge_managed_policies(role: iam.Role, policies: Sequence[str]) -> None:
    """Tell cdk-nag that managed policies of AWS are meant."""
    found = tuple(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]" for policy in policies)
    acknowledge(role, Acknowledgement(_REASON, cdk_nag=found))
