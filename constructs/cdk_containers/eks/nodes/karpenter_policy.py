"""Permissions of Karpenter's controller: start, tag and terminate the instances of one cluster."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

_READ = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
)
_MADE = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
_NODE_POOL = "karpenter.sh/nodepool"


def controller_statements(
    *,
    cluster_name: str,
    cluster_arn: str,
    queue_arn: str,
    node_role_arn: str,
    instance_profile_arn: str,
    subnet_ids: Sequence[str],
    security_group_id: str,
) -> list[iam.PolicyStatement]:
    """Return the statements of the controller's policy.

    It creates and terminates only resources with the tags of its cluster. It does not create instance profiles, because
    the profile of its nodes already exists.

    See https://karpenter.sh/docs/reference/cloudformation/
    """
    owner = f"kubernetes.io/cluster/{cluster_name}"
    asked = {"StringEquals": {f"aws:RequestTag/{owner}": "owned"}, "StringLike": {f"aws:RequestTag/{_NODE_POOL}": "*"}}
    has = {"StringEquals": {f"aws:ResourceTag/{owner}": "owned"}, "StringLike": {f"aws:ResourceTag/{_NODE_POOL}": "*"}}
    statement = iam.PolicyStatement
    made = [_ec2(f"{kind}/*") for kind in _MADE]
    return [
        statement(
            actions=["ec2:RunInstances", "ec2:CreateFleet"],
            resources=[
                _ec2("image/*", account=""),
                _ec2("snapshot/*", account=""),
                *(_ec2(f"subnet/{subnet}") for subnet in subnet_ids),
                _ec2(f"security-group/{security_group_id}"),
            ],
        ),
        statement(
            actions=["ec2:RunInstances", "ec2:CreateFleet"], resources=[_ec2("launch-template/*")], conditions=has
        ),
        statement(
            actions=["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"],
            resources=made,
            conditions=asked,
        ),
        statement(
            actions=["ec2:CreateTags"],
            resources=made,
            conditions={
                "StringEquals": asked["StringEquals"]
                | {"ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]},
                "StringLike": asked["StringLike"],
            },
        ),
        statement(
            actions=["ec2:CreateTags"],
            resources=[_ec2("instance/*")],
            conditions=has
            | {
                "ForAllValues:StringEquals": {"aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]}
            },
        ),
        statement(
            actions=["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
            resources=[_ec2("instance/*"), _ec2("launch-template/*")],
            conditions=has,
        ),
        statement(
            actions=list(_READ),
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": cdk.Aws.REGION}},
        ),
        statement(
            actions=["ssm:GetParameter"],
            resources=[f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}::parameter/aws/service/*"],
        ),
        statement(actions=["pricing:GetProducts", "iam:ListInstanceProfiles"], resources=["*"]),
        statement(actions=["iam:GetInstanceProfile"], resources=[instance_profile_arn]),
        statement(
            actions=["iam:PassRole"],
            resources=[node_role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        statement(
            actions=["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            resources=[queue_arn],
        ),
        statement(actions=["eks:DescribeCluster"], resources=[cluster_arn]),
    ]


def _ec2(resource: str, *, account: str = "*") -> str:
    account = cdk.Aws.ACCOUNT_ID if account else ""
    return f"arn:{cdk.Aws.PARTITION}:ec2:{cdk.Aws.REGION}:{account}:{resource}"
