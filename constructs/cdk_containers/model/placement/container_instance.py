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
    """An EC2 instance that is registered with a cluster, and its free resources.

    Attributes:
        id: Name of the instance in results.
        cpu: Free CPU units.
        memory_mib: Free memory in MiB.
        zone: Availability Zone.
        attributes: More attributes, built-in or own, without `attribute:` before the name.
        gpus: Free GPUs.
        interfaces: For how many more tasks in awsvpc mode it has network interfaces; None for no limit.
        task_groups: Task groups of other tasks on it, one for each task.
        host_ports: Host ports that these tasks use.
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
        """The attributes, including the zone as in ECS."""
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
    """Return empty instances of a type, distributed over the zones as by an Auto Scaling group.

    Args:
        type: Instance type or its name.
        count: How many.
        zones: Availability Zones, such as `us-east-1a`.
        eni_trunking: Whether they have trunk interfaces, for many more tasks in awsvpc mode.
        reserved_memory_mib: Memory that the agent reserves for the system (`ECS_RESERVED_MEMORY`), in MiB.
        attributes: Custom attributes of all instances.

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
