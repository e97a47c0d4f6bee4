"""Checks of task definitions as a whole: sizes, names, order and ports."""

from __future__ import annotations

import re
from collections import Counter

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Map, Missing, Resource, Unknown
from cdk_containers.core.fargate_sizes import WINDOWS_CPU, fargate_sizes, nearest_fargate_sizes

from .containers import Container, containers_of, each_container, on_fargate, on_windows
from .questions import holds_for_any
from .service_parts import TASK_DEFINITION, services_of

_UNITS = {"": 1, "MB": 1, "GB": 1024, "VCPU": 1024}
_SIZE = re.compile(r"\s*(\d*\.?\d+)\s*([A-Z]*)\s*", re.IGNORECASE)
_BALANCED = ("LoadBalancers", "VpcLatticeConfigurations")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


@check("fargate-task-size", TASK_DEFINITION, fix="Set Cpu and Memory to a combination that Fargate supports.")
def size_is_one_of_fargate(task: Resource) -> Outcome | None:
    """Fargate supports fixed combinations of CPU and memory."""
    if not on_fargate(task):
        return None
    cpu, memory = _size(task, "Cpu"), _size(task, "Memory")
    if cpu is None or memory is None:
        missing = " and ".join(key for key, value in (("Cpu", cpu), ("Memory", memory)) if value is None)
        return fault(f"it is for Fargate and has no {missing}")
    if (cpu, memory) not in fargate_sizes():
        nearest = ", ".join(f"{c} with {m}" for c, m in nearest_fargate_sizes(cpu, memory))
        return fault(
            (f"Fargate does not support {cpu} CPU units with {memory} MiB"),
            fix=f"Use one of the nearest combinations: {nearest}.",
        )
    if on_windows(task) and cpu not in WINDOWS_CPU:
        return fault(f"Windows containers do not support {cpu} CPU units")
    return ok(f"Fargate supports {cpu} CPU units with {memory} MiB")


def _size(task: Resource, key: str) -> int | None:
    if not task.has(key):
        return None
    found = _SIZE.fullmatch(task.text(key))
    unit = _UNITS.get(found[2].upper()) if found else None
    return round(float(found[1]) * unit) if found and unit else None


@check("container-count", TASK_DEFINITION, fix="Put one to ten containers into ContainerDefinitions.")
def has_one_to_ten_containers(task: Resource) -> Outcome:
    """ECS refuses a task with none, and with more than ten."""
    count = len(task.values("ContainerDefinitions"))
    return ok(f"it has {count} containers") if 1 <= count <= 10 else fault(f"it has {count} containers")


@check("essential-container", TASK_DEFINITION, fix="Set Essential to true on the application container.")
def has_an_essential_container(task: Resource) -> Outcome | None:
    """A task needs an essential container."""
    containers = containers_of(task)
    if not containers:
        return None
    if holds_for_any(lambda one: one.source.flag("Essential", default=True), containers):
        return ok("the task has an essential container")
    return fault("no container is essential")


@check("container-memory", TASK_DEFINITION, fix="Set Memory on each container, with a sum that fits into the task.")
def memory_is_limited_and_fits(task: Resource) -> Outcome | None:
    """Each container has a memory limit, and their sum fits into the task."""
    whole = _size(task, "Memory")
    containers = containers_of(task)
    total = 0.0
    for one in containers:
        limit, reserved = one.source.number("Memory"), one.source.number("MemoryReservation")
        if limit is not None and reserved is not None and reserved > limit:
            return fault(f"{one} reserves {reserved:.0f} MiB, but its limit is {limit:.0f}")
        if whole is not None and limit is not None and limit > whole:
            return fault(f"{one} has a limit of {limit:.0f} MiB, but the task has {whole}")
        total += reserved if reserved is not None else limit or 0
    if whole is not None and total > whole:
        return fault(f"the containers need {total:.0f} MiB, but the task has {whole}")
    if whole is not None and len(containers) == 1:
        return ok("the task size limits its only container")
    kept = ("Memory",) if whole is None else ("Memory", "MemoryReservation")
    open_ones = [one.name for one in containers if not any(one.source.has(key) for key in kept)]
    if open_ones:
        return fault(f"the memory of {', '.join(open_ones)} has no limit and no reservation")
    return ok("each container has its own memory") if containers else None


@check(
    "container-dependencies",
    TASK_DEFINITION,
    fix="Set DependsOn to containers of the task, without a cycle, on conditions that can be met.",
)
def dependencies_can_come_true(task: Resource) -> Outcome | None:
    """A cycle, or a condition that can never be met, prevents the task from starting."""
    containers = {one.source.text("Name"): one for one in containers_of(task)}
    waits = {name: list(one.source.maps("DependsOn")) for name, one in containers.items()}
    if not any(waits.values()):
        return None
    for name, dependencies in waits.items():
        for dependency in dependencies:
            problem = _problem(dependency, containers)
            if problem:
                return fault(f"container {name} {problem}")
    cycle = _cycle({name: [one.text("ContainerName") for one in them] for name, them in waits.items()})
    if cycle:
        return fault(f"the containers {' → '.join(cycle)} wait for each other")
    return ok("the start order has no cycle")


def _problem(dependency: Map, containers: dict[str, Container]) -> str:
    name, condition = dependency.text("ContainerName"), dependency.text("Condition", default="START").upper()
    other = containers.get(name)
    if other is None:
        return f"waits for {name}, which is not a container of the task"
    if condition == "HEALTHY" and not other.source.has("HealthCheck"):
        return f"waits until {name} is healthy, but {name} has no HealthCheck"
    if condition in {"COMPLETE", "SUCCESS"} and other.source.flag("Essential", default=True):
        return f"waits for the end of {name}, which is essential, so the task stops with it"
    return ""


def _cycle(waits: dict[str, list[str]]) -> list[str]:
    """Return a cycle, with its first name repeated at the end; nothing if there is none."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in waits.get(name, []):
            found = visit(other, [*path, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in waits if (found := visit(name, []))), [])


@check("version-consistency", TASK_DEFINITION, fix="Set VersionConsistency to enabled, or remove it.")
@each_container
def images_are_resolved_once(container: Container) -> Outcome:
    """ECS resolves a tag to a digest once for each deployment."""
    if container.source.text("VersionConsistency", default="enabled").lower() == "disabled":
        return fault(f"{container} can run different images in one deployment")
    return ok("ECS resolves tags once")


@check(
    "ephemeral-storage",
    TASK_DEFINITION,
    fix=("Set EphemeralStorage.SizeInGiB to a value from 21 to 200, or remove it."),
)
def ephemeral_storage_is_possible(task: Resource) -> Outcome | None:
    """Fargate accepts 21 to 200 GiB."""
    if not task.has("EphemeralStorage"):
        return None
    size = task.number("EphemeralStorage", "SizeInGiB", default=0)
    if not on_fargate(task) and task.has("RequiresCompatibilities"):
        return fault("it requests ephemeral storage, which only Fargate supports", fix="Remove EphemeralStorage.")
    return ok(f"it requests {size:.0f} GiB") if 21 <= size <= 200 else fault(f"it requests {size:.0f} GiB")


@check("container-health-check", TASK_DEFINITION, fix="Add a HealthCheck to the essential container.")
def something_checks_health(task: Resource) -> Outcome | None:
    """A load balancer, VPC Lattice or ECS checks the health of a service that others call."""
    if holds_for_any(lambda one: one.source.has("HealthCheck"), containers_of(task)):
        return ok("a container has a health check")
    services = [one for one in services_of(task) if not any(one.values(key) for key in _BALANCED)]
    if holds_for_any(_is_found_by_name, services):
        return fault("other services find it by name, but nothing checks its health")
    if services:
        raise CannotTell("no container has a health check, so ECS does not replace a task that hangs")
    return ok("a load balancer checks its health") if services_of(task) else None


def _is_found_by_name(service: Resource) -> bool:
    return bool(service.values("ServiceRegistries") or service.values("ServiceConnectConfiguration", "Services"))


@check(
    "runtime-platform",
    TASK_DEFINITION,
    fix=("Set RuntimePlatform to the CPU architecture and operating system of the image."),
)
def platform_is_written_out(task: Resource) -> Outcome | None:
    """The platform is set, because ECS assumes Linux on x86_64."""
    if not on_fargate(task) and not task.has("RuntimePlatform"):
        return None
    if not task.has("RuntimePlatform", "CpuArchitecture") and not on_windows(task):
        raise CannotTell("no CPU architecture is set, so the image must be built for X86_64")
    processor = task.text("RuntimePlatform", "CpuArchitecture", default="X86_64").upper()
    if processor not in {"X86_64", "ARM64"}:
        return fault(f"ECS does not support the CPU architecture {processor}")
    if on_windows(task) and processor == "ARM64":
        return fault("Windows containers run only on X86_64")
    return ok(f"the image is for {processor}")


@check(
    "container-names",
    TASK_DEFINITION,
    fix="Give each container and volume a unique name of letters, digits, hyphens and underscores.",
)
def names_are_possible(task: Resource) -> Outcome | None:
    """Names are unique and contain only valid characters."""
    volumes = [one.value("Name") for one in task.maps("Volumes")]
    mounted: list[object] = []
    names: list[object] = []
    for one in containers_of(task):
        names.append(one.source.value("Name"))
        mounted += [mount.value("SourceVolume") for mount in one.source.maps("MountPoints")]
    for kind, given in (("container", names), ("volume", volumes)):
        known = [name for name in given if isinstance(name, str)]
        wrong = [name for name in known if not _NAME.fullmatch(name)]
        twice = [name for name, count in Counter(known).items() if count > 1]
        if wrong or twice or any(isinstance(name, Missing) for name in given):
            return fault(
                f"the {kind} name {(wrong or twice or ['(none)'])[0]!r} is {'used twice' if twice else 'not valid'}"
            )
    unknown = [name for name in (*names, *volumes, *mounted) if isinstance(name, Unknown)]
    if unknown:
        raise CannotTell(f"a name depends on {unknown[0].why}")
    lost = [name for name in mounted if name not in volumes]
    if lost:
        return fault(f"a container mounts the volume {lost[0]}, which the task does not have")
    return ok("the names are unique") if names else None
