"""The arguments for a workload: its main container, its sidecars, and its size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen

from .container import Container
from .image import ImageLike
from .port import Port
from .secrets import NotSecret
from .volume import Volume
from .workload import Workload

_CONTAINER = re.compile(r"containers\[(\d+)\]")


@frozen(slots=False)
class WorkloadInput:
    """The options of services and jobs on every platform.

    Attributes:
        image: Image of the main container, if nothing else about it needs to be set.
        container: The main container, instead of `image`.
        sidecars: Additional containers.
        volumes: Volumes that the containers mount.
        cpu: CPU units of all of them.
        memory_limit_mib: Memory of all of them.
        ports: Ports of the main container, if it does not set its own.
        environment: Environment variables that the construct adds to the main container.
    """

    image: ImageLike | None
    container: Container | None
    sidecars: Sequence[Container]
    volumes: Sequence[Volume]
    cpu: int | None
    memory_limit_mib: int | None
    ports: Sequence[Port] = ()
    environment: Mapping[str, str | NotSecret] = field(default_factory=dict[str, "str | NotSecret"])

    @property
    def shared_address(self) -> bool:
        """Whether the containers share one network address."""
        return True

    @cached_property
    def workload(self) -> Workload:
        """The main container, then the sidecars."""
        main = self.container or Container(image=self.image or "")
        if main.ports in ((), []):
            main = replace(main, ports=tuple(self.ports))
        if self.environment:
            main = replace(main, environment={**self.environment, **main.environment})
        return Workload(
            containers=[main, *self.sidecars],
            volumes=self.volumes,
            cpu=self.cpu,
            memory_limit_mib=self.memory_limit_mib,
            shared_address=self.shared_address,
        )

    def own_container_problems(self) -> list[Problem]:
        """Find a workload without a main container, or with two."""
        found = Problems()
        if (self.image is None) == (self.container is None):
            found.add(
                "image",
                "a task has exactly one main container",
                given=Shown("neither" if self.image is None else "both"),
                allowed="one of image and container",
                practice="container-count",
            )
        return list(found)

    def in_the_words_of_the_caller(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems of the workload, which counts containers, under the caller's option names."""
        return [replace(problem, option=self.option_of_the_caller(problem.option)) for problem in problems]

    def option_of_the_caller(self, option: str) -> str:
        """Return the caller's name for an option of the workload."""

        def name(match: re.Match[str]) -> str:
            index = int(match[1])
            return f"sidecars[{index - 1}]" if index else "container"

        option = _CONTAINER.sub(name, option)
        if self.image is not None:
            option = option.removeprefix("container.") if option.startswith("container.image") else option
        if option == "containers":
            option = "sidecars" if self.sidecars else "container"
        return option
