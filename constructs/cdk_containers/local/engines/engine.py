"""A container engine: what its command is called, how old it may be, and how it wants to be told."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Dialect


@frozen
class Engine:
    """A container engine.

    Attributes:
        name: Its command.
        minimum: The first version that runs tasks as they are run here.
        dialect: How its flags differ.
        host: The name of this machine in a container.
        host_flags: Flags by which a container learns that name.
        aliases: Whether a container can have several names on a network.
        own_limits: Whether containers cannot have more than this user, as with podman.
        extra: Flags that every container gets.
        install: Where a reader gets it.
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
