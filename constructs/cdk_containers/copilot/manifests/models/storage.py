"""Disks: the task's own, and file systems that stay."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .containers import FromCfn


@frozen
class EfsAuthorization:
    """How tasks prove who they are to a file system."""

    iam: bool | None = None
    access_point_id: str | None = None


@frozen
class Efs:
    """A file system: an existing file system (`id`), or a folder in that of the environment (`uid`, `gid`)."""

    id: str | FromCfn | None = None
    root_dir: str | None = None
    auth: EfsAuthorization | None = None
    uid: int | None = None
    gid: int | None = None


@frozen
class Volume:
    """A disk in the main container; without `efs` it lives as long as the task."""

    efs: bool | Efs | None = None
    path: str | None = None
    read_only: bool | None = None

    @property
    def is_managed_efs(self) -> bool:
        """Whether it is a folder of the environment's own file system."""
        return self.efs is True or (isinstance(self.efs, Efs) and self.efs.id is None)


@frozen
class Storage:
    """The disks of a task."""

    ephemeral: int | None = None
    readonly_fs: bool | None = None
    volumes: dict[str, Volume] | None = None
