"""In what the command lines of container engines differ, as far as a task definition goes."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Dialect:
    """How an engine wants to be told.

    Attributes:
        read_only: The flags for a root file system that is read-only, and nothing else writable.
        tmpfs_owner: Whether `--tmpfs` takes `uid` and `gid`; podman takes `U` for the container's own user.
    """

    read_only: tuple[str, ...] = ("--read-only",)
    tmpfs_owner: bool = True
