"""The pseudo parameters of CloudFormation; each takes one call to CDK, when it is first needed."""

from __future__ import annotations

from functools import cache


@cache
def partition() -> str:
    """Return the pseudo parameter `AWS::Partition`."""
    from aws_cdk import Aws  # noqa: PLC0415  (this module is read without CDK)

    return Aws.PARTITION


@cache
def region() -> str:
    """Return the pseudo parameter `AWS::Region`."""
    from aws_cdk import Aws  # noqa: PLC0415  (as above)

    return Aws.REGION


@cache
def account() -> str:
    """Return the pseudo parameter `AWS::AccountId`."""
    from aws_cdk import Aws  # noqa: PLC0415  (as above)

    return Aws.ACCOUNT_ID


def here(service: str) -> str:
    """Return how an ARN of a service begins, in the account and region of the stack."""
    return f"arn:{partition()}:{service}:{region()}:{account()}"
