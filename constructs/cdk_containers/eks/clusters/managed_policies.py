"""Roles with the policies that EKS documents for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.inputs import written_out
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge

_REASON = (
    "the policy that EKS documents for this role; AWS extends it when EKS comes to need more, which a copy would miss"
)


@cache
def aws_managed_policy(name: str) -> iam.IManagedPolicy:
    """Return a policy of AWS, which is in no app and no stack."""
    return iam.ManagedPolicy.from_aws_managed_policy_name(name)


@asked_once
def _arn_of(policy: iam.IManagedPolicy) -> str:
    return policy.managed_policy_arn


def role_with_policies(
    scope: Construct,
    id: str,  # noqa: A002
    principal: iam.IPrincipal,
    policies: Sequence[str],
) -> iam.Role:
    """Make a role with managed policies of AWS, and answer for them to cdk-nag."""
    managed = [aws_managed_policy(policy) for policy in policies]
    role = iam.Role(scope, id, assumed_by=principal, managed_policies=managed)
    acknowledge_managed_policies(role, managed)
    return role


def acknowledge_managed_policies(role: iam.Role, policies: Sequence[iam.IManagedPolicy]) -> None:
    """Tell cdk-nag that managed policies of AWS are meant; those of an account it does not ask about."""
    names = [written_out(_arn_of(policy)).partition(":iam::aws:policy/")[2] for policy in policies]
    found = tuple(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]" for name in names if name)
    if found:
        acknowledge(role, Acknowledgement(_REASON, cdk_nag=found))
