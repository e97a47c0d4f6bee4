"""What Fargate demands of a task definition, beyond ECS."""

from __future__ import annotations

from ..errors import Problem, Problems, Shown
from ..inputs import is_token, seconds
from ..workload import Architecture, OperatingSystem, Workload
from .fargate_sizes import WINDOWS_CPU, fargate_sizes, nearest_fargate_sizes

LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")

_EPHEMERAL_STORAGE_GIB = (21, 200)
_MIN_STOP_TIMEOUT = 2


def fargate_problems(
    workload: Workload,
    *,
    architecture: Architecture,
    operating_system: OperatingSystem,
    ephemeral_storage_gib: int | None,
    known: Problems,
) -> list[Problem]:
    """Find what Fargate refuses, where nothing is known to be wrong already."""
    found = Problems()
    found.extend(_size_problems(workload, operating_system))
    if operating_system != "LINUX" and architecture == "ARM64":
        found.add(
            "architecture",
            "Windows containers run on X86_64 only",
            given=architecture,
            allowed="X86_64",
            practice="runtime-platform",
        )
    low, high = _EPHEMERAL_STORAGE_GIB
    if (
        ephemeral_storage_gib is not None
        and not known.has("options.ephemeral_storage_gib")
        and not is_token(ephemeral_storage_gib)
        and not (low <= ephemeral_storage_gib <= high)
    ):
        found.add(
            "ephemeral_storage_gib",
            "out of range",
            given=ephemeral_storage_gib,
            practice="ephemeral-storage",
            allowed=f"{low}–{high} GiB, or nothing for the 20 GiB that every task has",
        )
    for index, container in enumerate(workload.containers):
        option = f"containers[{index}]"
        if container.privileged:
            found.add(
                f"{option}.privileged",
                "Fargate runs no privileged containers",
                given=True,
                allowed="False",
                practice="no-privileged-containers",
            )
        if (
            container.log_driver is not None
            and not known.has(f"{option}.log_driver")
            and container.log_driver.name not in LOG_DRIVERS
        ):
            found.add(
                f"{option}.log_driver",
                "Fargate has no such log driver",
                given=container.log_driver.name,
                allowed=", ".join(LOG_DRIVERS),
                practice="fargate-log-driver",
            )
        if (
            container.stop_timeout is not None
            and not known.has(f"{option}.stop_timeout")
            and not is_token(timeout := seconds(container.stop_timeout))
            and (timeout < _MIN_STOP_TIMEOUT)
        ):
            found.add(
                f"{option}.stop_timeout",
                "too short for Fargate",
                given=f"{timeout} s",
                allowed=f"{_MIN_STOP_TIMEOUT}–120 s",
                practice="stop-timeout",
            )
    return list(found)


def _size_problems(workload: Workload, operating_system: OperatingSystem) -> list[Problem]:
    cpu, memory = workload.cpu, workload.memory_limit_mib
    found = Problems()
    if cpu is None or memory is None or is_token([cpu, memory]):
        return []
    if (cpu, memory) not in fargate_sizes():
        nearest = ", ".join(f"{c} with {m}" for c, m in nearest_fargate_sizes(cpu, memory))
        found.add(
            "cpu",
            "cpu and memory_limit_mib are no Fargate task size together",
            practice="fargate-task-size",
            given=Shown(f"cpu={cpu}, memory_limit_mib={memory}"),
            allowed=f"the nearest sizes are {nearest} (CPU units with MiB)",
        )
    elif operating_system != "LINUX" and cpu not in WINDOWS_CPU:
        found.add(
            "cpu",
            "Windows containers do not come in this size",
            given=cpu,
            practice="fargate-task-size",
            allowed=", ".join(str(size) for size in WINDOWS_CPU),
        )
    return list(found)
