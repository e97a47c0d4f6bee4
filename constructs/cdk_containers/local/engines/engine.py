"""A container engine: its command, its minimum version and its flags."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Dialect


@frozen
class Engine:
    """A container engine.

    Attributes:
        name: Name of its command.
        minimum: First version that is supported.
        dialect: Differences of its flags.
        host: Name of this machine in a container.
        host_flags: Flags that make that name resolve in a container.
        aliases: Whether a container can have several names on a network.
        own_limits: Whether the limits of this user also apply to containers, as with podman.
        extra: Flags that every container gets.
        install: Where you can get it.
    """

    name: str
    minimum: tuple[int, int]
    host: str
    install: str
    dialect: Dialect = Dialect()
    host_flags: tuple[str, ...] = ()
    aliases: bool = True
    own_limits: bool = False
    extra: tuple[str, ...] = ("--no-healthcheck",)
