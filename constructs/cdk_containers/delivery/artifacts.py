"""Where a pipeline keeps source, assembly and the notes between its actions."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.cdk_modules import codepipeline, kms, s3
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.load_balancing.access_logs import AccessLogs, make_bucket

KEPT_DAYS = 180
_NONCURRENT_DAYS = 30
_INCOMPLETE_UPLOAD_DAYS = 7


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
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        server_access_logs_bucket=logs or make_bucket(scope, AccessLogs()),
        server_access_logs_prefix="artifacts/",
        removal_policy=cdk.RemovalPolicy.RETAIN,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=cdk.Duration.days(KEPT_DAYS),
                noncurrent_version_expiration=cdk.Duration.days(_NONCURRENT_DAYS),
                abort_incomplete_multipart_upload_after=cdk.Duration.days(_INCOMPLETE_UPLOAD_DAYS),
            )
        ],
    )
    if bucket.policy is not None:
        bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    return bucket


def harden_other_regions(support: Mapping[str, codepipeline.CrossRegionSupport]) -> None:
    """Bring the buckets that CDK makes for actions in other regions to the level of the own one."""
    for region in sorted(support):
        stack = support[region].stack
        bucket = resource_of(support[region].replication_bucket)
        logs = make_bucket(stack, AccessLogs())
        for path, value in {
            "VersioningConfiguration": {"Status": "Enabled"},
            "LoggingConfiguration": {"DestinationBucketName": logs.bucket_name, "LogFilePrefix": "artifacts/"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
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
        }.items():
            bucket.add_property_override(path, value)
