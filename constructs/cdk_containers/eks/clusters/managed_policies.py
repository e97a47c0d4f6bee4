"""Roles with the policies that EKS documents for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.inputs import written_out
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.core.unchecked import unchecked

_REASON = (
    "EKS documents this policy for the role; AWS extends it when EKS needs more permissions, which a copy would miss"
)


@cache
def aws_managed_policy(name: str) -> iam.IManagedPolicy:
    """Return an AWS managed policy, which belongs to no app or stack."""
    return iam.ManagedPolicy.from_aws_managed_policy_name(name)


@asked_once
def arn_of_policy(policy: iam.IManagedPolicy) -> str:
    """Return the ARN of a managed policy."""
    return policy.managed_policy_arn


def role_with_policies(
    scope: Construct,
    id: str,  # noqa: A002
    principal: iam.IPrincipal,
    policies: Sequence[str],
) -> iam.Role:
    """Create a role with AWS managed policies, and acknowledge them for cdk-nag."""
    managed = [aws_managed_policy(policy) for policy in policies]
    role = unchecked(iam.Role, scope, id, assumed_by=principal, managed_policies=managed)
    acknowledge_managed_policies(role, managed)
    return role


def acknowledge_managed_policies(role: iam.Role, policies: Sequence[iam.IManagedPolicy]) -> None:
    """Acknowledge AWS managed policies for cdk-nag, which does not report customer managed ones."""
    names = [written_out(arn_of_policy(policy)).partition(":iam::aws:policy/")[2] for policy in policies]
    found = tuple(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]" for name in names if name)
    if found:
        acknowledge(role, Acknowledgement(_REASON, cdk_nag=found))
