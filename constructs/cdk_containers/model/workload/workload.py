"""A containerized application: containers and volumes with one life cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Literal, TypeVar

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

from .container import Container
from .volume import Volume

Architecture = Literal["X86_64", "ARM64"]
OperatingSystem = Literal[
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
]


_Item = TypeVar("_Item", bound=Hashable)


@frozen
class Workload:
    """Containers that share a life cycle, a network address, resources and volumes.

    Attributes:
        containers: The containers. By default, a service sends requests to the first.
        volumes: Volumes that they can mount.
        cpu: CPU units for all of them, 1024 to a vCPU. Default: none.
        memory_limit_mib: Memory in MiB for all of them. Default: none.
        shared_address: Whether the containers share one network address, as always except in bridge mode. Default:
            True.
    """

    containers: Sequence[Container]
    volumes: Sequence[Volume] = ()
    cpu: int | None = None
    memory_limit_mib: int | None = None
    shared_address: bool = True

    def problems(self, *, beside: Sequence[Container] = ()) -> list[Problem]:
        """Find problems on any platform; containers that other parts add `beside` these can also mount volumes."""
        found = Problems()
        wrong_types = field_problems(self)
        if wrong_types:
            return wrong_types
        for index, container in enumerate(self.containers):
            found.extend(container.problems(), under=f"containers[{index}]")
        for index, volume in enumerate(self.volumes):
            found.extend(volume.problems(), under=f"volumes[{index}]")
        if found:
            return list(found)
        found.extend(self._container_problems())
        found.extend(self._dependency_problems())
        found.extend(self._port_problems())
        found.extend(self._volume_problems(beside))
        found.extend(self._size_problems())
        return list(found)

    def _container_problems(self) -> list[Problem]:
        found = Problems()
        if not self.containers:
            found.add("containers", "there is none", allowed="at least one container", practice="container-count")
        elif not any(container.essential for container in self.containers):
            found.add(
                "containers",
                "no container is essential, so nothing would stop the task when it fails",
                given=[container.name for container in self.containers],
                practice="essential-container",
                allowed="at least one container with essential=True",
            )
        for name in _repeated(container.name for container in self.containers):
            found.add(
                "containers",
                "two containers have the same name",
                given=name,
                allowed="a name for each",
                practice="container-names",
            )
        return list(found)

    def _dependency_problems(self) -> list[Problem]:
        found = Problems()
        by_name = {container.name: container for container in self.containers}
        for index, container in enumerate(self.containers):
            for name, condition in container.depends_on.items():
                option = f"containers[{index}].depends_on"
                target = by_name.get(name)
                if target is None:
                    found.add(
                        option,
                        "there is no such container",
                        given=name,
                        allowed=_listed(by_name),
                        practice="container-dependencies",
                    )
                elif condition == "HEALTHY" and target.health_check is None:
                    found.add(
                        option,
                        f"{name} has no health check, so it never becomes HEALTHY",
                        given=condition,
                        allowed="START, or a health_check on that container",
                        practice="container-dependencies",
                    )
                elif condition in ("COMPLETE", "SUCCESS") and target.essential:
                    found.add(
                        option,
                        f"{name} is essential, so the task stops when it completes",
                        given=condition,
                        allowed="essential=False on that container",
                        practice="container-dependencies",
                    )
            for link in container.docker.links if container.docker is not None else ():
                if not is_token(link) and link.partition(":")[0] not in by_name.keys() - {container.name}:
                    found.add(
                        f"containers[{index}].docker.links",
                        "the task has no other container with this name",
                        given=link,
                        allowed=_listed(name for name in by_name if name != container.name),
                    )
        order = TopologicalSorter({container.name: _before(container) for container in self.containers})
        try:
            order.prepare()
        except CycleError as cycle:
            found.add(
                "containers",
                "containers wait for each other, so none would start",
                given=Shown(" → ".join(reversed(cycle.args[1]))),
                allowed="an order in which they can start",
                practice="container-dependencies",
            )
        return list(found)

    def _port_problems(self) -> list[Problem]:
        found = Problems()
        ports = [(port.number, port.protocol) for container in self.containers for port in container.all_ports]
        for number, protocol in _repeated(ports) if self.shared_address else ():
            found.add(
                "containers",
                "two containers listen on the same port, and they share one network address",
                given=Shown(f"{number}/{protocol}"),
                allowed="a port for each",
                practice="port-mappings",
            )
        found.extend(self._port_range_problems())
        names = [port.name for container in self.containers for port in container.all_ports if port.name]
        for name in _repeated(names):
            found.add(
                "containers",
                ("two ports have the same name"),
                given=name,
                allowed="a name for each",
                practice="port-mappings",
            )
        return list(found)

    def _port_range_problems(self) -> list[Problem]:
        """Find ports of ranges that the container itself or others with the same address already use."""
        found = Problems()
        taken = [
            (index, port.number, port.number, port.protocol)
            for index, container in enumerate(self.containers)
            for port in container.all_ports
            if not is_token(port.number)
        ]
        for index, container in enumerate(self.containers):
            for number, ports in enumerate(container.port_ranges):
                for owner, first, last, protocol in taken:
                    beside = owner == index or self.shared_address
                    if beside and protocol == ports.protocol and first <= ports.last and ports.first <= last:
                        found.add(
                            f"containers[{index}].port_ranges[{number}]",
                            f"{self.containers[owner].name} listens on a port of it",
                            given=Shown(f"{ports.first}-{ports.last}/{ports.protocol}"),
                            allowed="unused ports",
                            practice="port-mappings",
                        )
                taken.append((index, ports.first, ports.last, ports.protocol))
        return list(found)

    def _volume_problems(self, beside: Sequence[Container]) -> list[Problem]:
        found = Problems()
        names = [volume.name for volume in self.volumes]
        for name in _repeated(names):
            found.add(
                "volumes",
                "two volumes have the same name",
                given=name,
                allowed="a name for each",
                practice="container-names",
            )
        mounted = {mount.volume for container in (*self.containers, *beside) for mount in container.mounts}
        for index, container in enumerate(self.containers):
            for mount in container.mounts:
                if mount.volume not in names:
                    found.add(
                        f"containers[{index}].mounts",
                        "there is no such volume",
                        given=mount.volume,
                        allowed=_listed(names),
                    )
            paths = [*(mount.path for mount in container.mounts), *(entry.path for entry in container.all_tmpfs)]
            for path in _repeated(paths):
                found.add(
                    f"containers[{index}]",
                    ("two volumes are mounted at the same path"),
                    given=path,
                    allowed="a path for each",
                )
        for index, volume in enumerate(self.volumes):
            if volume.name not in mounted:
                found.add(
                    f"volumes[{index}]",
                    "no container mounts it",
                    given=volume.name,
                    allowed="a VolumeMount in a container, or no volume",
                )
        return list(found)

    def _size_problems(self) -> list[Problem]:
        found = Problems()
        for option, total in (("cpu", self.cpu), ("memory_limit_mib", self.memory_limit_mib)):
            if total is None or is_token(total):
                continue
            for index, container in enumerate(self.containers):
                part = getattr(container, option)
                if part is not None and not is_token(part) and part > total:
                    found.add(
                        f"containers[{index}].{option}",
                        f"more than the task's {total}",
                        given=part,
                        allowed=f"up to {total}",
                        practice="container-memory",
                    )
        reserved = {
            "cpu": [container.cpu or 0 for container in self.containers],
            "memory_limit_mib": [
                container.memory_reservation_mib or container.memory_limit_mib or 0 for container in self.containers
            ],
        }
        for option, parts in reserved.items():
            total = getattr(self, option)
            if total is None or is_token([total, *parts]) or found.has("containers"):
                continue
            if sum(parts) > total or max(parts, default=0) > total:
                found.add(
                    "containers",
                    f"together they reserve more {option} than the task's {total}",
                    given=Shown(" + ".join(str(part) for part in parts if part)),
                    allowed=f"up to {total} in all",
                    practice="container-memory",
                )
        return list(found)


def _before(container: Container) -> list[str]:
    """Return the containers that start before a container: it waits for them, or links to them."""
    links = container.docker.links if container.docker is not None else ()
    return [*container.depends_on, *(link.partition(":")[0] for link in links if not is_token(link))]


def _repeated(items: Iterable[_Item]) -> list[_Item]:
    return [item for item, count in Counter(items).items() if count > 1]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none is declared"
