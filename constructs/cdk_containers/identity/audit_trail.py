"""A record of who called what in AWS, in which a task is found again."""

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
    "This bucket receives the record of calls; logging the access to it would need another bucket with the same "
    "finding. A bucket that logs access can be given instead (AuditTrail.bucket)",
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
    """A CloudTrail trail: every call that changes or reads the set-up of the account, kept, sealed and searchable.

    Log files are encrypted and signed, and go to a bucket that only this trail writes to. They go to CloudWatch Logs as
    well, where saved queries find the calls of tasks, what task roles were denied, sessions of ECS Exec, and changes to
    ECS. The first trail of an account costs nothing for management events; where the organization has one already,
    this is a second copy, which is billed.

    Attributes:
        trail: The trail itself.
        trail_arn: Its ARN.
        bucket: Where the log files are.
        encryption_key: The key that they are encrypted with; who reads them needs `kms:Decrypt` on it.
        log_group: Where the calls are searched; None if that is switched off.

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
        """Make a trail.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            multi_region: Whether calls in all regions are recorded, those of IAM and other global services included.
                Default: True. `Disabled(reason="…")` leaves one region.
            logs: The log group in which calls are searched. Default: one that keeps them for a year, with the trail's
                key. Lines are billed; `Disabled(reason="…")` switches it off, and the saved queries with it.
            data_events_of: Buckets and tables in which access to each object or item is recorded as well, at most 250.
                Default: none. They are billed, and many.
            encryption_key: KMS key in the region of the trail; its policy is extended for CloudTrail and CloudWatch
                Logs. Default: a key is made, which AWS rotates every year.
            bucket: A bucket of this account. Its policy is extended; that of a bucket that was imported must be there
                already. Default: one is made.
            retention_days: Days that a made bucket keeps the log files, 1 or more. Default: 365.
            trail_name: Name of the trail. Default: made from the construct's path. The policies of bucket and key name
                the trail before it exists, so CloudFormation cannot choose it.
            removal_policy: What happens to the key and the log group when the stack goes. Default: RETAIN, since the
                record and the key that opens it outlive what they are about. A bucket that is made always stays:
                CloudFormation deletes empty buckets only, and CloudTrail writes until the trail is gone.

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
        # CloudTrail writes to the bucket and takes the role while it is made, and fails where it may not yet.
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
            # With a bucket key S3 hides the trail's ARN from the key's policy, which asks for it.
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
            "more than a trail can have",
            given=len(data_events_of),
            allowed=f"at most {_MOST_DATA_RESOURCES} buckets and tables",
        )
    if retention_days is not None and not is_token(retention_days) and retention_days < 1:
        found.add("retention_days", "out of range", given=retention_days, allowed="1 or more", practice="audit-trail")
    elif retention_days is not None and bucket is not None:
        found.add(
            "retention_days",
            "given along with a bucket, whose own rules say how long it keeps objects",
            given=retention_days,
            allowed="`retention_days` or `bucket`",
        )
    if trail_name is not None and not is_token(trail_name) and not _is_trail_name(trail_name):
        found.add(
            "trail_name",
            "a name that CloudTrail refuses",
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
