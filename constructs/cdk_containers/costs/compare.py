"""Compares the monthly cost of a workload on each kind of capacity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from cdk_containers.core.errors import ConstructError
from cdk_containers.core.fargate_sizes import fargate_sizes
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems
from cdk_containers.model.instances import (
    InstanceType,
    UnknownInstanceTypeError,
    allocatable,
    instance_type,
    instance_types,
    pods_per_instance,
    tasks_per_instance,
)
from cdk_containers.model.workload import Architecture

from .prices import HOURS, Prices

ROOT_DISK_GB = 50
"""Size of the disk that this library gives an instance."""

_POD_MEMORY_MIB = 256
"""Memory that EKS adds to each pod on Fargate, for Kubernetes components."""

_SYSTEM_PODS = 2
_BURSTABLE = ("t2.", "t3.", "t3a.", "t4g.")
_PER_VCPU = 1024

Fits = Callable[[InstanceType], int]


@frozen
class Offer:
    """Monthly cost of a workload on one kind of capacity.

    Attributes:
        capacity: Kind of capacity, such as `ECS on EC2`.
        low: Minimum cost in US dollars a month. Below `high` only for Spot prices, which change.
        high: Maximum cost in US dollars a month; None if a price is missing.
        instances: Number of instances; 0 on Fargate.
        instance_type: Instance type; empty on Fargate.
        per_instance: Number of tasks or pods on an instance; 0 on Fargate.
        why: Calculation, or the missing price.
    """

    capacity: str
    low: float | None
    high: float | None
    instances: int = 0
    instance_type: str = ""
    per_instance: int = 0
    why: str = ""


@frozen
class Comparison:
    """Monthly cost of a workload on all kinds of capacity.

    Attributes:
        offers: Kinds of capacity, cheapest first, without a price last.
        region: The region whose prices were taken.
        dates: When these were read.
    """

    offers: tuple[Offer, ...]
    region: str
    dates: str

    @property
    def cheapest(self) -> Offer | None:
        """The cheapest offer with a fixed price; None if there is no price."""
        steady = [offer for offer in self.offers if offer.high is not None and offer.low == offer.high]
        return steady[0] if steady else None


def compare_capacity(
    prices: Prices,
    *,
    cpu: int,
    memory_mib: int,
    tasks: int = 2,
    architecture: Architecture = "X86_64",
    zones: int = 2,
    instances: Sequence[str] | None = None,
) -> Comparison:
    """Compare the monthly cost of tasks on Fargate, on instances and on EKS.

    Assumes that tasks fill the instances, that each zone has at least one instance, and that ENI trunking is on.
    Capacity for deployments is not included, and neither are load balancers, networks and logs, whose cost is the same
    everywhere.

    Args:
        prices: Prices of a region.
        cpu: CPU units of a task; 1024 units are one vCPU.
        memory_mib: Memory of a task, in MiB.
        tasks: Number of tasks that run all month. Default: 2.
        architecture: Processor architecture. Default: X86_64.
        zones: Number of Availability Zones. Default: 2.
        instances: Instance types to choose from. Default: all types that have a price, except burstable types, whose
            CPU is not always available, and types with GPUs or accelerators.

    Raises:
        ConstructError: The input is wrong.
    """
    found = argument_problems(compare_capacity, locals())
    if not found:
        for option, value in (("cpu", cpu), ("memory_mib", memory_mib), ("tasks", tasks), ("zones", zones)):
            if value < 1:
                found.add(option, "out of range", given=value, allowed="1 or more")
        for name in instances or ():
            try:
                instance_type(name)
            except UnknownInstanceTypeError as error:
                nearest = ", ".join(error.nearest) or "types such as m7g.large"
                found.add("instances", "unknown instance type", given=name, allowed=nearest)
    if found:
        raise ConstructError("compare_capacity", found)
    market = _Market(prices, _candidates(prices, architecture, instances), tasks, min(zones, tasks))

    def tasks_on(type_: InstanceType) -> int:
        fit = tasks_per_instance(type_, cpu=cpu, memory_mib=memory_mib, eni_trunking=type_.trunked_tasks is not None)
        return fit.tasks or 0

    def pods_on(type_: InstanceType) -> int:
        room = allocatable(type_, max_pods=pods_per_instance(type_))
        by_cpu = room.cpu_millicores * _PER_VCPU // (1000 * cpu)
        return max(min(by_cpu, room.memory_mib // memory_mib, room.pods - _SYSTEM_PODS), 0)

    name = "arm" if architecture == "ARM64" else "x86"
    offers = [
        _fargate(prices, "ECS on Fargate", name=name, cpu=cpu, memory_mib=memory_mib, tasks=tasks),
        _fargate(prices, "ECS on Fargate Spot", name=name, cpu=cpu, memory_mib=memory_mib, tasks=tasks, spot=True),
        market.offer("ECS on EC2", tasks_on),
        market.offer("ECS on EC2 Spot", tasks_on, spot=True),
        market.offer("ECS Managed Instances", tasks_on, fee="ecs-managed"),
        market.offer("EKS on EC2", pods_on, cluster=True),
        market.offer("EKS Auto Mode", pods_on, fee="eks-auto", cluster=True),
        _fargate(
            prices,
            "EKS on Fargate",
            name=name,
            cpu=cpu,
            memory_mib=memory_mib + _POD_MEMORY_MIB,
            tasks=tasks,
            cluster=True,
        ),
    ]
    return Comparison(offers=tuple(sorted(offers, key=_order)), region=prices.region, dates=prices.dates)


def _order(offer: Offer) -> tuple[bool, float]:
    return offer.high is None, offer.high or 0.0


def _candidates(prices: Prices, architecture: Architecture, names: Sequence[str] | None) -> list[InstanceType]:
    if names is not None:
        return [instance_type(name) for name in names]
    return [
        type_
        for type_ in instance_types().values()
        if prices.find(f"ec2:{type_.name}")
        and type_.architecture == architecture
        and not type_.name.startswith(_BURSTABLE)
        and not type_.gpus
        and not type_.neuron_devices
    ]


def _usd(prices: Prices, keys: Iterable[str]) -> tuple[list[float], list[str]]:
    """Return the prices, and the keys of missing prices."""
    found = [(key, prices.find(key)) for key in keys]
    return [price.usd for _, price in found if price], [key for key, price in found if price is None]


def fargate_size(cpu: int, memory_mib: int) -> tuple[int, int] | None:
    """Return the smallest Fargate size that a task fits into; None if it is too large."""
    return min((it for it in fargate_sizes() if it[0] >= cpu and it[1] >= memory_mib), default=None)


def _fargate(
    prices: Prices,
    capacity: str,
    *,
    name: str,
    cpu: int,
    memory_mib: int,
    tasks: int,
    spot: bool = False,
    cluster: bool = False,
) -> Offer:
    size = fargate_size(cpu, memory_mib)
    if size is None:
        return Offer(capacity=capacity, low=None, high=None, why="Fargate has no size that large")
    keys = [f"fargate-vcpu-{name}", f"fargate-gb-{name}"]
    keys += ["eks-cluster"] if cluster else []
    keys += ["spot-discount:fargate"] if spot else []
    found, missing = _usd(prices, keys)
    if missing:
        return Offer(capacity=capacity, low=None, high=None, why=f"no price of {', '.join(missing)} in {prices.region}")
    vcpus, gb = size[0] / _PER_VCPU, size[1] / 1024
    per_task = (vcpus * found[0] + gb * found[1]) * HOURS
    high = per_task * tasks + (found[2] * HOURS if cluster else 0)
    low = high * (1 - found[-1]) if spot else high
    return Offer(capacity=capacity, low=low, high=high, why=f"{tasks} × {vcpus:g} vCPU, {gb:g} GB")


@frozen(kw_only=False)
class _Market:
    """The instance types to choose from, for a number of tasks and zones."""

    prices: Prices
    types: list[InstanceType]
    tasks: int
    zones: int

    def offer(self, capacity: str, fits: Fits, *, fee: str = "", spot: bool = False, cluster: bool = False) -> Offer:
        """Return the cheapest of the instance types."""
        offers, missing = [], []
        for type_ in self.types:
            per_instance = fits(type_)
            if not per_instance:
                continue
            keys = [f"ec2:{type_.name}", "gp3-gb", *([f"{fee}:{type_.name}"] if fee else [])]
            keys += [key for key, wanted in (("eks-cluster", cluster), ("spot-discount:ec2", spot)) if wanted]
            found, lacking = _usd(self.prices, keys)
            missing += lacking
            if not lacking:
                offers.append(self._priced(capacity, type_, per_instance, found, fee=fee, spot=spot, cluster=cluster))
        if offers:
            best = min(offers, key=lambda it: (it.high, it.instance_type))
            unpriced = len({key for key in missing if key.startswith(f"{fee}:")}) if fee else 0
            note = f"; {unpriced} other types have no price for the fee" if unpriced else ""
            return replace(best, why=best.why + note)
        if missing:
            some = [*dict.fromkeys(missing)]
            why = f"no price of {some[0]}{f' and {len(some) - 1} more' if some[1:] else ''} in {self.prices.region}"
        else:
            why = "no instance type holds a task" if self.types else "no instance type has a price"
        return Offer(capacity=capacity, low=None, high=None, why=why)

    def _priced(
        self, capacity: str, type_: InstanceType, per: int, usd: list[float], *, fee: str, spot: bool, cluster: bool
    ) -> Offer:
        count = max(-(-self.tasks // per), self.zones)
        hourly, disk = usd[0], usd[1] * ROOT_DISK_GB
        fees = usd[2] * HOURS if fee else 0.0
        beside = count * (disk + fees) + (usd[-1] * HOURS if cluster else 0)
        high = count * hourly * HOURS + beside
        low = count * hourly * (1 - usd[-1]) * HOURS + beside if spot else high
        return Offer(
            capacity=capacity,
            low=low,
            high=high,
            instances=count,
            instance_type=type_.name,
            per_instance=per,
            why=f"{count} × {type_.name}, {per} per instance",
        )
