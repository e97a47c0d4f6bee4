"""Instances for the simulator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from types import MappingProxyType

from cdk_containers.core.frozen import frozen

from ..instances import InstanceType, instance_type

_ARCHITECTURES = {"X86_64": "x86_64", "ARM64": "arm64"}


@frozen(slots=False)
class ContainerInstance:
    """An EC2 instance that is registered with a cluster, and what it has free.

    Attributes:
        id: Name by which results refer to it.
        cpu: Free CPU units.
        memory_mib: Free memory in MiB.
        zone: Availability Zone.
        attributes: More attributes, built-in or own, without `attribute:` before the name.
        gpus: Free GPUs.
        interfaces: How many more tasks in awsvpc mode it has network interfaces for; None where they never run out.
        task_groups: Groups of the tasks of others that run on it, one for each task.
        host_ports: Ports that these take on it.
    """

    id: str
    cpu: int
    memory_mib: int
    zone: str = "us-east-1a"
    attributes: Mapping[str, str] = field(default_factory=dict)
    gpus: int = 0
    interfaces: int | None = None
    task_groups: Sequence[str] = ()
    host_ports: Collection[int] = ()

    @cached_property
    def all_attributes(self) -> Mapping[str, str]:
        """The attributes, with the zone among them as ECS has it."""
        return {"ecs.availability-zone": self.zone, **self.attributes}


def container_instances(
    type: str | InstanceType,  # noqa: A002  (EC2's word)
    count: int,
    zones: Sequence[str] = ("us-east-1a",),
    *,
    eni_trunking: bool = False,
    reserved_memory_mib: int = 0,
    attributes: Mapping[str, str] = MappingProxyType({}),
) -> tuple[ContainerInstance, ...]:
    """Return empty instances of a type, dealt out to zones in turn as an Auto Scaling group does it.

    Args:
        type: Instance type or its name.
        count: How many.
        zones: Availability Zones, such as `us-east-1a`.
        eni_trunking: Whether they have trunk interfaces, which many more tasks in awsvpc mode can share.
        reserved_memory_mib: What the agent is told to keep for the system (`ECS_RESERVED_MEMORY`), in MiB.
        attributes: Own attributes of all of them.

    Raises:
        UnknownInstanceTypeError: There are no facts about the type.
    """
    known = instance_type(type) if isinstance(type, str) else type
    trunked = known.trunked_tasks if eni_trunking else None
    return tuple(
        ContainerInstance(
            id=f"{known.name}-{number + 1}",
            cpu=known.cpu,
            memory_mib=max(known.registered_memory_mib - reserved_memory_mib, 0),
            zone=zones[number % len(zones)],
            attributes={
                "ecs.instance-type": known.name,
                "ecs.cpu-architecture": _ARCHITECTURES[known.architecture],
                "ecs.os-type": "linux",
                **attributes,
            },
            gpus=known.gpus,
            interfaces=trunked if trunked is not None else known.network_interfaces - 1,
        )
        for number in range(count)
    )
