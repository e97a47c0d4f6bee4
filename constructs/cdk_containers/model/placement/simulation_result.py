"""The result of a simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from cdk_containers.core.frozen import frozen

from .container_instance import ContainerInstance


@frozen(kw_only=False)
class Event:
    """One action of the scheduler.

    Attributes:
        step: Index of the desired count that it worked towards, from 0.
        kind: Whether it placed a task, stopped a task, or could not place one.
        task: Number of the task, counted from 1.
        instance: Id of the instance; None if the task could not be placed.
    """

    step: int
    kind: Literal["placed", "stopped", "unplaced"]
    task: int
    instance: str | None


@frozen
class Unplaced:
    """Tasks that could not be placed, and why.

    Attributes:
        step: Index of the desired count that they belong to, from 0.
        tasks: How many.
        reasons: The number of instances by reason. An instance with several reasons counts for the first, in this
            order: cpu, memory, gpus, host ports, network interfaces, constraints.
    """

    step: int
    tasks: int
    reasons: Mapping[str, int]

    def __str__(self) -> str:
        count = "1 task finds" if self.tasks == 1 else f"{self.tasks} tasks have"
        if not self.reasons:
            return f"{count} no place: there are no instances"
        why = ", ".join(
            f"{reason} on {number} instance{'' if number == 1 else 's'}" for reason, number in self.reasons.items()
        )
        return f"{count} no place: {why}"


@frozen
class Placement:
    """Where tasks run after a simulation, and how they got there.

    Attributes:
        instances: The instances.
        history: After each step, the number of tasks on each instance with tasks.
        events: Everything the scheduler did, in order.
        unplaced: Tasks that could not be placed, one entry for each step with such tasks.
    """

    instances: tuple[ContainerInstance, ...]
    history: tuple[Mapping[str, int], ...]
    events: tuple[Event, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def running(self) -> int:
        """How many tasks run at the end."""
        return sum(self.history[-1].values())

    @property
    def instances_in_use(self) -> int:
        """How many instances have tasks at the end."""
        return len(self.history[-1])

    def per_instance(self, step: int = -1) -> dict[str, int]:
        """Count tasks by instance after a step, including instances without tasks; by default after the last step."""
        return {instance.id: self.history[step].get(instance.id, 0) for instance in self.instances}

    def per_zone(self, step: int = -1) -> dict[str, int]:
        """Count tasks by Availability Zone after a step."""
        return {zone or "": count for zone, count in self.per_attribute("ecs.availability-zone", step).items()}

    def per_attribute(self, name: str, step: int = -1) -> dict[str | None, int]:
        """Count tasks by the value of an attribute after a step; None is for instances without it."""
        counts: Counter[str | None] = Counter()
        for instance in self.instances:
            counts[instance.all_attributes.get(name)] += self.history[step].get(instance.id, 0)
        return dict(counts)
