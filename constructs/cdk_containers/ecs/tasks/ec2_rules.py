"""Rules of ECS for task definitions on EC2."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import Architecture, Container, EbsVolume, OperatingSystem, Workload

LOG_DRIVERS = ("awslogs", "awsfirelens", "fluentd", "gelf", "json-file", "journald", "none", "splunk", "syslog")


def ec2_problems(
    workload: Workload,
    *,
    network_mode: NetworkMode,
    architecture: Architecture,
    operating_system: OperatingSystem,
    ephemeral_storage_gib: int | None,
    known: Problems,
) -> list[Problem]:
    """Find what ECS refuses on EC2, if there are no other problems."""
    found = Problems()
    if ephemeral_storage_gib is not None and not known.has("options.ephemeral_storage_gib"):
        found.add(
            "options.ephemeral_storage_gib",
            "a task on EC2 uses the disk of its instance",
            given=ephemeral_storage_gib,
            allowed="remove it; use InstanceOptions.root_volume_gib, or an EbsVolume",
            practice="ephemeral-storage",
        )
    options = ("options.operating_system", "options.architecture", "options.network_mode")
    if (
        not any(known.has(option) for option in options)
        and operating_system != "LINUX"
        and (architecture == "ARM64" or network_mode == "host")
    ):
        found.add(
            "options.operating_system",
            "Windows containers run only on X86_64, and not with host networking",
            given=Shown(f"{operating_system}, {architecture}, {network_mode}"),
            allowed="X86_64 with awsvpc or bridge",
            practice="runtime-platform",
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
                "ECS does not support this log driver",
                given=container.log_driver.name,
                allowed=", ".join(LOG_DRIVERS),
                practice="log-configuration",
            )
        if workload.memory_limit_mib is None and (container.memory_limit_mib, container.memory_reservation_mib) == (
            None,
            None,
        ):
            found.add(
                f"{option}.memory_limit_mib",
                "ECS needs the memory of the container to place it",
                allowed="memory_limit_mib or memory_reservation_mib here, or memory_limit_mib of the task",
                practice="container-memory",
            )
        if not known.has(f"{option}.ports"):
            found.extend(_port_problems(container, network_mode), under=option)
    if network_mode == "bridge":  # in other modes it is the port in the container, which is already unique
        right = [c for index, c in enumerate(workload.containers) if not known.has(f"containers[{index}].ports")]
        found.extend(_host_port_problems(right))
    found.extend(ebs_problems(workload))
    return list(found)


def ebs_problems(workload: Workload) -> list[Problem]:
    """Find more EBS volumes than a service supports."""
    found = Problems()
    volumes = [volume.name for volume in workload.volumes if isinstance(volume, EbsVolume)]
    if len(volumes) > 1:
        found.add(
            "volumes",
            "a service supports only one EBS volume per task",
            given=volumes,
            allowed="one EbsVolume; EfsVolume or SharedVolume for more",
            practice="ebs-volume",
        )
    return list(found)


def _port_problems(container: Container, network_mode: NetworkMode) -> list[Problem]:
    found = Problems()
    for index, port in enumerate(container.all_ports):
        host, number = port.host_port, port.number
        # CDK compares the two, so a token must be the same.
        if network_mode != "bridge" and host is not None and host != number:
            found.add(
                f"ports[{index}].host_port",
                f"with {network_mode} networking, the host port equals the container port",
                given=Shown("a token") if is_token(host) else host,
                allowed=f"{number}, or none; network_mode bridge to map it",
                practice="host-ports",
            )
        if network_mode == "host" and port.name is not None:
            found.add(
                f"ports[{index}].name",
                "the name is for Service Connect, which cannot use a port of the instance",
                given=port.name,
                allowed="no name, or awsvpc or bridge networking",
                practice="service-connect-network-mode",
            )
    return list(found)


def _host_port_problems(containers: Sequence[Container]) -> list[Problem]:
    found = Problems()
    taken: dict[tuple[int, str], str] = {}
    for container in containers:
        for port in container.all_ports:
            if not port.host_port or is_token(port.host_port):
                continue
            owner = taken.get((port.host_port, port.protocol))
            taken[port.host_port, port.protocol] = container.name
            if owner is not None:
                both = owner if owner == container.name else f"{owner} and {container.name}"
                found.add(
                    "containers",
                    f"two ports of {both} use the same port of the instance",
                    given=Shown(f"{port.host_port}/{port.protocol}"),
                    allowed="a different host port for each, or none for any free port",
                    practice="host-ports",
                )
    return list(found)
