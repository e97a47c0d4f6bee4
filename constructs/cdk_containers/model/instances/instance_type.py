"""Facts about EC2 instance types, out of a file in the package.

The file is written by `scripts/update_instances.py`, which names the sources. A type that is newer than the file is not
in it: who checks an input by these facts should let such a type pass (`find_instance_type`), and not call it wrong.
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
    """What an EC2 instance type has.

    Attributes:
        name: Name such as `m7g.large`.
        vcpus: Number of virtual processors; each is 1024 CPU units to ECS.
        memory_mib: Memory as EC2 advertises it, in MiB. ECS has less to give: see `registered_memory_mib`.
        architecture: Processor architecture, in the words of task definitions.
        gpus: Number of whole GPUs.
        neuron_devices: Number of AWS's own accelerators, Inferentia or Trainium.
        network_interfaces: Most network interfaces, the instance's own included.
        trunked_tasks: Most tasks in awsvpc mode with ENI trunking; None where the type has no trunking, or none of the
            sources lists it.
        hypervisor: What it runs under; None for bare metal.
        pod_interfaces: Most network interfaces on the first network card, which pods get their addresses from.
        interface_addresses: Most IPv4 addresses of one network interface.
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
        """CPU units that ECS has to give: 1024 for each vCPU."""
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
        """Memory that ECS is assumed to have to give, in MiB: less than the instance has.

        The agent registers what Linux reports, and that lacks what the kernel and the platform keep. How much depends
        on the type, the AMI and the kernel, and AWS publishes no table. Published are 7985 of 8192 MiB for an m4.large
        (the ECS guide), 7679 of 8192 for an inf1.xlarge (aws/amazon-ecs-agent, issue 3331), and 2 to 4 % less for other
        types of that age; the guide of AWS Batch advises to leave a buffer of 5 %.

        Assumed are 3 % and 272 MiB, and for small types a sixteenth at most. That is no more than the least of the
        published numbers, to the MiB, so a task that fits by it fits; one that only just does not may still fit.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html
        """
        kept = min(self.memory_mib / 16, self.memory_mib * 0.03 + 272)
        return int(self.memory_mib - kept)


class UnknownInstanceTypeError(LookupError):
    """The package knows no instance type of this name.

    Attributes:
        name: The name that was asked for.
        nearest: Names that come nearest to it, best first; empty when none does.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nearest = _nearest(name)
        hint = f"; the nearest are {', '.join(self.nearest)}" if self.nearest else ""
        super().__init__(f"no EC2 instance type {name!r} is known here{hint}")


def instance_type(name: str) -> InstanceType:
    """Return the facts about an instance type.

    Raises:
        UnknownInstanceTypeError: There is no such type, or it is newer than the facts; the nearest names are told.
    """
    found = find_instance_type(name)
    if found is None:
        raise UnknownInstanceTypeError(name)
    return found


def find_instance_type(name: str) -> InstanceType | None:
    """Return the facts about an instance type, or None where there are none: it may be newer than they are."""
    return instance_types().get(name)


def misspelt_instance_type(name: str) -> str | None:
    """Say what a name is that no instance type can have, with the nearest that one has; None where it may be one.

    A family, or a size of it, may be newer than the facts; what a size is called is not.
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
