"""Volumes that the containers of a workload mount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Problem, Problems
from ..inputs import field_problems, has_members, is_token, name_problem


@dataclass(frozen=True, kw_only=True, slots=True)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedVolume(Volume):
    """An empty volume that containers of one task share; it goes with the task.

    ECS calls it a bind mount. It belongs to root, so a container that runs as another user can write to it only where
    its image declares the path as a `VOLUME` with that owner.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class EfsVolume(Volume):
    """A directory of an EFS file system, through an access point, with IAM and TLS.

    The construct that takes it opens the file system's security group to the service, and grants the task role to
    mount and write (only to mount, where each mount is read-only), through this access point and no other.

    Attributes:
        file_system: The file system, an `aws_efs.IFileSystem` in the network of the cluster.
        access_point: The access point. Default: one is made, rooted at `path` and owned by user 1000.
        path: Directory that a made access point shows as its root. Default: `/` and the name of the volume.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
    """

    file_system: Any
    access_point: Any = None
    path: str | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this volume."""
        found = Problems()
        found.extend(Volume.problems(self))
        if found.has("path"):
            return list(found)
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
                "the access point that was given has its own root",
                given=self.path,
                allowed="one of path and access_point",
            )
        return list(found)
