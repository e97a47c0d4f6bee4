"""The bucket in which a pipeline stores source, assembly and the files that its actions exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

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
_NAME_LENGTH = 10


def artifact_bucket(scope: Construct, key: kms.IKey, logs: s3.IBucket | None) -> s3.Bucket:
    """Create the bucket of a pipeline, in its own region."""
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
    _harden(bucket, logs or make_bucket(scope, AccessLogs()))
    return bucket


def harden_other_regions(support: Mapping[str, codepipeline.CrossRegionSupport]) -> None:
    """Apply the settings of the main bucket to the buckets that CDK creates for actions in other regions."""
    for region in sorted(support):
        _harden(support[region].replication_bucket, make_bucket(support[region].stack, AccessLogs()))


def _harden(bucket: s3.IBucket, logs: s3.IBucket) -> None:
    """Configure versioning, retention of the policy, expiration of old artifacts, and access logs."""
    if bucket.policy is not None:
        bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    resource = cast("s3.CfnBucket", resource_of(bucket))
    made = s3.CfnBucket
    resource.versioning_configuration = made.VersioningConfigurationProperty(status="Enabled")
    resource.ownership_controls = made.OwnershipControlsProperty(
        rules=[made.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
    )
    resource.logging_configuration = made.LoggingConfigurationProperty(
        destination_bucket_name=logs.bucket_name, log_file_prefix=_PREFIX
    )
    resource.lifecycle_configuration = made.LifecycleConfigurationProperty(
        rules=[
            made.RuleProperty(
                status="Enabled",
                expiration_in_days=KEPT_DAYS,
                noncurrent_version_expiration=made.NoncurrentVersionExpirationProperty(
                    noncurrent_days=_NONCURRENT_DAYS
                ),
                abort_incomplete_multipart_upload=made.AbortIncompleteMultipartUploadProperty(
                    days_after_initiation=_INCOMPLETE_UPLOAD_DAYS
                ),
            )
        ]
    )
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


def keep_artifacts_apart(pipeline: codepipeline.Pipeline, bucket: s3.IBucket, steps: Sequence[Any]) -> None:
    """Deny each build access to the artifacts of the others, because CDK lets each write to the whole bucket.

    An image build runs the commands of a Dockerfile. It must not be able to replace the assembly that is deployed.
    """
    # CodePipeline names objects after pipeline and artifact, with 20 and 10 characters of the names.
    written = {
        action.action_properties.action_name: (output.artifact_name or "")[:_NAME_LENGTH]
        for stage in (pipeline.stage("Source"), pipeline.stage("Build"))
        for action in stage.actions
        for output in action.action_properties.outputs or ()
    }
    for step in steps:
        own = written[step.id]
        others = sorted({name for name in written.values() if name != own})
        step.role.add_to_principal_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
                resources=[bucket.arn_for_objects(f"*/{name}/*") for name in others],
            )
        )
