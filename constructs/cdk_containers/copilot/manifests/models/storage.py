"""Storage: the ephemeral storage of the task, and file systems."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .containers import FromCfn


@frozen
class EfsAuthorization:
    """Authorization of tasks for a file system."""

    iam: bool | None = None
    access_point_id: str | None = None


@frozen
class Efs:
    """An existing file system (`id`), or a folder in that of the environment (`uid`, `gid`)."""

    id: str | FromCfn | None = None
    root_dir: str | None = None
    auth: EfsAuthorization | None = None
    uid: int | None = None
    gid: int | None = None


@frozen
class Volume:
    """A volume of the main container. Without `efs` it is deleted with the task."""

    efs: bool | Efs | None = None
    path: str | None = None
    read_only: bool | None = None

    @property
    def is_managed_efs(self) -> bool:
        """Whether it is a folder in the environment's file system."""
        return self.efs is True or (isinstance(self.efs, Efs) and self.efs.id is None)


@frozen
class Storage:
    """The storage of a task."""

    ephemeral: int | None = None
    readonly_fs: bool | None = None
    volumes: dict[str, Volume] | None = None
