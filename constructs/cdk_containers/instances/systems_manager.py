"""The principal that assumes the role of machines outside AWS."""

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
"""Actions that an instance needs for Session Manager shells. None of them supports resource-level permissions."""


def systems_manager_of_this_account() -> iam.IPrincipal:
    """Return the Systems Manager principal, limited to this account and region."""
    account = cdk.Aws.ACCOUNT_ID
    return iam.ServicePrincipal(
        "ssm.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": account},
            "ArnEquals": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}:{account}:*"},
        },
    )
