"""Facts about EC2 instance types, from a file in the package.

The file is written by `scripts/update_instances.py`, which names the sources. A type that is newer than the file is not
in it. Checks that use these facts should accept such a type (`find_instance_type`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Literal, cast

from cdk_containers.core.frozen import frozen

from ..workload import Architecture

_FAMILY = re.compile(r"[a-z][a-z0-9-]*")
_SIZE = re.compile(r"nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?")

Hypervisor = Literal["nitro", "xen"]


@frozen
class InstanceType:
    """The facts about an EC2 instance type.

    Attributes:
        name: Name such as `m7g.large`.
        vcpus: Number of virtual processors; each is 1024 CPU units to ECS.
        memory_mib: Memory as EC2 advertises it, in MiB. ECS can use less: see `registered_memory_mib`.
        architecture: CPU architecture, as in task definitions.
        gpus: Number of whole GPUs.
        neuron_devices: Number of AWS's own accelerators, Inferentia or Trainium.
        network_interfaces: Maximum number of network interfaces, including the instance's own.
        trunked_tasks: Maximum number of tasks in awsvpc mode with ENI trunking; None if the type does not support it or
            no source lists it.
        hypervisor: Its hypervisor; None for bare metal.
        pod_interfaces: Maximum number of network interfaces on the first network card, whose addresses pods use.
        interface_addresses: Maximum number of IPv4 addresses of one network interface.
    """

    name: str
    vcpus: int
    memory_mib: int
    architecture: Architecture
    gpus: int
    neuron_devices: int
    network_interfaces: int
    trunked_tasks: int | None
    hypervisor: Hypervisor | None
    pod_interfaces: int
    interface_addresses: int

    @property
    def family(self) -> str:
        """The part of the name before the dot, such as `m7g`."""
        return self.name.partition(".")[0]

    @property
    def cpu(self) -> int:
        """CPU units that ECS can use: 1024 for each vCPU."""
        return self.vcpus * 1024

    @property
    def bare_metal(self) -> bool:
        """Whether there is no hypervisor."""
        return self.hypervisor is None

    @property
    def nitro(self) -> bool:
        """Whether it is built on the Nitro System, as all bare-metal types are."""
        return self.hypervisor != "xen"

    @property
    def registered_memory_mib(self) -> int:
        """Memory that ECS is assumed to be able to use, in MiB: less than the instance has.

        The agent registers the memory that Linux reports, without the part that the kernel and the platform reserve.
        How much depends on the type, the AMI and the kernel, and AWS publishes no table. Published numbers are 7985 of
        8192 MiB for an m4.large (the ECS guide), 7679 of 8192 for an inf1.xlarge (aws/amazon-ecs-agent, issue 3331),
        and 2 to 4 % less for other types of that age; the guide of AWS Batch advises to leave a buffer of 5 %.

        The assumption deducts 3 % and 272 MiB, and for small types at most a sixteenth. The result is never above a
        published number. A task that fits according to it does fit. A task that only just does not fit may still fit.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
        """
        kept = min(self.memory_mib / 16, self.memory_mib * 0.03 + 272)
        return int(self.memory_mib - kept)


class UnknownInstanceTypeError(LookupError):
    """The package knows no instance type of this name.

    Attributes:
        name: The name that was asked for.
        nearest: The nearest names, best first; empty if none is near.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nearest = _nearest(name)
        hint = f"; the nearest are {', '.join(self.nearest)}" if self.nearest else ""
        super().__init__(f"unknown EC2 instance type {name!r}{hint}")


def instance_type(name: str) -> InstanceType:
    """Return the facts about an instance type.

    Raises:
        UnknownInstanceTypeError: There is no such type, or it is newer than the facts; the error names the nearest
            types.
    """
    found = find_instance_type(name)
    if found is None:
        raise UnknownInstanceTypeError(name)
    return found


def find_instance_type(name: str) -> InstanceType | None:
    """Return the facts about an instance type, or None if there are none: the type may be newer than the facts."""
    return instance_types().get(name)


def misspelt_instance_type(name: str) -> str | None:
    """Return the problem of a name that no instance type can have, with the nearest names; None if it may be valid.

    A family, or a size of it, may be newer than the facts, but the names of sizes are known.
    """
    family, dot, size = name.partition(".")
    if name in instance_types() or (dot and _FAMILY.fullmatch(family) and _SIZE.fullmatch(size)):
        return None
    known = any(type_.startswith(f"{family}.") for type_ in instance_types())
    return f"a type such as {', '.join(_nearest(name) if known else ['m7g.large', 't3.small'])}"


@cache
def instance_types() -> Mapping[str, InstanceType]:
    """Return all known instance types by name, family by family, small ones first."""
    return {known.name: known for known in _read()}


def _read() -> Iterator[InstanceType]:
    with (resources.files(__package__) / "instance_types.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            yield InstanceType(
                name=row["name"],
                vcpus=int(row["vcpus"]),
                memory_mib=int(row["memory_mib"]),
                architecture=cast("Architecture", row["architecture"]),
                gpus=int(row["gpus"]),
                neuron_devices=int(row["neuron_devices"]),
                network_interfaces=int(row["network_interfaces"]),
                trunked_tasks=int(row["trunked_tasks"]) if row["trunked_tasks"] else None,
                hypervisor=cast("Hypervisor | None", row["hypervisor"] or None),
                pod_interfaces=int(row["pod_interfaces"]),
                interface_addresses=int(row["interface_addresses"]),
            )


def _nearest(name: str) -> tuple[str, ...]:
    from difflib import get_close_matches  # noqa: PLC0415  (needed only here, and 2 ms to import)

    same_family = [known for known in instance_types() if known.startswith(f"{name.partition('.')[0]}.")]
    return tuple(get_close_matches(name, same_family or instance_types(), n=3, cutoff=0.6)) or tuple(same_family[:3])
