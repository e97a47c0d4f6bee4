"""In which order the containers of a pod start.

Kubernetes starts `initContainers` one after another, and then `containers` together. An init container that is always
restarted is a sidecar: the next one starts as soon as it has, or as soon as its startup probe passes.
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
    """In which order the containers of a pod start.

    Attributes:
        first: Indices of the containers that start one after another, before the others.
        then: Indices of the containers that start together; the kubelet starts them in this order, and does not wait.
        roles: What each container is, by its index.
    """

    first: tuple[int, ...]
    then: tuple[int, ...]
    roles: Mapping[int, Role]


def start_order(containers: Sequence[Container], *, ends: bool, losses: Losses) -> StartOrder:
    """Find the order, and say what of `depends_on` and `essential` is not the same.

    Args:
        containers: The containers; the first is the one that the workload is there for.
        ends: Whether the pod ends when the first container does, as that of a job; all others are sidecars then.
        losses: Where losses go.
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
    """Return an order in which each comes after those before it, and otherwise as they were given."""
    order: list[int] = []
    while len(order) < len(before):
        rest = [number for number in range(len(before)) if number not in order]
        order.append(next((number for number in rest if before[number] <= {*order}), rest[0]))
    return order


def _behind(first: int, before: Sequence[set[int]]) -> frozenset[int]:
    """Return those that wait for one, directly or not."""
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
                "it waits for the container whose end is the end of the job, and sidecars of a job start before that",
                instead="no dependency on the first container",
            )
        for name, condition in container.depends_on.items():
            target = roles.get(index.get(name, -1))
            if condition == "COMPLETE":
                losses.refuse(
                    f"{option}.depends_on",
                    f"{name} may fail and the others start; on Kubernetes an init container that fails is tried again",
                    instead="SUCCESS, or a command that always ends with 0",
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
                    f"it starts right after {name}, and does not wait until that is healthy",
                    instead="a container that tries again until the other answers",
                )
        if number and roles[number] == "sidecar" and container.essential:
            losses.approximate(
                f"{option}.essential",
                "it starts before the first container, ends after it, and is restarted alone when it exits",
                instead="containers that bear the restart of another",
            )
        elif roles[number] == "sidecar":
            losses.approximate(
                f"{option}.essential",
                "it is restarted when it exits, where ECS leaves it stopped",
                instead="a container that runs as long as the pod does",
            )
        elif roles[number] == "main" and not container.essential:
            losses.approximate(
                f"{option}.essential",
                "it is restarted when it exits, and the pod gets no requests until it runs again",
                instead="a container that runs as long as the pod does",
            )
