"""Permissions that CloudTrail needs for one specific trail.

CDK's `cloudtrail.Trail` lets any trail of any account write to the bucket, and grants no access to a key.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct, IDependable

from cdk_containers.core.cdk_modules import kms, s3
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards

_CLOUDTRAIL = "cloudtrail.amazonaws.com"

_LOG_STREAMS = (
    "CloudTrail names its log streams after account and region and numbers them: the policy ends in a wildcard, as "
    "CloudTrail documents it"
)


def allow_trail_encryption(key: kms.IKey, trail_arn: str) -> None:
    """Let CloudTrail encrypt the files of one trail with a key.

    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    for sid, actions, conditions in (
        (
            "AllowCloudTrailEncrypt",
            ["kms:GenerateDataKey*"],
            {
                "StringEquals": {"aws:SourceArn": trail_arn},
                "StringLike": {
                    "kms:EncryptionContext:aws:cloudtrail:arn": (
                        f"arn:{cdk.Aws.PARTITION}:cloudtrail:*:{cdk.Aws.ACCOUNT_ID}:trail/*"
                    )
                },
            },
        ),
        # CloudTrail needs Decrypt if the bucket has a bucket key.
        (
            "AllowCloudTrailCheck",
            ["kms:Decrypt", "kms:DescribeKey"],
            {"StringEquals": {"aws:SourceArn": trail_arn}},
        ),
    ):
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
                actions=actions,
                resources=["*"],
                conditions=conditions,
            )
        )


def allow_trail_delivery(bucket: s3.IBucket, trail_arn: str) -> IDependable | None:
    """Let CloudTrail write the files of one trail to a bucket; return what the trail must wait for.

    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    this_trail = {"aws:SourceArn": trail_arn}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AllowCloudTrailAclCheck",
            principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
            actions=["s3:GetBucketAcl"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": this_trail},
        )
    )
    added = bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AllowCloudTrailWrite",
            principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{cdk.Aws.ACCOUNT_ID}/*")],
            conditions={"StringEquals": {**this_trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
        )
    )
    return added.policy_dependable


def trail_logs_role(scope: Construct, log_group: aws_logs.ILogGroup) -> tuple[iam.Role, iam.Policy]:
    """Create the role with which CloudTrail writes to a log group, and its policy, which the trail must wait for.

    Its trust policy has no condition on the trail, because CloudTrail does not send the trail when it assumes the role
    and has stopped delivering logs (github.com/prowler-cloud/prowler, issue 4714). Only principals that may pass the
    role can use it for a trail, and it can write only to the streams of this account in this log group.

    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    """
    role = iam.Role(scope, "LogsRole", assumed_by=iam.ServicePrincipal(_CLOUDTRAIL))
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    streams = f"log-stream:{cdk.Aws.ACCOUNT_ID}_CloudTrail_{cdk.Aws.REGION}*"
    policy = iam.Policy(
        role,
        "Policy",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[f"arn:{cdk.Aws.PARTITION}:logs:{here}:log-group:{log_group.log_group_name}:{streams}"],
            )
        ],
    )
    acknowledge_wildcards(policy, _LOG_STREAMS)
    return role, policy
