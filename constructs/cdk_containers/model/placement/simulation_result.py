"""What a simulation found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from cdk_containers.core.frozen import frozen

from .container_instance import ContainerInstance


@frozen(kw_only=False)
class Event:
    """One thing that the scheduler did.

    Attributes:
        step: Which of the desired counts it worked for, counted from 0.
        kind: Whether it placed a task, stopped one, or found no place for one.
        task: Number of the task, counted from 1.
        instance: Id of the instance; None where there was no place.
    """

    step: int
    kind: Literal["placed", "stopped", "unplaced"]
    task: int
    instance: str | None


@frozen
class Unplaced:
    """Tasks that found no place, and why.

    Attributes:
        step: For which of the desired counts they were meant, counted from 0.
        tasks: How many.
        reasons: On how many instances which reason stood in the way. An instance with several counts for the first, in
            this order: cpu, memory, gpus, host ports, network interfaces, constraints.
    """

    step: int
    tasks: int
    reasons: Mapping[str, int]

    def __str__(self) -> str:
        count = "1 task finds" if self.tasks == 1 else f"{self.tasks} tasks find"
        if not self.reasons:
            return f"{count} no place: there are no instances"
        why = ", ".join(
            f"{reason} on {number} instance{'' if number == 1 else 's'}" for reason, number in self.reasons.items()
        )
        return f"{count} no place: {why}"


@frozen
class Placement:
    """Where tasks are after a simulation, and how they got there.

    Attributes:
        instances: The instances.
        history: After each step, the number of tasks on each instance that has some.
        events: Everything the scheduler did, in order.
        unplaced: Tasks that found no place, a line for each step that had some.
    """

    instances: tuple[ContainerInstance, ...]
    history: tuple[Mapping[str, int], ...]
    events: tuple[Event, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def running(self) -> int:
        """How many tasks run in the end."""
        return sum(self.history[-1].values())

    @property
    def instances_in_use(self) -> int:
        """How many instances have tasks in the end."""
        return len(self.history[-1])

    def per_instance(self, step: int = -1) -> dict[str, int]:
        """Count tasks by instance after a step, those without any included; after the last step by default."""
        return {instance.id: self.history[step].get(instance.id, 0) for instance in self.instances}

    def per_zone(self, step: int = -1) -> dict[str, int]:
        """Count tasks by Availability Zone after a step."""
        return {zone or "": count for zone, count in self.per_attribute("ecs.availability-zone", step).items()}

    def per_attribute(self, name: str, step: int = -1) -> dict[str | None, int]:
        """Count tasks by the value of an attribute after a step; None stands for instances that lack it."""
        counts: Counter[str | None] = Counter()
        for instance in self.instances:
            counts[instance.all_attributes.get(name)] += self.history[step].get(instance.id, 0)
        return dict(counts)
