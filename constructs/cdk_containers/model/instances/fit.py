"""How many tasks of a kind fit on an instance, and what limits them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from cdk_containers.core.frozen import frozen

from .instance_type import InstanceType

NetworkMode = Literal["awsvpc", "bridge", "host"]

RESERVED_HOST_PORTS = frozenset({22, 2375, 2376, 51678, 51679, 51680})
"""Host ports that are in use on every container instance: SSH, Docker's and the ECS agent's.

See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
"""


@frozen
class Limit:
    """How many tasks fit according to one resource.

    Attributes:
        resource: The resource, in words.
        tasks: How many tasks fit.
        arithmetic: How this number was computed.
    """

    resource: str
    tasks: int
    arithmetic: str


@frozen
class Fit:
    """How many tasks of a kind fit on one instance.

    Attributes:
        instance: The instance type.
        limits: One for each resource that the tasks request; empty if they request none.
        with_eni_trunking: For how many tasks the network interfaces would suffice with ENI trunking, if it is off and
            the type supports it.
    """

    instance: InstanceType
    limits: tuple[Limit, ...]
    with_eni_trunking: int | None = None

    @property
    def tasks(self) -> int | None:
        """How many tasks fit; None if they request no limited resource."""
        return min((limit.tasks for limit in self.limits), default=None)

    @property
    def holds_a_task(self) -> bool:
        """Whether a single task fits."""
        return self.tasks != 0

    @property
    def limiting(self) -> tuple[Limit, ...]:
        """The resources that run out first."""
        return tuple(limit for limit in self.limits if limit.tasks == self.tasks)

    @property
    def explanation(self) -> str:
        """The arithmetic, as one line of text.

        For instance `cpu: 2048 units / 512 = 4; memory: 7680 MiB / 2048 = 3; network interfaces: 3 - 1 for the instance
        = 2 → 2 tasks (network interfaces are the limit; 10 with ENI trunking)`.
        """
        if not self.limits:
            return "the tasks request no limited resource"
        tasks = self.tasks
        count = "no task" if tasks == 0 else "1 task" if tasks == 1 else f"{tasks} tasks"
        names = [limit.resource for limit in self.limiting]
        plural = len(names) > 1 or names[0].endswith("s")
        why = f"{' and '.join(names)} {'are' if plural else 'is'} the limit"
        if self.with_eni_trunking is not None and _INTERFACES in names:
            why += f"; {self.with_eni_trunking} with ENI trunking"
        return f"{'; '.join(limit.arithmetic for limit in self.limits)} → {count} ({why})"


_INTERFACES = "network interfaces"


def tasks_per_instance(
    instance: InstanceType,
    *,
    cpu: int,
    memory_mib: int,
    gpus: int = 0,
    neuron_devices: int = 0,
    host_ports: Collection[int] = (),
    network_mode: NetworkMode = "awsvpc",
    eni_trunking: bool = False,
    reserved_memory_mib: int = 0,
) -> Fit:
    """Return how many tasks of a kind fit on an empty instance.

    Args:
        instance: The instance type.
        cpu: CPU units of a task, or the sum of its containers'; 0 for none.
        memory_mib: Memory of a task in MiB: its own, or else the sum of its containers' reservations, and of their
            limits where they have no reservation.
        gpus: GPUs of a task.
        neuron_devices: Neuron devices that a task sees. Tasks share them, so tasks do not fit only if the instance has
            fewer.
        host_ports: Ports that a task uses on the instance, in bridge and host mode; 0 is a dynamic port, which never
            runs out. No effect in awsvpc mode, because every task has its own interface.
        network_mode: Network mode of the task definition.
        eni_trunking: Whether the account setting `awsvpcTrunking` was on when the instance was launched.
        reserved_memory_mib: Memory that the agent reserves for the system (`ECS_RESERVED_MEMORY`), in MiB.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
    """
    limits = [
        *_resources(instance, cpu=cpu, memory_mib=memory_mib, gpus=gpus, reserved_memory_mib=reserved_memory_mib),
        *(_interfaces(instance, eni_trunking=eni_trunking) if network_mode == "awsvpc" else _ports(host_ports)),
    ]
    if neuron_devices > instance.neuron_devices:
        arithmetic = f"neuron devices: {instance.neuron_devices}, fewer than {neuron_devices}"
        limits.append(Limit(resource="neuron devices", tasks=0, arithmetic=arithmetic))
    return Fit(
        instance=instance,
        limits=tuple(limits),
        with_eni_trunking=instance.trunked_tasks if network_mode == "awsvpc" and not eni_trunking else None,
    )


def _resources(
    instance: InstanceType, *, cpu: int, memory_mib: int, gpus: int, reserved_memory_mib: int
) -> Iterator[Limit]:
    if cpu:
        tasks = instance.cpu // cpu
        yield Limit(resource="cpu", tasks=tasks, arithmetic=f"cpu: {instance.cpu} units / {cpu} = {tasks}")
    if memory_mib:
        memory = max(instance.registered_memory_mib - reserved_memory_mib, 0)
        tasks = memory // memory_mib
        yield Limit(resource="memory", tasks=tasks, arithmetic=f"memory: {memory} MiB / {memory_mib} = {tasks}")
    if gpus:
        tasks = instance.gpus // gpus
        yield Limit(resource="gpus", tasks=tasks, arithmetic=f"gpus: {instance.gpus} / {gpus} = {tasks}")


def _interfaces(instance: InstanceType, *, eni_trunking: bool) -> Iterator[Limit]:
    if eni_trunking and instance.trunked_tasks is not None:
        tasks, arithmetic = instance.trunked_tasks, f"{instance.trunked_tasks} with ENI trunking"
    else:
        tasks = instance.network_interfaces - 1
        arithmetic = f"{instance.network_interfaces} - 1 for the instance = {tasks}"
        if eni_trunking:
            arithmetic += f", ENI trunking is not known for {instance.name}"
    yield Limit(resource=_INTERFACES, tasks=tasks, arithmetic=f"{_INTERFACES}: {arithmetic}")


def _ports(host_ports: Collection[int]) -> Iterator[Limit]:
    static = sorted({port for port in host_ports if port})
    taken = [port for port in static if port in RESERVED_HOST_PORTS]
    if taken:
        shown = ", ".join(map(str, taken))
        yield Limit(resource="host ports", tasks=0, arithmetic=f"host ports: {shown} reserved on every instance = 0")
    elif static:
        shown = ", ".join(map(str, static))
        yield Limit(resource="host ports", tasks=1, arithmetic=f"host ports: {shown} once on an instance = 1")
