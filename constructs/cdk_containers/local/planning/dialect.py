"""Differences between the command lines of container engines that affect task definitions."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Dialect:
    """Flags that differ between engines.

    Attributes:
        read_only: Flags for a read-only root file system without any other writable folder.
        tmpfs_owner: Whether `--tmpfs` accepts `uid` and `gid`. podman accepts `U` for the user of the container.
    """

    read_only: tuple[str, ...] = ("--read-only",)
    tmpfs_owner: bool = True
