"""What a caller gave to a service, and what is wrong with it under the names of the service's options."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..clusters import Capacity, Cluster, strategy_problems
from ..deployments import Rolling
from ..errors import Problem, Problems, Shown
from ..inputs import disabled_problems, is_token
from ..load_balancing import AlbExposure
from ..load_balancing.rule_priorities import canonical
from ..network import public_subnet_problems
from ..observability import Alarms
from ..practices import Disabled
from ..scaling import ServiceScaling
from ..tasks import TaskOptions
from ..tasks.efs_volumes import efs_problems
from ..tasks.fargate_task_definition import fargate_task_problems
from ..workload import Container, EfsVolume, ImageLike, Port, Volume, Workload

_CONTAINER = re.compile(r"containers\[(\d+)\]")


@dataclass(frozen=True, kw_only=True)
class ServiceInput:
    """The options of a service; see `Service`."""

    cluster: Cluster | None
    image: ImageLike | None
    container: Container | None
    sidecars: Sequence[Container]
    volumes: Sequence[Volume]
    cpu: int
    memory_limit_mib: int
    task: TaskOptions
    exposures: Sequence[AlbExposure]
    desired_count: int | None
    scaling: ServiceScaling | None
    deployment: Rolling
    capacity: Sequence[Capacity] | None
    alarms: Alarms | Disabled
    enable_execute_command: bool
    needs_exposure: bool
    internet_facing: bool

    @staticmethod
    def of(arguments: Mapping[str, Any], *, needs_exposure: bool, internet_facing: bool) -> ServiceInput:
        """Take the arguments of `Service`, and the defaults of those that stand for more than their value."""
        given = dict(arguments)
        exposure = given.pop("exposure")
        return ServiceInput(
            **given
            | {
                "exposures": [exposure] if isinstance(exposure, AlbExposure) else list(exposure),
                "task": given["task"] or TaskOptions(),
                "deployment": given["deployment"] or Rolling(),
                "alarms": given["alarms"] or Alarms(),
            },
            needs_exposure=needs_exposure,
            internet_facing=internet_facing,
        )

    @cached_property
    def workload(self) -> Workload:
        """What runs: the service's container, with the ports that its exposures need, then the sidecars."""
        main = self.container or Container(image=self.image or "")
        if main.ports in ((), []):
            exposed = [exposure for exposure in self.exposures if exposure.container in (None, main.name)]
            ports = dict.fromkeys(exposure.port for exposure in exposed if not Port(number=exposure.port).problems())
            main = replace(main, ports=tuple(ports))
        return Workload(
            containers=[main, *self.sidecars],
            volumes=self.volumes,
            cpu=self.cpu,
            memory_limit_mib=self.memory_limit_mib,
        )

    def problems(self) -> list[Problem]:
        """Find everything that is wrong."""
        found = Problems()
        if (self.image is None) == (self.container is None):
            given = "neither" if self.image is None else "both"
            found.add(
                "image",
                "a service has one container of its own",
                given=given,
                allowed="one of image and container",
                practice="container-count",
            )
        else:
            for problem in fargate_task_problems(self.workload, self.task):
                found.extend([self._in_the_words_of_a_service(problem)])
        found.extend(self._exposure_problems(found))
        found.extend(self._count_problems())
        found.extend(self.deployment.problems(), under="deployment")
        if isinstance(self.alarms, Alarms):
            found.extend(self.alarms.problems(), under="alarms")
        found.extend(disabled_problems(self.alarms), under="alarms")
        if self.capacity is not None:
            found.extend(strategy_problems(self.capacity))
        found.extend(self._file_system_problems())
        found.extend(self._execute_command_problems())
        return list(found)

    def _in_the_words_of_a_service(self, problem: Problem) -> Problem:
        """A workload counts containers; a caller gave an image or a container, and sidecars."""

        def name(match: re.Match[str]) -> str:
            index = int(match[1])
            return f"sidecars[{index - 1}]" if index else "container"

        option = _CONTAINER.sub(name, problem.option)
        if self.image is not None:
            option = option.removeprefix("container.") if option.startswith("container.image") else option
        if option == "containers":
            option = "sidecars" if self.sidecars else "container"
        return replace(problem, option=re.sub(r"^options\b", "task", option))

    def _exposure_problems(self, known: Problems) -> list[Problem]:
        found = Problems()
        if self.needs_exposure and not self.exposures:
            found.add(
                "exposure",
                "a web service is reached through a load balancer",
                allowed="an AlbExposure, or a BackendService for a service that nobody reaches that way",
                practice="explicit-ingress",
            )
        one = len(self.exposures) == 1
        seen: set[tuple[int, str]] = set()
        numbers: set[tuple[int, int]] = set()
        names = {str(container.name): index for index, container in enumerate(self.workload.containers)}
        for index, exposure in enumerate(self.exposures):
            option = "exposure" if one else f"exposure[{index}]"
            wrong = exposure.problems()
            found.extend(wrong, under=option)
            if wrong:
                continue
            place = names.get(exposure.container) if exposure.container is not None else 0
            if place is None:
                found.add(
                    f"{option}.container",
                    "there is no such container",
                    given=exposure.container,
                    allowed=", ".join(names),
                    practice="port-mappings",
                )
            elif not known.has(f"sidecars[{place - 1}].ports" if place else "container.ports"):
                found.extend(_port_problems(option, exposure, self.workload.containers[place]))
            if exposure.load_balancer is not None:
                claim = (id(exposure.load_balancer), canonical(exposure.rule.conditions))
                if claim in seen:
                    found.add(
                        f"{option}.rule",
                        "another exposure of this service takes exactly these requests",
                        given=claim[1].replace("\n", ", "),
                        allowed="other paths, hosts, headers or addresses",
                        practice="listener-rule-priority",
                    )
                seen.add(claim)
                number = (id(exposure.load_balancer), exposure.rule.number)
                if number in numbers and not found.has(f"{option}.rule"):
                    found.add(
                        f"{option}.rule.priority",
                        "another exposure of this service has this number",
                        given=number[1],
                        allowed="a number of its own",
                        practice="listener-rule-priority",
                    )
                numbers.add(number)
            elif self.internet_facing and self.cluster is not None and not found.has("cluster"):
                found.extend(public_subnet_problems(self.cluster.vpc, "cluster"))
        return list(found)

    def _count_problems(self) -> list[Problem]:
        found = Problems()
        if self.desired_count is not None and self.scaling is not None:
            found.add(
                "desired_count",
                "each deployment would set back the number that scaling chose",
                given=self.desired_count,
                allowed="desired_count for a fixed number, or scaling",
                practice="fixed-count-or-scaling",
            )
        if self.desired_count is not None and not is_token(self.desired_count) and self.desired_count < 0:
            found.add(
                "desired_count", "out of range", given=self.desired_count, allowed="0 or more", practice="several-tasks"
            )
        if self.scaling is not None:
            found.extend(self.scaling.problems(), under="scaling")
            if self.scaling.requests_per_target is not None and not self.exposures:
                found.add(
                    "scaling.requests_per_target",
                    "there is no load balancer to count requests",
                    given=self.scaling.requests_per_target,
                    allowed="cpu_percent, or an exposure",
                    practice="scaling-bounds",
                )
        return list(found)

    def _file_system_problems(self) -> list[Problem]:
        if not any(isinstance(volume, EfsVolume) for volume in self.volumes):
            return []
        if self.cluster is None:
            found = Problems()
            found.add(
                "cluster",
                "a file system is in a network, and the service would get a new one",
                allowed="a cluster in the network of the file system",
                practice="efs-same-vpc",
            )
            return list(found)
        return efs_problems(self.volumes, self.cluster.vpc)

    def _execute_command_problems(self) -> list[Problem]:
        found = Problems()
        if self.enable_execute_command:
            for container in self.workload.containers:
                if container.readonly_root_filesystem is True and self.task.operating_system == "LINUX":
                    found.add(
                        "enable_execute_command",
                        f"ECS Exec has to write to the root file system of container {container.name}",
                        given=True,
                        practice="read-only-root-filesystem",
                        allowed='readonly_root_filesystem=Disabled(reason="…") on it, or False',
                    )
        return list(found)


def _port_problems(option: str, exposure: AlbExposure, target: Container) -> list[Problem]:
    found = Problems()
    ports = [port.number for port in target.all_ports if port.protocol == "tcp"]
    if exposure.port not in ports:
        found.add(
            f"{option}.port",
            f"container {target.name} does not listen on this TCP port",
            given=Shown("a token") if is_token(exposure.port) else exposure.port,
            allowed=", ".join(str(port) for port in ports) or "it declares none",
            practice="port-mappings",
        )
    return list(found)
