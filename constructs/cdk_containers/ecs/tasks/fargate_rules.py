"""Rules of Fargate for task definitions, in addition to those of ECS."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.fargate_sizes import WINDOWS_CPU, fargate_sizes, nearest_fargate_sizes
from cdk_containers.core.inputs import is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import (
    Architecture,
    Container,
    DockerVolume,
    HostVolume,
    LinuxOptions,
    OperatingSystem,
    Workload,
)

from .ec2_rules import ebs_problems

LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")

_EPHEMERAL_STORAGE_GIB = (21, 200)
_MIN_STOP_TIMEOUT = 2
_CHECKED = ("privileged", "gpus", "ports", "ulimits", "linux")


def fargate_problems(
    workload: Workload,
    *,
    architecture: Architecture,
    operating_system: OperatingSystem,
    ephemeral_storage_gib: int | None,
    network_mode: NetworkMode,
    known: Problems,
) -> list[Problem]:
    """Find what Fargate refuses, if there are no other problems."""
    found = Problems()
    found.extend(_size_problems(workload, operating_system))
    found.extend(ebs_problems(workload))
    found.extend(_ec2_only_problems(workload, network_mode, known))
    if operating_system != "LINUX" and architecture == "ARM64":
        found.add(
            "options.architecture",
            "Windows containers run only on X86_64",
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
            "options.ephemeral_storage_gib",
            "out of range",
            given=ephemeral_storage_gib,
            practice="ephemeral-storage",
            allowed=f"{low}–{high} GiB, or remove it for the 20 GiB that every task has",
        )
    for index, container in enumerate(workload.containers):
        option = f"containers[{index}]"
        if (
            container.log_driver is not None
            and not known.has(f"{option}.log_driver")
            and container.log_driver.name not in LOG_DRIVERS
        ):
            found.add(
                f"{option}.log_driver",
                "Fargate does not support this log driver",
                given=container.log_driver.name,
                allowed=", ".join(LOG_DRIVERS),
                practice="fargate-log-driver",
            )
        if not known.has(f"{option}.stop_timeout"):
            found.extend(_stop_timeout_problems(container), under=option)
    return list(found)


def _stop_timeout_problems(container: Container) -> list[Problem]:
    found, timeout = Problems(), container.stop_timeout
    if isinstance(timeout, Disabled):
        found.add(
            "stop_timeout",
            "Fargate has no agent setting to fall back on",
            given=Shown("Disabled"),
            allowed=f"{_MIN_STOP_TIMEOUT}–120 s, or remove it for 30 s",
            practice="stop-timeout",
        )
    elif timeout is not None and not is_token(time := seconds(timeout)) and time < _MIN_STOP_TIMEOUT:
        found.add(
            "stop_timeout",
            "too short for Fargate",
            given=Shown(f"{time} s"),
            allowed=f"{_MIN_STOP_TIMEOUT}–120 s",
            practice="stop-timeout",
        )
    return list(found)


def _ec2_only_problems(workload: Workload, network_mode: NetworkMode, known: Problems) -> list[Problem]:
    found = Problems()
    on_ec2 = "capacity on EC2 (Ec2Capacity)"
    if network_mode != "awsvpc":
        found.add(
            "options.network_mode",
            "tasks on Fargate have their own network interface",
            given=network_mode,
            allowed=f"awsvpc, or {on_ec2}",
            practice="host-ports",
        )
    for index, volume in enumerate(workload.volumes):
        if isinstance(volume, DockerVolume | HostVolume):
            found.add(
                f"volumes[{index}]",
                "Fargate has no instance with directories or volumes to mount",
                given=type(volume).__name__,
                allowed=f"SharedVolume, EfsVolume, EbsVolume, or {on_ec2}",
                practice="instance-volumes",
            )
    for index, container in enumerate(workload.containers):
        right = [name for name in _CHECKED if not known.has(f"containers[{index}].{name}")]
        for option, what, given, practice in _ec2_only_options(container, right):
            found.add(f"containers[{index}].{option}", what, given=given, allowed=on_ec2, practice=practice)
    return list(found)


def _ec2_only_options(container: Container, right: Collection[str]) -> Iterator[tuple[str, str, object, str]]:
    """Yield valid options of a container that only EC2 supports: name, problem, value, practice."""
    if "privileged" in right and container.privileged is not False:
        yield "privileged", "Fargate does not support privileged containers", True, "no-privileged-containers"
    if "gpus" in right and container.gpus:
        yield "gpus", "Fargate has no GPUs", container.gpus, "gpu-capacity"
    for index, port in enumerate(container.all_ports if "ports" in right else ()):
        if port.host_port is not None and port.host_port != port.number:
            given = "a token" if is_token(port.host_port) else port.host_port
            yield f"ports[{index}].host_port", "Fargate does not map ports", given, "host-ports"
    for index, ulimit in enumerate(container.ulimits if "ulimits" in right else ()):
        if ulimit.name != "nofile":
            yield f"ulimits[{index}].name", "Fargate supports only nofile", ulimit.name, "instance-kernel-options"
    if "linux" in right and container.linux is not None:
        yield from _ec2_only_linux_options(container.linux)


def _ec2_only_linux_options(linux: LinuxOptions) -> Iterator[tuple[str, str, object, str]]:
    practice = "instance-kernel-options"
    if set(linux.add_capabilities) - {"SYS_PTRACE"}:
        yield "linux.add_capabilities", "Fargate supports only SYS_PTRACE", list(linux.add_capabilities), practice
    for option, value in (
        ("shared_memory_mib", linux.shared_memory_mib),
        ("max_swap_mib", linux.max_swap_mib),
        ("swappiness", linux.swappiness),
    ):
        if value is not None:
            yield f"linux.{option}", "Fargate does not support this option", value, practice


def _size_problems(workload: Workload, operating_system: OperatingSystem) -> list[Problem]:
    cpu, memory = workload.cpu, workload.memory_limit_mib
    found = Problems()
    for option, value in (("cpu", cpu), ("memory_limit_mib", memory)):
        if value is None:
            found.add(
                option,
                "on Fargate the task must have a size",
                given=value,
                allowed="a number; only on EC2 can the containers set it",
                practice="fargate-task-size",
            )
    if cpu is None or memory is None or is_token([cpu, memory]):
        return list(found)
    if (cpu, memory) not in fargate_sizes():
        nearest = ", ".join(f"{c} with {m}" for c, m in nearest_fargate_sizes(cpu, memory))
        found.add(
            "cpu",
            "this combination of cpu and memory_limit_mib is not a valid Fargate size",
            practice="fargate-task-size",
            given=Shown(f"cpu={cpu}, memory_limit_mib={memory}"),
            allowed=f"the nearest sizes are {nearest} (CPU units with MiB)",
        )
    elif operating_system != "LINUX" and cpu not in WINDOWS_CPU:
        found.add(
            "cpu",
            "Windows containers do not support this size",
            given=cpu,
            practice="fargate-task-size",
            allowed=", ".join(str(size) for size in WINDOWS_CPU),
        )
    return list(found)
