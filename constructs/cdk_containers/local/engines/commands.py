"""Commands of an engine for the containers, networks and images of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Build, ContainerPlan, TaskPlan, flags_of

from .engine import Engine

LINK_LOCAL = "169.254.170.2"
"""The address at which ECS serves credentials and metadata; SDKs trust it."""
_SUBNET = "169.254.170.0/24"
LABEL = "cdk-containers.run"


@frozen
class Published:
    """A port of a task on this machine."""

    number: int
    host: int
    protocol: str = "tcp"
    name: str = ""

    @property
    def flag(self) -> str:
        """The value of `--publish`, on loopback only, so that other machines cannot connect."""
        return f"127.0.0.1:{self.host}:{self.number}" + ("/udp" if self.protocol == "udp" else "")


@frozen
class Run:
    """Settings that the commands of a run share.

    Attributes:
        engine: The engine.
        id: Prefix of all names of the run.
        limits: Highest limits of the operating system that a container can have, by name.
    """

    engine: Engine
    id: str
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def network(self) -> str:
        """The network of all tasks."""
        return self.id

    def name(self, task: TaskPlan, container: str) -> str:
        """Return the name of a container."""
        return f"{self.id}-{task.name.lower()}-{container}"

    def pause(self, task: TaskPlan) -> str:
        """Return the name of the container that holds the network address of a task."""
        return self.name(task, "pause")

    # ---- commands

    def make_network(self, *, link_local: bool) -> list[str]:
        """Return the command that creates the network. With `link_local`, this machine has the address of ECS in it."""
        place = ["--subnet", _SUBNET, "--gateway", LINK_LOCAL] if link_local else []
        return ["network", "create", "--label", f"{LABEL}={self.id}", *place, self.network]

    def make_pause(
        self, task: TaskPlan, image: str, aliases: Sequence[str], published: Sequence[Published]
    ) -> list[str]:
        """Return the command for the container that holds the network address of a task."""
        return [
            *self._create(self.pause(task)),
            *self._addressed(aliases, published),
            *flags_of(task.network_settings, self.engine.dialect),
            *(part for name, most in self.limits.items() for part in ("--ulimit", f"{name}={most}:{most}")),
            image,
        ]

    def make_container(
        self,
        task: TaskPlan,
        container: ContainerPlan,
        *,
        image: str,
        environment: Mapping[str, str],
        hidden: Sequence[str],
        volumes: Mapping[str, str],
        aliases: Sequence[str] = (),
        published: Sequence[Published] = (),
    ) -> list[str]:
        """Return the command for a container.

        Args:
            task: Its task.
            container: The container.
            image: Its image on this machine.
            environment: Its plain variables.
            hidden: Variables that the engine reads from its own environment, because other users can see a command
                line.
            volumes: Source of each volume: a name or a folder.
            aliases: Names on the network, if it has its own address.
            published: Ports to publish, if it has its own address.
        """
        return [
            *self._create(self.name(task, container.name)),
            *(self._joined(task) if task.shared_network else self._addressed(aliases, published)),
            *flags_of(container.settings, self.engine.dialect),
            *(f"--{space}=container:{self.pause(task)}" for space in task.shares if task.shared_network),
            *(part for name, value in environment.items() for part in ("--env", f"{name}={value}")),
            *(part for name in hidden for part in ("--env", name)),
            *(
                part
                for mount in container.mounts
                for part in ("--volume", f"{volumes[mount.volume]}:{mount.path}{':ro' if mount.read_only else ''}")
            ),
            *(part for one in container.volumes_from for part in ("--volumes-from", self._other(task, one))),
            image,
            *container.arguments,
        ]

    def build(self, build: Build, directory: str) -> list[str]:
        """Return the command that builds an image."""
        return ["build", "--tag", build.tag, *build.arguments, directory]

    def _create(self, name: str) -> list[str]:
        return ["create", "--name", name, "--label", f"{LABEL}={self.id}", *self.engine.extra]

    def _joined(self, task: TaskPlan) -> list[str]:
        return ["--network", f"container:{self.pause(task)}"]

    def _addressed(self, aliases: Sequence[str], published: Sequence[Published]) -> list[str]:
        names = [part for alias in aliases for part in ("--network-alias", alias)]
        if not self.engine.aliases:
            names = ["--hostname", aliases[-1]] if aliases else []
        ports = [part for port in published for part in ("--publish", port.flag)]
        return ["--network", self.network, *names, *self.engine.host_flags, *ports]

    def _other(self, task: TaskPlan, volumes_from: str) -> str:
        name, colon, mode = volumes_from.partition(":")
        return f"{self.name(task, name)}{colon}{mode}"
