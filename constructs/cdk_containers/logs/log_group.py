"""A log group for one construct, or one that exists."""

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

_WITHOUT_KEY = Acknowledgement(
    "CloudWatch Logs encrypts every log group with its own key; a customer managed key costs money and is the "
    "caller's choice (Logs.encryption_key)",
    checkov=("CKV_AWS_158",),
)


_STREAM_PREFIX = re.compile(r"[^:*]{1,256}")


@frozen
class Logs:
    """How long logs are kept, and how; or a log group that exists.

    Attributes:
        log_group: A log group that exists, or that you made with CDK. No other is made, and how long it keeps lines is
            its own matter; whoever writes gets the right to. Default: none, one is made.
        retention: How long lines are kept. Default: one year, the shortest time that the Control Tower and FSBP rules
            accept; CDK's own default keeps logs, and their cost, forever.
        encryption_key: KMS key; its policy is extended for CloudWatch Logs. Default: none, the service's own key.
        removal_policy: What happens to the log group when its stack goes. Default: RETAIN, since logs are looked for
            when something went wrong.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """

    log_group: aws_logs.ILogGroup | None = None
    retention: aws_logs.RetentionDays = aws_logs.RetentionDays.ONE_YEAR
    encryption_key: kms.IKey | None = None
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found or self.log_group is None:
            return list(found)
        default = Logs()
        for option in ("retention", "encryption_key", "removal_policy"):
            if getattr(self, option) != getattr(default, option):
                found.add(
                    option,
                    "the log group exists, and this is its own matter",
                    given=getattr(self, option),
                    allowed="nothing beside log_group",
                    practice="log-retention",
                )
        return list(found)


@frozen
class ContainerLogs(Logs):
    """How long the logs of containers are kept, and how they get there.

    Attributes:
        mode: `non-blocking` drops lines when CloudWatch Logs is slower than the containers write, `blocking` stops the
            containers. Default: `non-blocking`, written out because the default of AWS changed in June 2025.
        max_buffer_mib: Lines waiting for CloudWatch Logs, in MiB, with `non-blocking`. Default: 25, which AWS found
            enough for most; it counts as the task's memory.
        multiline_pattern: Regular expression of the first line of an event, so that a stack trace is one event and not
            many. Default: none, each line is an event.
        datetime_format: The same by the time at the start of an event, in the notation of Python's `strftime`, such as
            `%Y-%m-%d %H:%M:%S`. Default: none.
        stream_prefix: What the names of log streams begin with, before the names of container and task: say it where
            several workloads write to one `log_group`. Default: the name of the container.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """

    mode: Literal["non-blocking", "blocking"] = "non-blocking"
    max_buffer_mib: int = 25
    multiline_pattern: str | None = None
    datetime_format: str | None = None
    stream_prefix: str | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(Logs.problems(self))
        if not found.has("multiline_pattern") and None not in (self.multiline_pattern, self.datetime_format):
            found.add(
                "multiline_pattern",
                "the log driver ignores it beside datetime_format",
                given=self.multiline_pattern,
                allowed="one of the two",
                practice="log-configuration",
            )
        prefix = None if found.has("stream_prefix") else self.stream_prefix
        if prefix is not None and not is_token(prefix) and not _STREAM_PREFIX.fullmatch(prefix):
            found.add(
                "stream_prefix",
                "not the beginning of a log stream's name",
                given=prefix,
                allowed="text such as orders, without : and *",
                practice="log-configuration",
            )
        if not found and self.max_buffer_mib < 1:  # CDK converts it, so it cannot be known at deployment only
            found.add(
                "max_buffer_mib",
                "out of range",
                given=Shown("a token") if is_token(self.max_buffer_mib) else self.max_buffer_mib,
                allowed="1 or more, known at synthesis",
                practice="log-delivery-mode",
            )
        return list(found)


def owned_log_group(scope: Construct, id: str, logs: Logs) -> aws_logs.ILogGroup:  # noqa: A002
    """Make a log group in `scope`, or return the one that was given."""
    if logs.log_group is not None:
        return logs.log_group
    group = aws_logs.LogGroup(
        scope,
        id,
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
    """Make a log group of a name that a service of AWS chooses, or return the one that was given."""
    if logs.log_group is not None:
        return logs.log_group
    group = owned_log_group(scope, id, _gone_with_failure(logs))
    cast("aws_logs.CfnLogGroup", resource_of(group)).log_group_name = name
    return group


def _gone_with_failure(logs: Logs) -> Logs:
    """Have a deployment that fails take its new log group along, or the next one would find the name taken."""
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
    """Make a log group that a service of AWS writes to, with the permission in the policy of the group itself.

    Policies of the account are ten in a region. A policy cannot ask for the ARN of the group that it is a property of,
    so the group has a name; the id of the stack is in it, because a group that a stack left behind keeps its name.

    Args:
        scope: The parent.
        id: Name among the parent's children.
        logs: How long logs are kept.
        prefix: What the name begins with.
        statements: The statements for the ARN of the streams of the group. Default: those of AWS for vended logs.
    """
    allowed = statements or vended_log_statements
    if logs.log_group is not None:
        # A group that exists keeps the policy that it has.
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
    """Allow the log delivery of AWS to write, in the words in which AWS would add it to the policy itself.

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
