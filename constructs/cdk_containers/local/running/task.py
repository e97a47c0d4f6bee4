"""A running task and its containers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import field

from cdk_containers.core.frozen import frozen
from cdk_containers.local.engines import Published, Run
from cdk_containers.local.planning import ContainerPlan, LocalError, TaskPlan

from .console import Console
from .container import Container, first_of
from .process import Caller


@frozen(eq=False)
class Prepared:
    """A task with everything that its containers need on this machine.

    Attributes:
        plan: The task.
        aliases: Names of the task on the network.
        published: Ports to publish.
        images: Local images by container.
        volumes: Source of each volume.
        environment: Variables that ECS adds, by container.
        hidden: Variables whose values must not appear on the command line, by container.
    """

    plan: TaskPlan
    aliases: Sequence[str] = ()
    published: Sequence[Published] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hidden: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)


class Task:
    """A task.

    Attributes:
        prepared: Plan and environment of the task.
        ended: Set when an essential container or all containers have ended.
        code: Exit code of the task, once it has ended.
    """

    def __init__(self, prepared: Prepared, run: Run, caller: Caller, console: Console) -> None:
        self.prepared = prepared
        self.ended = asyncio.Event()
        self.code = 0
        self._run = run
        self._caller = caller
        self._console = console
        self._lives: list[asyncio.Task[None]] = []
        plan = prepared.plan
        self._containers = {
            one.name: Container(one, run.name(plan, one.name), source_of(plan, one), caller, console)
            for one in plan.containers
        }

    @property
    def name(self) -> str:
        """Its name."""
        return self.prepared.plan.name

    async def start(self) -> None:
        """Create the containers, and start each when its conditions are met.

        Raises:
            LocalError: The engine rejects a container.
        """
        for one in self.prepared.plan.containers:
            await self._make(one)
        self._lives = [asyncio.create_task(self._life(one)) for one in self._containers.values()]

    async def _make(self, container: ContainerPlan) -> None:
        prepared = self.prepared
        hidden = prepared.hidden.get(container.name, {})
        ports = {port.number for port in prepared.plan.ports if port.container == container.name}
        command = self._run.make_container(
            prepared.plan,
            container,
            image=prepared.images[container.name],
            environment={**prepared.environment.get(container.name, {}), **container.environment},
            hidden=sorted(hidden),
            volumes=prepared.volumes,
            aliases=[*prepared.aliases, *container.aliases],
            published=[one for one in prepared.published if one.number in ports],
        )
        done = await self._caller.call(command, hidden=hidden)
        if done.code:
            raise LocalError(f"{self._containers[container.name].source}: {done.why}")

    async def _life(self, container: Container) -> None:
        try:
            for wait in container.plan.waits:
                await self._containers[wait.container].reach(wait)
        except LocalError as error:
            self._console.say(f"not started: {error}", source=container.source)
            self._end(1)
            return
        if self.ended.is_set():
            return
        await container.run()
        self._console.say(f"exited with code {container.code}", source=container.source)
        if container.plan.essential or all(one.ended.is_set() for one in self._containers.values()):
            self._end(container.code or 0)

    def _end(self, code: int) -> None:
        if not self.ended.is_set():
            self.code = code
            self.ended.set()

    async def ready(self) -> bool:
        """Wait until its essential containers run and are healthy. Return False if the task ended first."""
        for one in self._containers.values():
            if one.plan.essential:
                await first_of(one.settled, self.ended)
        return not self.ended.is_set()

    async def stop(self, *, at_once: bool = False) -> None:
        """Stop its containers in reverse order, and remove them."""
        self._end(0)
        for container in reversed(self._containers.values()):
            await container.stop(at_once=at_once)
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        await self._caller.call(["rm", "--force", *self._names])

    async def kill(self) -> None:
        """Kill its containers immediately."""
        await self._caller.call(["kill", *self._names])

    @property
    def _names(self) -> list[str]:
        return [one.name for one in reversed(self._containers.values())]


def source_of(plan: TaskPlan, container: ContainerPlan) -> str:
    """Return the name of a container in the output."""
    return plan.name if len(plan.containers) == 1 else f"{plan.name}/{container.name}"
