"""The plan of a task: its containers in start order, with all settings that an engine needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

Condition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]


@frozen
class Build:
    """An image to build from an asset of the app.

    Attributes:
        key: Hash of the asset.
        directory: Folder with the sources.
        arguments: Options of `build`, such as `--target web`, without the folder.
    """

    key: str
    directory: str
    arguments: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """The name of the image on this machine."""
        return f"localhost/cdk-containers/{self.key.strip('<>')[:40].lower()}:local"


@frozen
class Wait:
    """A condition that a container must meet before another container starts."""

    container: str
    condition: Condition


@frozen
class HealthCheck:
    """A command that checks whether a container is healthy. Times are in seconds."""

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


@frozen
class Restart:
    """Restart policy: exit codes that do not restart the container, and the time that it must have run."""

    ignored_codes: frozenset[int] = frozenset()
    period: int = 300


@frozen
class Mount:
    """A volume in a container."""

    volume: str
    path: str
    read_only: bool = False


@frozen
class Volume:
    """A volume of a task.

    Attributes:
        name: Its name in the task.
        kept: Name under which it is kept between runs, such as its file system; empty if it is removed with the task.
    """

    name: str
    kept: str = ""


@frozen
class Port:
    """A port to publish on this machine, as `wanted` if that port is free.

    Service Connect and VPC Lattice refer to it by `name`.
    """

    container: str
    number: int
    wanted: int
    protocol: str = "tcp"
    name: str = ""


@frozen
class Difference:
    """Something that differs from AWS."""

    what: str
    why: str


@frozen
class ContainerPlan:
    """A container.

    Attributes:
        name: Its name in the task.
        image: Reference of the image, or the build that creates it.
        settings: Values by field of the flag table.
        environment: Plain variables.
        secrets: ARNs or names of secrets, by variable.
        given: Values of secrets that you set.
        mounts: Mounted volumes.
        volumes_from: Containers whose volumes it mounts too, with `:ro` for read-only.
        essential: Whether the task stops when the container exits.
        waits: Conditions that must hold before it starts.
        start_timeout: Seconds that dependent containers wait for this one.
        stop_timeout: Seconds between SIGTERM and SIGKILL.
        health: Its health check.
        restart: Its restart policy.
        aliases: Names on the network, if it has its own address.
    """

    name: str
    image: str | Build
    settings: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    mounts: tuple[Mount, ...] = ()
    volumes_from: tuple[str, ...] = ()
    essential: bool = True
    waits: tuple[Wait, ...] = ()
    start_timeout: int = 180
    stop_timeout: int = 30
    health: HealthCheck | None = None
    restart: Restart | None = None
    aliases: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """The arguments after the image: the rest of the entry point, and the command."""
        return [*self.settings.get("EntryPoint", ())[1:], *self.settings.get("Command", ())]


@frozen
class TaskPlan:
    """A task.

    Attributes:
        name: Short name, which prefixes its logs and is its name on the network.
        containers: Containers in start order.
        volumes: Its volumes.
        ports: Ports to publish.
        shared_network: Whether the containers share one network address, as with `awsvpc`.
        network_settings: Values by field of the flag table, for fields that belong to the network address.
        shares: Namespaces that the containers share, `pid` or `ipc`.
        architecture: `amd64` or `arm64`, if the task sets it.
        family: The family of the task definition.
        limits: CPU units and MiB of the task, if it has limits.
        launch_type: Launch type, such as `FARGATE`.
        differences: Differences from AWS.
    """

    name: str
    containers: tuple[ContainerPlan, ...]
    volumes: tuple[Volume, ...] = ()
    ports: tuple[Port, ...] = ()
    shared_network: bool = True
    network_settings: Mapping[str, Any] = field(default_factory=dict)
    shares: tuple[str, ...] = ()
    architecture: str | None = None
    family: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    launch_type: str = ""
    differences: tuple[Difference, ...] = ()
