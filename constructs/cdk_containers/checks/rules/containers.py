"""Task definitions and their containers, as the checks of several areas read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from cdk_containers.checks.engine import Outcome, worst
from cdk_containers.checks.templates import CannotTell, Malformed, Map, Resource, Unknown
from cdk_containers.core.frozen import frozen

EXPRESS_SERVICE = "AWS::ECS::ExpressGatewayService"
"""Express Mode services have one container, and create their own task definition."""


@frozen(kw_only=False)
class Container:
    """A container of a task definition.

    Attributes:
        source: Its definition.
        task: The task definition.
        number: Position in the task definition, from 1.
    """

    source: Map
    task: Resource
    number: int

    @property
    def name(self) -> str:
        """Its name, or its number if the name is unknown."""
        name = self.source.value("Name")
        return name if isinstance(name, str) else f"number {self.number}"

    def __str__(self) -> str:
        return f"container {self.name}"


def containers_of(task: Resource) -> list[Container]:
    """Return the containers of a task definition.

    Raises:
        CannotTell: One of the containers is unknown.
    """
    return [Container(one, task, number) for number, one in enumerate(task.maps("ContainerDefinitions"), 1)]


def known_containers_of(task: Resource) -> list[Container]:
    """Return the containers of a task definition that are known."""
    values = task.values("ContainerDefinitions")
    return [Container(one, task, number) for number, one in enumerate(values, 1) if isinstance(one, Map)]


def each_container(look: Callable[[Container], Outcome | None]) -> Callable[[Resource], Outcome | None]:
    """Turn a check of a container into a check of a task definition. The worst result counts."""

    @wraps(look)
    def look_at_all(task: Resource) -> Outcome | None:
        one = task.type == EXPRESS_SERVICE
        values = [task.value("PrimaryContainer")] if one else task.values("ContainerDefinitions")
        return worst(lambda part: _look_at(look, part[1], task, part[0]), enumerate(values, 1))

    return look_at_all


def on_fargate(task: Resource) -> bool:
    """Tell whether a task definition is compatible with Fargate."""
    return "FARGATE" in (text.upper() for text in task.texts("RequiresCompatibilities"))


def network_mode(task: Resource) -> str:
    """Return the network mode; `bridge` if none is set, as ECS does on Linux."""
    return task.text("NetworkMode", default="awsvpc" if on_fargate(task) else "bridge")


def on_windows(task: Resource) -> bool:
    """Tell whether the containers are Windows containers."""
    return task.text("RuntimePlatform", "OperatingSystemFamily", default="LINUX").upper().startswith("WINDOWS")


def _look_at(look: Callable[[Container], Outcome | None], value: object, task: Resource, number: int) -> Outcome | None:
    if isinstance(value, Unknown):
        raise CannotTell(f"container number {number} depends on {value.why}")
    if not isinstance(value, Map):
        raise Malformed(f"ContainerDefinitions/{number - 1}", "a map", value)
    return look(Container(value, task, number))
