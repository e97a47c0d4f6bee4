"""File systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account


@reader(
    {"AWS::EFS::FileSystem": "Encrypted KmsKeyId", "AWS::EFS::MountTarget": "FileSystemId SubnetId"},
    efs=("describe_file_systems", "describe_mount_targets"),
)
def file_systems(account: Account) -> Iterator[Found]:
    """Find the EFS file systems and their mount targets."""
    for it in account.pages("efs", "describe_file_systems", "FileSystems"):
        id_ = it["FileSystemId"]
        yield Found(
            type="AWS::EFS::FileSystem",
            name=it.get("FileSystemArn", id_),
            properties=properties(it, "Encrypted KmsKeyId"),
            identifiers=frozenset({id_, it.get("FileSystemArn", id_)}),
        )
        for target in account.pages("efs", "describe_mount_targets", "MountTargets", FileSystemId=id_):
            yield Found(
                type="AWS::EFS::MountTarget",
                name=target["MountTargetId"],
                properties=properties(target, "FileSystemId SubnetId"),
                identifiers=frozenset({target["MountTargetId"]}),
            )
