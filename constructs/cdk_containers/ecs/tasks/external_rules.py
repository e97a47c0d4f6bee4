"""Rules of ECS for task definitions on external machines."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.model.instances import NetworkMode
from cdk_containers.model.workload import EbsVolume, EfsVolume, OperatingSystem, Workload

_PRACTICE = "external-tasks"


def external_problems(
    workload: Workload, *, network_mode: NetworkMode, operating_system: OperatingSystem, known: Problems
) -> list[Problem]:
    """Find what external instances refuse in addition to EC2, if there are no other problems.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """
    found = Problems()
    if network_mode == "awsvpc":
        found.add(
            "options.network_mode",
            "a machine outside AWS has no VPC network interfaces for tasks",
            given=network_mode,
            allowed='TaskOptions(network_mode="bridge") or "host"',
            practice=_PRACTICE,
        )
    if operating_system != "LINUX" and not known.has("options.operating_system"):
        found.add(
            "options.operating_system",
            "Windows on external instances requires a network mode that CDK does not support",
            given=operating_system,
            allowed="LINUX",
            practice="runtime-platform",
        )
    for index, volume in enumerate(workload.volumes):
        if isinstance(volume, EbsVolume | EfsVolume):
            found.add(
                f"volumes[{index}]",
                "a machine outside AWS cannot mount AWS volumes",
                given=type(volume).__name__,
                allowed="SharedVolume, HostVolume or DockerVolume",
                practice=_PRACTICE,
            )
    return list(found)
