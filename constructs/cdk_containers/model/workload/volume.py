"""Volumes that the containers of a workload mount."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, has_members, is_token, name_problem
from cdk_containers.core.practices import Disabled

from .secrets import text_problems

_FILE_USER = re.compile(r"\d+(:\d+)?")


@frozen
class Volume:
    """A volume, with the name by which containers mount it.

    Attributes:
        name: Name by which containers mount it, up to 255 letters, digits, hyphens and underscores.
    """

    name: str

    def problems(self) -> list[Problem]:
        """Find what is wrong with this volume."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and (wrong := name_problem(self.name)):
            found.add(
                "name",
                wrong,
                given=self.name,
                allowed="letters, digits, hyphens and underscores",
                practice="container-names",
            )
        return list(found)


@frozen
class SharedVolume(Volume):
    """An empty volume that containers of one task share; it is deleted with the task.

    ECS calls it a bind mount. It belongs to root. A container that runs as another user can write to it only if its
    image declares the path as a `VOLUME` with that owner.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
    """


@frozen
class EfsVolume(Volume):
    """A directory of an EFS file system, through an access point, with IAM and TLS.

    The service construct opens the file system's security group to the service. It allows the task role to mount and
    write (only to mount if every mount is read-only), only through this access point.

    Attributes:
        file_system: The file system, an `aws_efs.IFileSystem` in the network of the cluster.
        access_point: The access point. Default: a new one, rooted at `path` and owned by `user`, 1000.
        path: Root directory of the new access point. Default: `/` and the name of the volume.
        user: Numeric user and group that own the directory of the new access point; containers access files as this
            user. `Disabled("reason")` sets no user, so root in a container is root on the file system: for images that
            change the owner of their files at startup. Default: `1000:1000`, the containers' user.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
    """

    file_system: Any
    access_point: Any = None
    path: str | None = None
    user: str | Disabled = "1000:1000"

    @property
    def owner(self) -> tuple[str, str]:
        """User id and group id of the directory of the new access point."""
        if isinstance(self.user, Disabled):
            return "0", "0"
        uid, _, gid = self.user.partition(":")
        return uid, gid or uid

    def problems(self) -> list[Problem]:
        """Find what is wrong with this volume."""
        found = Problems()
        found.extend(Volume.problems(self))
        if found.has("path") or found.has("user"):
            return list(found)
        found.extend(self._user_problems())
        if not has_members(self.file_system, "file_system_id"):
            found.add("file_system", "not an EFS file system", given=self.file_system, allowed="an aws_efs.IFileSystem")
        if self.access_point is not None and not has_members(self.access_point, "access_point_id"):
            found.add(
                "access_point", "not an EFS access point", given=self.access_point, allowed="an aws_efs.IAccessPoint"
            )
        if self.path is not None and not is_token(self.path) and not self.path.startswith("/"):
            found.add("path", "not an absolute path", given=self.path, allowed="a path such as /data")
        if self.path is not None and self.access_point is not None:
            found.add(
                "path",
                "the given access point has its own root",
                given=self.path,
                allowed="one of path and access_point",
            )
        return list(found)

    def _user_problems(self) -> list[Problem]:
        found = Problems()
        found.extend(disabled_problems(self.user), under="user")
        if not isinstance(self.user, str) or is_token(self.user):
            return list(found)
        if not _FILE_USER.fullmatch(self.user):
            found.add("user", "not a user id for EFS", given=self.user, allowed="numbers, such as 1000 or 1000:1000")
        elif self.owner[0] == "0":
            found.add(
                "user",
                "root access to EFS needs a reason",
                given=self.user,
                allowed='Disabled("reason"), which allows root access',
                practice="efs-access-point",
            )
        elif self.access_point is not None and self.user != "1000:1000":
            found.add(
                "user",
                "the given access point has its own user",
                given=self.user,
                allowed="one of user and access_point",
            )
        return list(found)


@frozen
class HostVolume(Volume):
    """A directory of the instance that runs the task, such as an instance store; EC2 only.

    Attributes:
        host_path: Absolute path on the instance.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
    """

    host_path: str

    def problems(self) -> list[Problem]:
        """Find what is wrong with this volume."""
        found = Problems()
        found.extend(Volume.problems(self))
        if not found and not is_token(self.host_path) and not self.host_path.startswith("/"):
            found.add("host_path", "not an absolute path", given=self.host_path, allowed="a path such as /mnt/scratch")
        return list(found)


@frozen
class DockerVolume(Volume):
    """A volume that Docker manages on the instance; EC2 only.

    Attributes:
        driver: Volume driver, `local` or a plugin on the instance. Default: `local`.
        scope: `task` for a volume that is deleted with the task, `shared` for a persistent volume. Default: `task`.
        autoprovision: Creates a shared volume if it does not exist. Default: True.
        driver_options: Options of the driver. Default: none.
        labels: Labels of the volume. Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html
    """

    driver: str = "local"
    scope: Literal["task", "shared"] = "task"
    autoprovision: bool = True
    driver_options: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def problems(self) -> list[Problem]:
        """Find what is wrong with this volume."""
        found = Problems()
        found.extend(Volume.problems(self))
        if not found and not self.driver:
            found.add("driver", "the driver is empty", given=self.driver, allowed="local, or a plugin on the instances")
        if not found:
            way_out = "no option; the plugin on the instance has its own settings"
            for option, values in (("driver_options", self.driver_options), ("labels", self.labels)):
                for name, value in values.items():
                    found.extend(text_problems(value, option=f"{option}[{name!r}]", way_out=way_out))
        return list(found)


EbsVolumeType = Literal["gp3", "gp2", "io1", "io2", "st1", "sc1"]

_EBS_SIZES: Mapping[str, tuple[int, int]] = {
    "gp3": (1, 65536),
    "gp2": (1, 16384),
    "io1": (4, 16384),
    "io2": (4, 65536),
    "st1": (125, 16384),
    "sc1": (125, 16384),
}
_EBS_IOPS: Mapping[str, tuple[int, int]] = {
    "gp3": (3000, 80000),
    "io1": (100, 64000),
    "io2": (100, 256000),
}
_SNAPSHOT = re.compile(r"snap-[0-9a-f]+")


@frozen
class EbsVolume(Volume):
    """A new encrypted EBS volume for each task of a service, deleted with the task.

    A service can have one such volume. A new volume belongs to root: a container that runs as another user can write to
    it only if its image declares the path as a `VOLUME` with that owner.

    Attributes:
        size_gib: Size in GiB.
        volume_type: Type of the volume. Default: `gp3`.
        iops: I/O operations per second; required for io1 and io2. Default: that of the type.
        throughput_mib: Throughput in MiB per second, 125–2000, gp3 only. Default: 125.
        snapshot_id: Snapshot to create the volume from. Default: none, an empty volume.
        file_system: File system of a new volume. Default: `xfs`.
        encryption_key: KMS key. Default: the key that AWS manages for EBS in the account.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
    """

    size_gib: int
    volume_type: EbsVolumeType = "gp3"
    iops: int | None = None
    throughput_mib: int | None = None
    snapshot_id: str | None = None
    file_system: Literal["xfs", "ext3", "ext4", "ntfs"] = "xfs"
    encryption_key: Any = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this volume."""
        found = Problems()
        found.extend(Volume.problems(self))
        if found:
            return list(found)
        practice = "ebs-volume"
        low, high = _EBS_SIZES[self.volume_type]
        # CDK compares the size itself, so it cannot be known at deployment only.
        if not low <= self.size_gib <= high:
            found.add(
                "size_gib",
                f"out of range for {self.volume_type}",
                given=Shown("a token") if is_token(self.size_gib) else self.size_gib,
                allowed=f"{low}–{high} GiB",
                practice=practice,
            )
        found.extend(self._iops_problems())
        if self.throughput_mib is not None:
            if self.volume_type != "gp3":
                found.add(
                    "throughput_mib",
                    "only gp3 takes it",
                    given=self.throughput_mib,
                    allowed="none, or gp3",
                    practice=practice,
                )
            elif not is_token(self.throughput_mib) and not 125 <= self.throughput_mib <= 2000:
                found.add(
                    "throughput_mib",
                    "out of range",
                    given=self.throughput_mib,
                    allowed="125–2000 MiB/s",
                    practice=practice,
                )
        if self.encryption_key is not None and not has_members(self.encryption_key, "key_arn"):
            found.add("encryption_key", "not a KMS key", given=self.encryption_key, allowed="an aws_kms.IKey")
        snapshot = self.snapshot_id
        if snapshot is not None and not is_token(snapshot) and not _SNAPSHOT.fullmatch(snapshot):
            found.add(
                "snapshot_id",
                "not a snapshot",
                given=snapshot,
                allowed="snap- and hexadecimal digits",
                practice=practice,
            )
        return list(found)

    def _iops_problems(self) -> list[Problem]:
        found = Problems()
        low, high = _EBS_IOPS.get(self.volume_type, (0, 0))
        if self.iops is None and self.volume_type in ("io1", "io2"):
            found.add("iops", f"required for {self.volume_type}", allowed=f"{low}–{high}", practice="ebs-volume")
        elif self.iops is not None and not high:
            found.add(
                "iops",
                f"not supported for {self.volume_type}",
                given=self.iops,
                allowed="none, or gp3",
                practice="ebs-volume",
            )
        elif self.iops is not None and not is_token(self.iops) and not low <= self.iops <= high:
            found.add(
                "iops",
                f"out of range for {self.volume_type}",
                given=self.iops,
                allowed=f"{low}–{high}",
                practice="ebs-volume",
            )
        return list(found)
