"""A log group for one construct, or an existing log group."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, cast
from weakref import WeakSet

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of
from cdk_containers.core.unchecked import unchecked

_WITHOUT_KEY = Acknowledgement(
    "CloudWatch Logs encrypts every log group with its own key; a customer managed key costs money and is optional "
    "(Logs.encryption_key)",
    checkov=("CKV_AWS_158",),
)


_STREAM_PREFIX = re.compile(r"[^:*]{1,256}")


@frozen
class Logs:
    """Retention and encryption of logs, or an existing log group.

    Attributes:
        log_group: An existing log group, or a group that you create with CDK. It keeps its own retention; the construct
            only adds the permission to write. Default: none; a new log group.
        retention: Retention of log events. Default: one year, the shortest time that the Control Tower and FSBP rules
            accept; CDK's default keeps logs, and their cost, forever.
        encryption_key: KMS key; its policy is extended for CloudWatch Logs. Default: none; the key of CloudWatch Logs.
        removal_policy: What happens to the log group when its stack is deleted. Default: RETAIN, because you need logs
            when something went wrong.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """

    log_group: aws_logs.ILogGroup | None = None
    retention: aws_logs.RetentionDays = aws_logs.RetentionDays.ONE_YEAR
    encryption_key: kms.IKey | None = None
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found or self.log_group is None:
            return list(found)
        default = Logs()
        for option in ("retention", "encryption_key", "removal_policy"):
            if getattr(self, option) != getattr(default, option):
                found.add(
                    option,
                    "an existing log group has its own settings",
                    given=getattr(self, option),
                    allowed="only log_group",
                    practice="log-retention",
                )
        return list(found)


@frozen
class ContainerLogs(Logs):
    """Retention and delivery of container logs.

    Attributes:
        mode: `non-blocking` drops lines when containers write faster than CloudWatch Logs accepts them; `blocking`
            blocks the containers instead. Default: `non-blocking`, set explicitly because the AWS default changed in
            June 2025.
        max_buffer_mib: Buffer for log lines in MiB, with `non-blocking`. It uses memory of the task. Default: 25, which
            AWS found sufficient for most workloads.
        multiline_pattern: Regular expression that matches the first line of an event, so that a stack trace becomes one
            event. Default: none; each line is an event.
        datetime_format: Detects the first line by the time at its start instead, in the notation of Python's
            `strftime`, such as `%Y-%m-%d %H:%M:%S`. Default: none.
        stream_prefix: Prefix of log stream names, before the container name and the task id. Set it if several
            workloads write to one `log_group`. Default: the name of the container.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """

    mode: Literal["non-blocking", "blocking"] = "non-blocking"
    max_buffer_mib: int = 25
    multiline_pattern: str | None = None
    datetime_format: str | None = None
    stream_prefix: str | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(Logs.problems(self))
        if not found.has("multiline_pattern") and None not in (self.multiline_pattern, self.datetime_format):
            found.add(
                "multiline_pattern",
                "the log driver ignores it if datetime_format is set",
                given=self.multiline_pattern,
                allowed="one of the two",
                practice="log-configuration",
            )
        prefix = None if found.has("stream_prefix") else self.stream_prefix
        if prefix is not None and not is_token(prefix) and not _STREAM_PREFIX.fullmatch(prefix):
            found.add(
                "stream_prefix",
                "not a valid prefix for a log stream",
                given=prefix,
                allowed="text such as orders, without : and *",
                practice="log-configuration",
            )
        if not found and self.max_buffer_mib < 1:  # CDK converts it, so it must be known at synthesis
            found.add(
                "max_buffer_mib",
                "out of range",
                given=Shown("a token") if is_token(self.max_buffer_mib) else self.max_buffer_mib,
                allowed="1 or more, known at synthesis",
                practice="log-delivery-mode",
            )
        return list(found)


def owned_log_group(scope: Construct, id: str, logs: Logs, name: str | None = None) -> aws_logs.ILogGroup:  # noqa: A002
    """Create a log group in `scope`, or return the existing log group."""
    if logs.log_group is not None:
        return logs.log_group
    group = unchecked(
        aws_logs.LogGroup,
        scope,
        id,
        log_group_name=name,
        retention=logs.retention,
        encryption_key=logs.encryption_key,
        removal_policy=logs.removal_policy,
    )
    if logs.encryption_key is None:
        acknowledge(group, _WITHOUT_KEY, new=True)
    else:
        allow_log_encryption(logs.encryption_key)
    return group


def named_log_group(scope: Construct, id: str, logs: Logs, name: str) -> aws_logs.ILogGroup:  # noqa: A002
    """Create a log group with a name that an AWS service chooses, or return the existing log group."""
    return owned_log_group(scope, id, _gone_with_failure(logs), name)


def _gone_with_failure(logs: Logs) -> Logs:
    """Delete a new log group when its deployment fails; otherwise the next deployment would find the name taken."""
    if logs.removal_policy is not cdk.RemovalPolicy.RETAIN:
        return logs
    return replace(logs, removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def delivered_log_group(
    scope: Construct,
    id: str,  # noqa: A002
    logs: Logs,
    *,
    prefix: str,
    statements: Callable[[str], list[dict[str, Any]]] | None = None,
) -> aws_logs.ILogGroup:
    """Create a log group for an AWS service, with the permission in the policy of the group itself.

    An account has at most ten resource policies in a region, so the group has its own policy. That policy cannot refer
    to the ARN of its group, so the group has a fixed name. The name contains the id of the stack, because a retained
    group keeps its name.

    Args:
        scope: The parent.
        id: Name among the parent's children.
        logs: How long logs are kept.
        prefix: Prefix of the name.
        statements: The statements for the ARN of the streams of the group. Default: those for vended logs.
    """
    allowed = statements or vended_log_statements
    if logs.log_group is not None:
        # An existing group keeps its policy.
        document = {"Version": "2012-10-17", "Statement": allowed(logs.log_group.log_group_arn)}
        aws_logs.CfnResourcePolicy(
            scope,
            f"{id}Policy",
            policy_name=cdk.Names.unique_resource_name(scope, separator="-"),
            policy_document=cdk.Stack.of(scope).to_json_string(document),
        )
        return logs.log_group
    group = owned_log_group(scope, id, _gone_with_failure(logs))
    resource = cast("aws_logs.CfnLogGroup", resource_of(group))
    name = f"{prefix}{resource.logical_id}-{cdk.Fn.select(2, cdk.Fn.split('/', cdk.Aws.STACK_ID))}"
    resource.log_group_name = name
    resource.resource_policy_document = {
        "Version": "2012-10-17",
        "Statement": allowed(f"arn:{cdk.Aws.PARTITION}:logs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:log-group:{name}:*"),
    }
    return group


def vended_log_statements(streams_arn: str) -> list[dict[str, Any]]:
    """Allow AWS log delivery to write, with the statement that AWS itself would add to the policy.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
    """
    return [
        {
            "Sid": "AWSLogDeliveryWrite20150319",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": streams_arn,
            "Condition": {
                "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:logs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:*"},
            },
        }
    ]


_opened: WeakSet[kms.IKey] = WeakSet()


def allow_log_encryption(key: kms.IKey) -> None:
    """Let CloudWatch Logs use a key for the log groups of this account and region.

    `aws_logs.LogGroup` does not do this, and without it the log group cannot be created.
    """
    if key in _opened:
        return
    _opened.add(key)
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AllowCloudWatchLogs",
            principals=[iam.ServicePrincipal(f"logs.{cdk.Aws.REGION}.amazonaws.com")],
            actions=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            resources=["*"],
            conditions={
                "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:{cdk.Aws.PARTITION}:logs:{here}:log-group:*"}
            },
        )
    )
