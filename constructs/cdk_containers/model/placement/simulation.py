"""What the scheduler of ECS does with a service on EC2, as its documentation describes it.

Scale-out, by https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html: of the instances that
have the CPU, GPUs, memory, ports and network interfaces, and satisfy the constraints, the first strategy keeps the best
ones, the next strategy keeps the best of these, and so on.

Scale-in, by https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html: spread stops a
task where most run, to balance the rest. binpack stops a task on the instance that then has most free resources. random
stops any task.

A service without a strategy is spread over zones, and in a zone over instances
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html).

What strategies do not decide is chosen at random: a group among equals, an instance on scale-out, a task on scale-in.
The documentation does not say how spread counts after another spread: here within the group of the first, which makes
no difference for instances. It also does not describe instances that lack an attribute: here they are one group.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal

from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.frozen import frozen

from ..instances import RESERVED_HOST_PORTS, NetworkMode
from .container_instance import ContainerInstance
from .expression import Expression, InstanceFacts, parse_expression
from .ranking import Cell, Key, Ranking
from .simulation_result import Event, Placement, Unplaced
from .strategy import INSTANCE_FIELDS, PlacementConstraint, PlacementStrategy, placement_problems

SERVICE_DEFAULT = (PlacementStrategy.spread_across_zones(), PlacementStrategy.spread_across_instances())
"""What ECS does for a service that has no strategy."""


def simulate_placement(
    instances: Iterable[ContainerInstance],
    *,
    tasks: int | Sequence[int] = 1,
    cpu: int = 0,
    memory_mib: int = 0,
    gpus: int = 0,
    host_ports: Collection[int] = (),
    network_mode: NetworkMode = "awsvpc",
    strategies: Sequence[PlacementStrategy] = (),
    constraints: Sequence[PlacementConstraint] = (),
    daemon: bool = False,
    group: str = "service:simulated",
    seed: int = 0,
) -> Placement:
    """Show where ECS places the tasks of a service, and which tasks it stops when the service scales in.

    Args:
        instances: The instances of the cluster, with their free resources.
        tasks: The desired count; or several, one after the other, to see the service scale out and in: `[6, 2]`.
        cpu: CPU units of a task.
        memory_mib: Memory of a task in MiB.
        gpus: GPUs of a task.
        host_ports: Host ports that a task uses, in bridge and host mode; 0 is a dynamic port.
        network_mode: Network mode of the task; in awsvpc mode each task uses a network interface.
        strategies: The placement strategies, in order. Default: what a service does that names none, which is to
            spread over zones and then over instances.
        constraints: The placement constraints, including those of the task definition.
        daemon: Whether the service is a daemon: a task on each instance that has room and satisfies the constraints,
            and `tasks` does not count.
        group: The task group of the service, for constraints that query it.
        seed: Seed for choices that the strategies do not decide; the same seed gives the same result.

    Raises:
        ConstructError: Strategies, constraints or counts are invalid; the error lists all problems.
    """
    counts = (tasks,) if isinstance(tasks, int) else tuple(tasks)
    _check(counts, strategies, constraints, daemon=daemon)
    needs = _Needs(
        cpu=cpu,
        memory_mib=memory_mib,
        gpus=gpus,
        host_ports=frozenset(port for port in host_ports if port and network_mode != "awsvpc"),
        interfaces=1 if network_mode == "awsvpc" else 0,
        distinct=daemon or any(constraint.type == "distinctInstance" for constraint in constraints),
        member_of=tuple(
            parse_expression(constraint.expression) for constraint in constraints if constraint.expression is not None
        ),
        group=group,
    )
    hosts = [_Host(instance) for instance in instances]
    if daemon:
        counts = (sum(host.obstacle(needs) is None for host in hosts),)
    scheduler = _Scheduler(hosts, needs, _Chain(strategies or SERVICE_DEFAULT), random.Random(seed))  # noqa: S311
    for step, desired in enumerate(counts):
        scheduler.work(step, desired)
    if daemon:
        scheduler.count_unplaced_daemons()
    return Placement(
        instances=tuple(host.instance for host in hosts),
        history=tuple(scheduler.history),
        events=tuple(scheduler.events),
        unplaced=tuple(scheduler.unplaced),
    )


def _check(
    counts: Sequence[int],
    strategies: Sequence[PlacementStrategy],
    constraints: Sequence[PlacementConstraint],
    *,
    daemon: bool,
) -> None:
    found = Problems()
    found.extend(placement_problems(strategies, constraints))
    for index, count in enumerate(counts):
        if count < 0:
            found.add(f"tasks[{index}]", "less than none", given=count, allowed="0 or more")
    if daemon and strategies:
        found.add(
            "strategies",
            "a daemon runs on every instance, so strategies do not apply",
            given=len(strategies),
            allowed="none for a daemon",
            practice="placement-strategy",
        )
    if found:
        raise ConstructError("simulate_placement", found)


@frozen
class _Needs:
    """What a task of the service needs."""

    cpu: int
    memory_mib: int
    gpus: int
    host_ports: frozenset[int]
    interfaces: int
    distinct: bool
    member_of: tuple[Expression, ...]
    group: str


class _Host:
    """An instance with its remaining resources."""

    __slots__ = ("cpu", "gpus", "host_ports", "instance", "interfaces", "memory", "tasks")

    def __init__(self, instance: ContainerInstance) -> None:
        self.instance = instance
        self.cpu, self.memory, self.gpus = instance.cpu, instance.memory_mib, instance.gpus
        self.interfaces = instance.interfaces
        self.host_ports = RESERVED_HOST_PORTS.union(instance.host_ports)
        self.tasks: list[int] = []

    def add(self, needs: _Needs, task: int) -> None:
        self._take(needs, 1)
        self.host_ports |= needs.host_ports
        self.tasks.append(task)

    def remove(self, needs: _Needs, task: int) -> None:
        self._take(needs, -1)
        self.host_ports -= needs.host_ports
        self.tasks.remove(task)

    def _take(self, needs: _Needs, tasks: Literal[1, -1]) -> None:
        self.cpu -= tasks * needs.cpu
        self.memory -= tasks * needs.memory_mib
        self.gpus -= tasks * needs.gpus
        if self.interfaces is not None:
            self.interfaces -= tasks * needs.interfaces

    def obstacle(self, needs: _Needs) -> str | None:
        """Return the first reason why a task cannot run here."""
        if self.cpu < needs.cpu:
            return "cpu"
        if self.memory < needs.memory_mib:
            return "memory"
        if self.gpus < needs.gpus:
            return "gpus"
        return self._network_obstacle(needs) or self._constraint(needs)

    def _network_obstacle(self, needs: _Needs) -> str | None:
        if needs.host_ports and not self.host_ports.isdisjoint(needs.host_ports):
            return "host ports"
        if self.interfaces is not None and self.interfaces < needs.interfaces:
            return "network interfaces"
        return None

    def _constraint(self, needs: _Needs) -> str | None:
        if needs.distinct and self.tasks:
            return "distinctInstance"
        return "memberOf" if needs.member_of and not self._satisfies(needs) else None

    def _satisfies(self, needs: _Needs) -> bool:
        others = self.instance.task_groups
        facts = InstanceFacts(
            attributes=self.instance.all_attributes,
            task_groups={*others, needs.group} if self.tasks else others,
            running_tasks_count=len(others) + len(self.tasks),
            ec2_instance_id=self.instance.id,
        )
        return all(expression.holds(facts) for expression in needs.member_of)


class _Chain:
    """Strategies in order, as the keys by which they compare: a part for each strategy, the smallest is the best."""

    def __init__(self, strategies: Sequence[PlacementStrategy]) -> None:
        self.attributes: list[str] = []
        """The attributes that are spread over, in order. Instances with the same values are a cell."""
        self.positions: list[int] = []
        """Where in a key the tasks of these groups are counted."""
        self.own: list[Callable[[_Host], int]] = []
        """The attributes of an instance that the parts of a key refer to."""
        for strategy in strategies:
            if strategy.type == "random":
                break  # nothing is left open after it
            if strategy.type == "spread" and strategy.field not in INSTANCE_FIELDS:
                self.positions.append(len(self.own))
                self.attributes.append((strategy.field or "").partition(":")[2])
            self.own.append(_LOOKS_AT.get(strategy.field or "", _nothing))

    def cell(self, host: _Host) -> Cell:
        attributes = host.instance.all_attributes
        return tuple(attributes.get(name) for name in self.attributes)

    def key(self, host: _Host, sign: Literal[1, -1]) -> Key:
        return tuple([sign * looks_at(host) for looks_at in self.own])


def _nothing(_: _Host) -> int:
    return 0


_LOOKS_AT: dict[str, Callable[[_Host], int]] = {
    "cpu": lambda host: host.cpu,
    "memory": lambda host: host.memory,
    **dict.fromkeys(INSTANCE_FIELDS, lambda host: len(host.tasks)),
}


class _Scheduler:
    def __init__(self, hosts: list[_Host], needs: _Needs, chain: _Chain, chance: random.Random) -> None:
        self.hosts, self.needs, self.chain, self.chance = hosts, needs, chain, chance
        self.groups: Counter[Cell] = Counter()
        self.where: dict[int, _Host] = {}
        self.started = 0
        self.events: list[Event] = []
        self.history: list[dict[str, int]] = []
        self.unplaced: list[Unplaced] = []

    def work(self, step: int, desired: int) -> None:
        """Place or stop tasks until the desired count runs, or no change is possible."""
        missing = desired - len(self.where)
        if missing > 0:
            self._scale_out(step, missing)
        elif missing < 0:
            self._scale_in(step, -missing)
        self.history.append({host.instance.id: len(host.tasks) for host in self.hosts if host.tasks})

    def _scale_out(self, step: int, count: int) -> None:
        ranking: Ranking[_Host] = Ranking(self.chain.positions, lambda group: self.groups[group])
        for host in self.hosts:
            if host.obstacle(self.needs) is None:
                ranking.put(host, self.chain.cell(host), self.chain.key(host, 1))
        for placed in range(count):
            chosen = ranking.choose(self.chance)
            if chosen is None:
                self._give_up(step, count - placed)
                return
            self.started += 1
            chosen.add(self.needs, self.started)
            cell = self._note(chosen, self.started, step, "placed")
            if chosen.obstacle(self.needs) is None:
                ranking.put(chosen, cell, self.chain.key(chosen, 1))
            else:
                ranking.remove(chosen, cell)

    def _scale_in(self, step: int, count: int) -> None:
        ranking: Ranking[int] = Ranking(self.chain.positions, lambda group: -self.groups[group])
        for task, host in self.where.items():
            ranking.put(task, self.chain.cell(host), self.chain.key(host, -1))
        for _ in range(count):
            chosen = ranking.choose(self.chance)
            if chosen is None:
                return
            host = self.where[chosen]
            host.remove(self.needs, chosen)
            cell = self._note(host, chosen, step, "stopped")
            ranking.remove(chosen, cell)
            for other in host.tasks:
                ranking.put(other, cell, self.chain.key(host, -1))

    def _note(self, host: _Host, task: int, step: int, kind: Literal["placed", "stopped"]) -> Cell:
        cell = self.chain.cell(host)
        for level in range(1, len(cell) + 1):
            self.groups[cell[:level]] += 1 if kind == "placed" else -1
        if kind == "placed":
            self.where[task] = host
        else:
            del self.where[task]
        self.events.append(Event(step, kind, task, host.instance.id))
        return cell

    def _give_up(self, step: int, count: int) -> None:
        for number in range(count):
            self.events.append(Event(step, "unplaced", self.started + number + 1, None))
        self.started += count
        reasons = Counter(host.obstacle(self.needs) or "" for host in self.hosts)
        self.unplaced.append(Unplaced(step=step, tasks=count, reasons=dict(reasons.most_common())))

    def count_unplaced_daemons(self) -> None:
        """A daemon task is missing if it does not fit; if a constraint excludes the instance, none is expected."""
        obstacles = (host.obstacle(self.needs) for host in self.hosts if not host.tasks)
        reasons = Counter(obstacle for obstacle in obstacles if obstacle and obstacle != "memberOf")
        if reasons:
            self.unplaced.append(Unplaced(step=0, tasks=reasons.total(), reasons=dict(reasons.most_common())))
