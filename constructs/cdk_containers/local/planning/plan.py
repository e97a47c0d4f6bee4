"""What a task is here: containers in the order in which they start, with all that an engine has to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

Condition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]


@frozen
class Build:
    """An image that is built here, from an asset of the app.

    Attributes:
        key: The hash of the asset.
        directory: The folder with the sources.
        arguments: The options of `build`, such as `--target web`; the folder is not among them.
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
    """A container that has to have got somewhere before another one starts."""

    container: str
    condition: Condition


@frozen
class HealthCheck:
    """A command that says whether a container is healthy; times in seconds."""

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


@frozen
class Restart:
    """When a container starts again after it ended: not with one of these codes, and not before it ran that long."""

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
        kept: What to keep it under between runs, such as the name of its file system; empty if it goes with the task.
    """

    name: str
    kept: str = ""


@frozen
class Port:
    """A port that is published on this machine; `wanted` is the number that it gets there if it can.

    Service Connect and VPC Lattice find it by its `name`.
    """

    container: str
    number: int
    wanted: int
    protocol: str = "tcp"
    name: str = ""


@frozen
class Difference:
    """Something that is not as it is on AWS."""

    what: str
    why: str


@frozen
class ContainerPlan:
    """A container.

    Attributes:
        name: Its name in the task.
        image: A reference, or what to build.
        settings: Values by the fields of the flag table.
        environment: Plain variables.
        secrets: The ARNs or names of secret values, by variable.
        given: Values of secrets that the caller gave.
        mounts: Its volumes.
        volumes_from: Containers whose volumes it has too, with `:ro` where it may only read.
        essential: Whether the task ends with it.
        waits: What has to be before it starts.
        start_timeout: Seconds until whoever waits for this container gives up.
        stop_timeout: Seconds between SIGTERM and SIGKILL.
        health: Its health check.
        restart: Its restart policy.
        aliases: Names on the network, where it has an address of its own.
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
        """What stands behind the image: the rest of the entry point, and the command."""
        return [*self.settings.get("EntryPoint", ())[1:], *self.settings.get("Command", ())]


@frozen
class TaskPlan:
    """A task.

    Attributes:
        name: Its short name, which prefixes its logs and is its name on the network.
        containers: In the order in which they start.
        volumes: Its volumes.
        ports: What is published.
        shared_network: Whether the containers share one network address, as with `awsvpc`.
        network_settings: Values by the fields of the flag table that belong to the network address.
        shares: Namespaces that the containers share, `pid` or `ipc`.
        architecture: `amd64` or `arm64`, where the task says it.
        family: The family of the task definition.
        limits: CPU units and MiB of the task, where it has limits.
        launch_type: Such as `FARGATE`.
        differences: What is not as it is on AWS.
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
