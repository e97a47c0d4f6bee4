"""Rules of ECS for task definitions on Managed Instances."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import Container, DockerVolume, HostVolume, OperatingSystem, Workload

LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
_WRITABLE = ("/var", "/tmp")  # noqa: S108  (on the instance)
_PRACTICE = "managed-instances-tasks"


def managed_instances_problems(
    workload: Workload,
    *,
    network_mode: NetworkMode,
    operating_system: OperatingSystem,
    known: Problems,
) -> list[Problem]:
    """Find what Managed Instances refuse in addition to EC2, if there are no other problems.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html
    """
    found = Problems()
    if network_mode == "bridge":
        found.add(
            "options.network_mode",
            "Managed Instances do not support bridge networking",
            given=network_mode,
            allowed="awsvpc or host; or capacity on EC2 (Ec2Capacity)",
            practice=_PRACTICE,
        )
    if operating_system != "LINUX" and not known.has("options.operating_system"):
        found.add(
            "options.operating_system",
            "Managed Instances run only Linux",
            given=operating_system,
            allowed="LINUX, or capacity on Fargate",
            practice="runtime-platform",
        )
    for index, volume in enumerate(workload.volumes):
        if isinstance(volume, DockerVolume):
            found.add(
                f"volumes[{index}]",
                "Managed Instances do not support Docker volumes",
                given=type(volume).__name__,
                allowed="SharedVolume, EfsVolume, EbsVolume, or a HostVolume under /var or /tmp",
                practice=_PRACTICE,
            )
        elif isinstance(volume, HostVolume) and not is_token(volume.host_path) and not _writable(volume.host_path):
            found.add(
                f"volumes[{index}].host_path",
                "the rest of the instance's file system is read-only",
                given=volume.host_path,
                allowed="a directory under /var or /tmp",
                practice=_PRACTICE,
            )
    for index, container in enumerate(workload.containers):
        option = f"containers[{index}]"
        driver = container.log_driver
        if driver is not None and not known.has(f"{option}.log_driver") and driver.name not in LOG_DRIVERS:
            found.add(
                f"{option}.log_driver",
                "Managed Instances do not support this log driver",
                given=driver.name,
                allowed=", ".join(LOG_DRIVERS),
                practice="log-configuration",
            )
        for name, value in _unknown_options(container, known, option):
            found.add(
                f"{option}.{name}",
                "Managed Instances do not support this option",
                given=value,
                allowed="remove it; or use capacity on EC2 (Ec2Capacity)",
                practice=_PRACTICE,
            )
    return list(found)


def _writable(path: str) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in _WRITABLE)


def _unknown_options(container: Container, known: Problems, option: str) -> Iterator[tuple[str, object]]:
    if container.docker is not None and not known.has(f"{option}.docker"):
        yield "docker", Shown("DockerOptions")
    if container.linux is None or known.has(f"{option}.linux"):
        return
    for name in ("shared_memory_mib", "max_swap_mib", "swappiness"):
        value = getattr(container.linux, name)
        if value is not None:
            yield f"linux.{name}", value
