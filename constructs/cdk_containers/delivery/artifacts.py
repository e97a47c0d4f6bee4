"""Where a pipeline keeps source, assembly and the notes between its actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import codepipeline, kms, s3
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.load_balancing.access_logs import AccessLogs, make_bucket

KEPT_DAYS = 180
_NONCURRENT_DAYS = 30
_INCOMPLETE_UPLOAD_DAYS = 7
_PREFIX = "artifacts/"


def artifact_bucket(scope: Construct, key: kms.IKey, logs: s3.IBucket | None) -> s3.Bucket:
    """Make the bucket of a pipeline, in its own region."""
    bucket = s3.Bucket(
        scope,
        "Artifacts",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    if bucket.policy is not None:
        bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    _harden(bucket, logs or make_bucket(scope, AccessLogs()))
    return bucket


def harden_other_regions(support: Mapping[str, codepipeline.CrossRegionSupport]) -> None:
    """Bring the buckets that CDK makes for actions in other regions to the level of the own one."""
    for region in sorted(support):
        _harden(support[region].replication_bucket, make_bucket(support[region].stack, AccessLogs()))


def _harden(bucket: s3.IBucket, logs: s3.IBucket) -> None:
    """Have a bucket keep versions, forget old artifacts, and record who reads them."""
    properties: dict[str, Any] = {
        "VersioningConfiguration": {"Status": "Enabled"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LoggingConfiguration": {"DestinationBucketName": logs.bucket_name, "LogFilePrefix": _PREFIX},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Status": "Enabled",
                    "ExpirationInDays": KEPT_DAYS,
                    "NoncurrentVersionExpiration": {"NoncurrentDays": _NONCURRENT_DAYS},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _INCOMPLETE_UPLOAD_DAYS},
                }
            ]
        },
    }
    resource = resource_of(bucket)
    for name, value in properties.items():
        resource.add_property_override(name, value)
    logs.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[logs.arn_for_objects(f"{_PREFIX}*")],
            conditions={
                "ArnLike": {"aws:SourceArn": bucket.bucket_arn},
                "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
            },
        )
    )
