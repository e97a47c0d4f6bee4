"""Usage of the tasks of services."""

from __future__ import annotations

from cdk_containers.checks.rules.service_counts import is_daemon, task_counts
from cdk_containers.checks.rules.service_parts import SERVICE, capacities, strategy_of, task_definition
from cdk_containers.checks.templates import CannotTell, Map, Resource
from cdk_containers.core.frozen import frozen

from .usage import Part, Usage, counted, hourly, used_by

_UNITS, _MIB = 1024, 1024
_FREE_STORAGE_GIB = 20
_EXPRESS = "AWS::ECS::ExpressGatewayService"
SPOT = "FARGATE_SPOT"


@frozen
class Size:
    """Resources of a task on Fargate.

    Attributes:
        cpu: vCPUs.
        memory: GB.
        name: Name of its prices: x86, arm, or a Windows version.
        disk: GB of disk beyond the free amount.
    """

    cpu: float
    memory: float
    name: str = "x86"
    disk: float = 0

    def __str__(self) -> str:
        return f"{self.cpu:g} vCPU, {self.memory:g} GB, {self.name}"


def size_of(task: Resource) -> Size:
    """Return the size of a task."""
    cpu, memory = amount(task.text("Cpu"), "vcpu", _UNITS), amount(task.text("Memory"), "gb", _MIB)
    if not cpu or not memory:
        raise CannotTell("the task definition sets no task size")
    system = task.text("RuntimePlatform", "OperatingSystemFamily", default="LINUX")
    architecture = task.text("RuntimePlatform", "CpuArchitecture", default="X86_64")
    name = ("arm" if architecture == "ARM64" else "x86") if system == "LINUX" else f"windows-{system.lower()}"
    disk = task.number("EphemeralStorage", "SizeInGiB", default=_FREE_STORAGE_GIB)
    return Size(cpu=cpu, memory=memory, name=name, disk=max(disk - _FREE_STORAGE_GIB, 0))


def amount(text: str, unit: str, divisor: int) -> float:
    """Parse vCPUs or GB from `512`, `.5 vCPU` or `1 GB`."""
    lowered = text.lower().replace(" ", "")
    return float(lowered.removesuffix(unit)) if lowered.endswith(unit) else float(lowered or 0) / divisor


def fargate(size: Size, low: float, high: float, *, spot: bool = False) -> list[Part]:
    """Return the usage of a number of tasks on Fargate for a month."""
    discount = "fargate" if spot else ""
    parts = [
        hourly(f"fargate-vcpu-{size.name}", low * size.cpu, high * size.cpu, spot=discount),
        hourly(f"fargate-gb-{size.name}", low * size.memory, high * size.memory, spot=discount),
    ]
    return [*parts, *([hourly("fargate-storage", low * size.disk, high * size.disk)] if size.disk else [])]


def shares(strategy: list[Map], tasks: int) -> dict[str, float]:
    """Return the average number of tasks on each capacity provider."""
    bases: dict[str, float] = {}
    weights: dict[str, float] = {}
    left = float(tasks)
    for item in strategy:
        name = item.text("CapacityProvider")
        base = min(item.number("Base", default=0), left)
        bases[name], left = base, left - base
        weights[name] = item.number("Weight", default=0)
    whole = sum(weights.values())
    return {name: base + (left * weights[name] / whole if whole else 0) for name, base in bases.items()}


@used_by(SERVICE)
def service(resource: Resource) -> Usage:
    """Count the tasks of a service on Fargate. Instances are counted separately."""
    if is_daemon(resource):
        return Usage("a task on each instance, which is counted separately")
    low, high = task_counts(resource)
    kinds = capacities(resource)
    if kinds != {"Fargate"}:
        where = " and ".join(sorted(kinds))
        managed = "Managed Instances" in kinds
        why = "ECS chooses the instances" if managed else ""
        return Usage(f"{counted(low, high, 'task')} on {where}{'' if managed else ', counted separately'}", unknown=why)
    size = size_of(task_definition(resource))
    strategy = strategy_of(resource)
    at_least = shares(strategy, low) if strategy else {"FARGATE": float(low)}
    at_most = shares(strategy, high) if strategy else {"FARGATE": float(high)}
    parts = [
        part
        for provider in at_most
        if at_most[provider]
        for part in fargate(size, at_least[provider], at_most[provider], spot=provider == SPOT)
    ]
    kind = "Fargate Spot" if set(at_most) == {SPOT} else "Fargate and Spot" if at_most.get(SPOT) else "Fargate"
    return Usage(f"{counted(low, high, 'task')}, {size}, {kind}", tuple(parts))


@used_by(_EXPRESS)
def express(resource: Resource) -> Usage:
    """Count the tasks of an Express service. ECS creates its load balancer."""
    low = int(resource.number("ScalingTarget", "MinTaskCount", default=1))
    high = int(resource.number("ScalingTarget", "MaxTaskCount", default=max(low, 20)))
    size = Size(
        cpu=amount(resource.text("Cpu", default="256"), "vcpu", _UNITS),
        memory=amount(resource.text("Memory", default="512"), "gb", _MIB),
    )
    what = f"{counted(low, high, 'task')}, {size}, Fargate"
    return Usage(
        what,
        tuple(fargate(size, low, high)),
        unknown="up to 25 Express services share a load balancer, which ECS creates",
    )
