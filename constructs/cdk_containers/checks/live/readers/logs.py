"""Log groups."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties


@reader("AWS::Logs::LogGroup", logs=("describe_log_groups",))
def log_groups(account: Account) -> Iterator[Found]:
    """Find the log groups."""
    for it in account.pages("logs", "describe_log_groups", "logGroups"):
        name = it["logGroupName"]
        yield Found(
            type="AWS::Logs::LogGroup",
            name=name,
            properties=properties(it, "logGroupName", "retentionInDays", "kmsKeyId", "logGroupClass"),
            identifiers=frozenset({name, it["arn"], it["arn"].removesuffix(":*")}),
        )
