"""Who gives out the role of machines outside AWS."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

SESSION_MANAGER = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""What an instance calls so that Session Manager can open a shell on it. None of it takes a resource."""


def systems_manager_of_this_account() -> iam.IPrincipal:
    """Return Systems Manager, acting for this account in this region."""
    account = cdk.Aws.ACCOUNT_ID
    return iam.ServicePrincipal(
        "ssm.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": account},
            "ArnEquals": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}:{account}:*"},
        },
    )
