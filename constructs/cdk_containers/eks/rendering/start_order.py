"""Start order of the containers of a pod.

Kubernetes starts `initContainers` one after another, and then `containers` together. An init container with
restartPolicy Always is a sidecar: the next container starts as soon as it has started, or as soon as its startup probe
passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload import Container

from .losses import Losses

Role = Literal["main", "sidecar", "init"]


@frozen
class StartOrder:
    """Start order of the containers of a pod.

    Attributes:
        first: Indices of the containers that start one after another, before the others.
        then: Indices of the containers that start together; the kubelet starts them in this order, and does not wait.
        roles: Role of each container, by index.
    """

    first: tuple[int, ...]
    then: tuple[int, ...]
    roles: Mapping[int, Role]


def start_order(containers: Sequence[Container], *, ends: bool, losses: Losses) -> StartOrder:
    """Return the order, and report differences of `depends_on` and `essential`.

    Args:
        containers: The containers; the first is the main container.
        ends: Whether the pod ends with the first container, as in a job; all others are then sidecars.
        losses: Collects the losses.
    """
    index = {container.name: number for number, container in enumerate(containers)}
    before = [{index[name] for name in container.depends_on if name in index} for container in containers]
    order = _sorted(before)
    after_main = _behind(0, before)
    waited_for = set().union(*before)
    completed = {
        index[name]
        for container in containers
        for name, condition in container.depends_on.items()
        if condition in ("SUCCESS", "COMPLETE") and name in index
    }
    roles: dict[int, Role] = {}
    for number, container in enumerate(containers):
        if number == 0 or (number in after_main and not ends):
            roles[number] = "main"
        elif number in completed:
            roles[number] = "init"
        elif number in waited_for or ends or not container.essential:
            roles[number] = "sidecar"
        else:
            roles[number] = "main"
    _say_what_is_lost(containers, index, roles, after_main if ends else frozenset(), losses)
    return StartOrder(
        first=tuple(number for number in order if roles[number] != "main"),
        then=tuple(number for number in order if roles[number] == "main"),
        roles=roles,
    )


def _sorted(before: Sequence[set[int]]) -> list[int]:
    """Return an order in which each comes after its dependencies, otherwise in the given order."""
    order: list[int] = []
    while len(order) < len(before):
        rest = [number for number in range(len(before)) if number not in order]
        order.append(next((number for number in rest if before[number] <= {*order}), rest[0]))
    return order


def _behind(first: int, before: Sequence[set[int]]) -> frozenset[int]:
    """Return those that wait for a container, directly or indirectly."""
    found: set[int] = set()
    while more := {n for n, names in enumerate(before) if names & {first, *found}} - found:
        found |= more
    return frozenset(found)


def _say_what_is_lost(
    containers: Sequence[Container],
    index: Mapping[str, int],
    roles: Mapping[int, Role],
    too_late: frozenset[int],
    losses: Losses,
) -> None:
    for number, container in enumerate(containers):
        option = f"containers[{number}]"
        if number in too_late:
            losses.refuse(
                f"{option}.depends_on",
                "it waits for the container whose end is the end of the job, but sidecars of a job start before it",
                instead="no dependency on the first container",
            )
        for name, condition in container.depends_on.items():
            target = roles.get(index.get(name, -1))
            if condition == "COMPLETE":
                losses.refuse(
                    f"{option}.depends_on",
                    f"{name} may fail and the others still start, but Kubernetes retries a failed init container",
                    instead="SUCCESS, or a command that always exits with 0",
                )
            elif condition == "SUCCESS" and target == "main":
                losses.refuse(
                    f"{option}.depends_on",
                    f"{name} itself waits for the first container, which runs forever",
                    instead="SUCCESS of a container that does not wait for it",
                )
            elif condition == "HEALTHY" and target == "main":
                losses.approximate(
                    f"{option}.depends_on",
                    f"it starts right after {name}, and does not wait until it is healthy",
                    instead="a container that retries until the other answers",
                )
        if number and roles[number] == "sidecar" and container.essential:
            losses.approximate(
                f"{option}.essential",
                "it starts before the first container, stops after it, and restarts alone when it exits",
                instead="containers that tolerate the restart of another",
            )
        elif roles[number] == "sidecar":
            losses.approximate(
                f"{option}.essential",
                "Kubernetes restarts it when it exits, but ECS leaves it stopped",
                instead="a container that runs as long as the pod does",
            )
        elif roles[number] == "main" and not container.essential:
            losses.approximate(
                f"{option}.essential",
                "Kubernetes restarts it when it exits, and the pod gets no requests until it runs again",
                instead="a container that runs as long as the pod does",
            )
