"""Volumes of a task: empty volumes, existing file systems, and the environment's file system."""

from __future__ import annotations

import zlib
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers.core.cdk_modules import efs
from cdk_containers.model.workload import SharedVolume

from ..manifests.models.storage import Efs, Volume
from ..manifests.models.workloads import TaskWorkload
from .making import Making, text_of

_LEAST_EPHEMERAL_GIB = 21


def volumes_of(workload: TaskWorkload) -> dict[str, Volume]:
    """Return the volumes of a workload in Copilot's order."""
    volumes = workload.storage.volumes if workload.storage is not None else None
    return dict(sorted((volumes or {}).items()))


def as_volumes(workload: TaskWorkload) -> list[SharedVolume]:
    """Return the volumes of the task definition. `file_systems` returns those with a file system."""
    return [SharedVolume(name=name) for name in volumes_of(workload)]


def ephemeral_gib(workload: TaskWorkload) -> int | None:
    """Return the size of the ephemeral storage, if it exceeds the default."""
    size = workload.storage.ephemeral if workload.storage is not None else None
    return size if size is not None and size >= _LEAST_EPHEMERAL_GIB else None


def needs_file_system(workload: TaskWorkload) -> bool:
    """Tell whether a workload has a folder in the environment's file system."""
    return any(volume.is_managed_efs for volume in volumes_of(workload).values())


def file_systems(making: Making, workload: TaskWorkload, role: iam.IRole) -> dict[int, dict[str, Any]]:
    """Return the file system settings by index of the volume, and grant the task access."""
    found: dict[int, dict[str, Any]] = {}
    for place, volume in enumerate(volumes_of(workload).values()):
        if volume.efs in (None, False):
            continue
        given = volume.efs if isinstance(volume.efs, Efs) else Efs()
        found[place] = _own(making, given, role) if volume.is_managed_efs else _existing(given, volume, role)
    return found


def _own(making: Making, given: Efs, role: iam.IRole) -> dict[str, Any]:
    """Return a folder of the environment's file system that only this workload uses."""
    file_system = making.around.export("FilesystemID")
    # Without a user in the manifest, Copilot uses a unique user for each workload.
    user = str(given.uid if given.uid is not None else zlib.crc32(making.name.encode()))
    group = str(given.gid if given.gid is not None else zlib.crc32(making.name.encode()))
    point = efs.CfnAccessPoint(
        making.scope,
        "AccessPoint",
        file_system_id=file_system,
        client_token=making.full_name,
        posix_user=efs.CfnAccessPoint.PosixUserProperty(uid=user, gid=group),
        root_directory=efs.CfnAccessPoint.RootDirectoryProperty(
            path=f"/{making.name}",
            creation_info=efs.CfnAccessPoint.CreationInfoProperty(owner_uid=user, owner_gid=group, permissions="0755"),
        ),
    )
    making.name_it("AccessPoint", point)
    _allow(role, file_system, point.attr_arn, write=True)
    return _mounted(file_system, "/", iam_enabled=True, access_point=point.ref)


def _existing(given: Efs, volume: Volume, role: iam.IRole) -> dict[str, Any]:
    file_system = text_of(given.id or "")
    point = given.auth.access_point_id if given.auth is not None else None
    uses_iam = given.auth is not None and bool(given.auth.iam)
    arn = f"{_here()}:access-point/{point}" if point is not None else None
    _allow(role, file_system, arn, write=volume.read_only is False)
    return _mounted(file_system, given.root_dir or "/", iam_enabled=uses_iam, access_point=point)


def _mounted(file_system: str, root: str, *, iam_enabled: bool, access_point: str | None) -> dict[str, Any]:
    authorization = {"IAM": "ENABLED" if iam_enabled else "DISABLED"}
    if access_point is not None:
        authorization["AccessPointId"] = access_point
    return {
        "FilesystemId": file_system,
        "RootDirectory": root,
        "TransitEncryption": "ENABLED",
        "AuthorizationConfig": authorization,
    }


def _allow(role: iam.IRole, file_system: str, access_point_arn: str | None, *, write: bool) -> None:
    actions = ["elasticfilesystem:ClientMount", *(["elasticfilesystem:ClientWrite"] if write else [])]
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=actions,
            resources=[f"{_here()}:file-system/{file_system}"],
            conditions=None
            if access_point_arn is None
            else {"StringEquals": {"elasticfilesystem:AccessPointArn": access_point_arn}},
        )
    )


def _here() -> str:
    return f"arn:{cdk.Aws.PARTITION}:elasticfilesystem:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
