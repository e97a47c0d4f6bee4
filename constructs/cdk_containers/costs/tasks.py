"""What the tasks of services use."""

from __future__ import annotations

from cdk_containers.checks.rules.service_counts import is_daemon, task_counts
from cdk_containers.checks.rules.service_parts import SERVICE, capacities, strategy_of, task_definition
from cdk_containers.checks.templates import CannotTell, Map, Resource
from cdk_containers.model.workload import Architecture

from .usage import Part, Usage, counted, hourly, used_by

_UNITS, _MIB = 1024, 1024
_FREE_STORAGE_GIB = 20
_EXPRESS = "AWS::ECS::ExpressGatewayService"
SPOT = "FARGATE_SPOT"


def size_of(task: Resource) -> tuple[float, float, str, float]:
    """Return the vCPUs and the GB of a task, the name of its prices, and the GB of disk that are not free."""
    cpu, memory = amount(task.text("Cpu"), "vcpu", _UNITS), amount(task.text("Memory"), "gb", _MIB)
    if not cpu or not memory:
        raise CannotTell("the task definition does not say how large a task is")
    system = task.text("RuntimePlatform", "OperatingSystemFamily", default="LINUX")
    architecture = task.text("RuntimePlatform", "CpuArchitecture", default="X86_64")
    name = ("arm" if architecture == "ARM64" else "x86") if system == "LINUX" else f"windows-{system.lower()}"
    disk = task.number("EphemeralStorage", "SizeInGiB", default=_FREE_STORAGE_GIB)
    return cpu, memory, name, max(disk - _FREE_STORAGE_GIB, 0)


def amount(text: str, unit: str, divisor: int) -> float:
    """Return vCPUs or GB of `512`, `.5 vCPU` or `1 GB`."""
    lowered = text.lower().replace(" ", "")
    return float(lowered.removesuffix(unit)) if lowered.endswith(unit) else float(lowered or 0) / divisor


def fargate(name: str, cpu: float, memory: float, disk: float, low: float, high: float, *, spot: bool = False) -> list[Part]:
    """Return what a number of tasks uses on Fargate, all month."""
    discount = "fargate" if spot else ""
    parts = [
        hourly(f"fargate-vcpu-{name}", low * cpu, high * cpu, spot=discount),
        hourly(f"fargate-gb-{name}", low * memory, high * memory, spot=discount),
    ]
    return [*parts, *([hourly("fargate-storage", low * disk, high * disk)] if disk else [])]


def shares(strategy: list[Map], tasks: int) -> dict[str, float]:
    """Return how many of some tasks run on each capacity provider, on average."""
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
    """Count the tasks of a service, where Fargate runs them; instances are counted by themselves."""
    if is_daemon(resource):
        return Usage("a task on each instance, which is counted by itself")
    low, high = task_counts(resource)
    kinds = capacities(resource)
    if kinds != {"Fargate"}:
        where = " and ".join(sorted(kinds))
        managed = "Managed Instances" in kinds
        why = "ECS chooses the instances" if managed else ""
        return Usage(f"{counted(low, high, 'task')} on {where}{'' if managed else ', counted by themselves'}", unknown=why)
    cpu, memory, name, disk = size_of(task_definition(resource))
    strategy = strategy_of(resource)
    at_least = shares(strategy, low) if strategy else {"FARGATE": float(low)}
    at_most = shares(strategy, high) if strategy else {"FARGATE": float(high)}
    parts = [
        part
        for provider in at_most
        if at_most[provider]
        for part in fargate(name, cpu, memory, disk, at_least[provider], at_most[provider], spot=provider == SPOT)
    ]
    kind = "Fargate Spot" if set(at_most) == {SPOT} else "Fargate and Spot" if at_most.get(SPOT) else "Fargate"
    return Usage(f"{counted(low, high, 'task')}, {cpu:g} vCPU, {memory:g} GB, {name}, {kind}", tuple(parts))


@used_by(_EXPRESS)
def express(resource: Resource) -> Usage:
    """Count the tasks of an Express service; ECS makes its load balancer."""
    low = int(resource.number("ScalingTarget", "MinTaskCount", default=1))
    high = int(resource.number("ScalingTarget", "MaxTaskCount", default=max(low, 20)))
    cpu = amount(resource.text("Cpu", default="256"), "vcpu", _UNITS)
    memory = amount(resource.text("Memory", default="512"), "gb", _MIB)
    what = f"{counted(low, high, 'task')}, {cpu:g} vCPU, {memory:g} GB, x86, Fargate"
    parts = fargate("x86", cpu, memory, 0, low, high)
    return Usage(what, tuple(parts), unknown="up to 25 Express services share a load balancer, which ECS makes")


def architecture_name(architecture: Architecture) -> str:
    """Return the name that the prices of Fargate have for an architecture."""
    return "arm" if architecture == "ARM64" else "x86"
