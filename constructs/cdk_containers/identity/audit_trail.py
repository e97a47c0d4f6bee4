"""An audit trail of AWS calls that you can search by task."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import kms, s3
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, disabled_problems, has_members, is_token, usable_arguments
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs, owned_log_group

from .audit_policies import allow_trail_delivery, allow_trail_encryption, trail_logs_role
from .audit_queries import QUERIES

_AUDIT_BUCKET = Acknowledgement(
    "This bucket receives the audit trail; logging access to it would need another bucket with the same finding. To "
    "use a bucket that logs access instead, set AuditTrail.bucket",
    cdk_nag=("AwsSolutions-S1",),
    checkov=("CKV_AWS_18",),
)

_RETENTION_DAYS = 365
_NONCURRENT_DAYS = 30
_INCOMPLETE_UPLOAD_DAYS = 7
_MOST_DATA_RESOURCES = 250

_NAME = re.compile(r"(?=.{3,128}$)[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"\d+(\.\d+){3}")


class AuditTrail(CheckedConstruct):
    """A CloudTrail trail that records management events, encrypted, tamper-evident and searchable.

    Log files are encrypted and signed, and go to a bucket to which only this trail writes. They also go to CloudWatch
    Logs, where saved queries find calls of tasks, denied calls of task roles, ECS Exec sessions and changes to ECS. The
    first copy of management events in an account is free; if your organization already has a trail, AWS bills this one
    as a second copy.

    Attributes:
        trail: The CDK trail.
        trail_arn: Its ARN.
        bucket: The bucket for log files.
        encryption_key: The key that encrypts log files; readers need `kms:Decrypt` on it.
        log_group: The log group to search calls in; None if it is disabled.

    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """

    trail: cloudtrail.CfnTrail
    trail_arn: str
    bucket: s3.IBucket
    encryption_key: kms.IKey
    log_group: aws_logs.ILogGroup | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        multi_region: Literal[True] | Disabled = True,
        logs: Logs | Disabled | None = None,
        data_events_of: Sequence[s3.IBucket | dynamodb.ITable] = (),
        encryption_key: kms.IKey | None = None,
        bucket: s3.IBucket | None = None,
        retention_days: int | None = None,
        trail_name: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        """Create a trail.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            multi_region: Records calls in all regions, including IAM and other global services. `Disabled(reason="…")`
                records only one region. Default: True.
            logs: Log group to search calls in, which costs money per GB. `Disabled(reason="…")` turns it and the saved
                queries off. Default: a new log group that keeps calls for a year, with the trail's key.
            data_events_of: Buckets and tables whose data events (access to each object or item) are also recorded, at
                most 250. AWS bills each event, and there can be many. Default: none.
            encryption_key: KMS key in the region of the trail; its policy is extended for CloudTrail and CloudWatch
                Logs. Default: a new key, which AWS rotates every year.
            bucket: A bucket of this account. The construct extends its policy; an imported bucket must already have the
                policy. Default: a new bucket.
            retention_days: Days that a new bucket keeps log files, 1 or more. Default: 365.
            trail_name: Name of the trail. CloudFormation cannot choose it, because the policies of bucket and key name
                the trail before it exists. Default: derived from the construct's path.
            removal_policy: What happens to the key and the log group when the stack is deleted. A new bucket is always
                retained: CloudFormation deletes only empty buckets, and CloudTrail writes until the trail is deleted.
                Default: RETAIN, because an audit trail and its key must outlive the resources they describe.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(AuditTrail.__init__, given)
        found.extend_anew(_problems(**usable_arguments(AuditTrail.__init__, given, found)))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        name = trail_name or cdk.Names.unique_resource_name(self, max_length=128, separator="-")
        here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        self.trail_arn = f"arn:{cdk.Aws.PARTITION}:cloudtrail:{here}:trail/{name}"
        self.encryption_key = encryption_key or kms.Key(
            self, "Key", enable_key_rotation=True, removal_policy=removal_policy
        )
        allow_trail_encryption(self.encryption_key, self.trail_arn)
        self.bucket = bucket or self._make_bucket(retention_days or _RETENTION_DAYS)
        delivery = allow_trail_delivery(self.bucket, self.trail_arn)

        self.log_group, role, role_policy = None, None, None
        if not isinstance(logs, Disabled):
            logs = logs or Logs(removal_policy=removal_policy)
            if logs.encryption_key is None:
                logs = replace(logs, encryption_key=self.encryption_key)
            self.log_group = owned_log_group(self, "LogGroup", logs)
            role, role_policy = trail_logs_role(self, self.log_group)
            self._save_queries(name, self.log_group)

        self.trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=name,
            is_logging=True,
            is_multi_region_trail=multi_region is True,
            include_global_service_events=multi_region is True,
            enable_log_file_validation=True,
            kms_key_id=self.encryption_key.key_arn,
            s3_bucket_name=self.bucket.bucket_name,
            cloud_watch_logs_log_group_arn=None if self.log_group is None else self.log_group.log_group_arn,
            cloud_watch_logs_role_arn=None if role is None else role.role_arn,
            event_selectors=[
                cloudtrail.CfnTrail.EventSelectorProperty(
                    include_management_events=True,
                    read_write_type="All",
                    data_resources=_data_resources(data_events_of),
                )
            ],
        )
        # CloudTrail writes to the bucket and assumes the role during creation, and fails without these permissions.
        for needed in (delivery, role_policy):
            if needed is not None:
                self.trail.node.add_dependency(needed)
        if isinstance(multi_region, Disabled):
            record_opt_out(self.trail, "audit-trail", multi_region)
        if isinstance(logs, Disabled):
            record_opt_out(self.trail, "audit-trail-search", logs)

    def _make_bucket(self, retention_days: int) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.encryption_key,
            # With a bucket key, S3 hides the trail's ARN, which the key's policy requires.
            bucket_key_enabled=False,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(retention_days),
                    noncurrent_version_expiration=cdk.Duration.days(_NONCURRENT_DAYS),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(_INCOMPLETE_UPLOAD_DAYS),
                )
            ],
        )
        acknowledge(bucket, _AUDIT_BUCKET)
        if bucket.policy is not None:
            bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return bucket

    def _save_queries(self, name: str, log_group: aws_logs.ILogGroup) -> None:
        for query in QUERIES:
            aws_logs.CfnQueryDefinition(
                self,
                query.id,
                name=f"{name}/{query.title}",
                query_string=query.text,
                log_group_names=[log_group.log_group_name],
            )


def _problems(
    *,
    multi_region: Literal[True] | Disabled,
    logs: Logs | Disabled | None,
    data_events_of: Sequence[s3.IBucket | dynamodb.ITable],
    bucket: s3.IBucket | None,
    retention_days: int | None,
    trail_name: str | None,
    **_: object,
) -> list[Problem]:
    found = Problems()
    found.extend(disabled_problems(multi_region), under="multi_region")
    found.extend(disabled_problems(logs), under="logs")
    if isinstance(logs, Logs):
        found.extend(logs.problems(), under="logs")
    if len(data_events_of) > _MOST_DATA_RESOURCES:
        found.add(
            "data_events_of",
            "more than a trail supports",
            given=len(data_events_of),
            allowed=f"at most {_MOST_DATA_RESOURCES} buckets and tables",
        )
    if retention_days is not None and not is_token(retention_days) and retention_days < 1:
        found.add("retention_days", "out of range", given=retention_days, allowed="1 or more", practice="audit-trail")
    elif retention_days is not None and bucket is not None:
        found.add(
            "retention_days",
            "bucket is also set, and that bucket has its own lifecycle rules",
            given=retention_days,
            allowed="`retention_days` or `bucket`",
        )
    if trail_name is not None and not is_token(trail_name) and not _is_trail_name(trail_name):
        found.add(
            "trail_name",
            "CloudTrail refuses this name",
            given=trail_name,
            allowed="3–128 letters and digits, with single periods, hyphens or underscores between them",
        )
    return list(found)


def _is_trail_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not _ADDRESS.fullmatch(name)


def _data_resources(
    given: Sequence[s3.IBucket | dynamodb.ITable],
) -> list[cloudtrail.CfnTrail.DataResourceProperty] | None:
    buckets = [f"{cast('s3.IBucket', one).bucket_arn}/" for one in given if has_members(one, "bucket_arn")]
    tables = [cast("dynamodb.ITable", one).table_arn for one in given if has_members(one, "table_arn")]
    return [
        cloudtrail.CfnTrail.DataResourceProperty(type=type_, values=values)
        for type_, values in (("AWS::S3::Object", buckets), ("AWS::DynamoDB::Table", tables))
        if values
    ] or None
