"""Volumes of a task definition, except EFS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import (
    Container,
    DockerVolume,
    EbsVolume,
    HostVolume,
    SharedVolume,
    Volume,
    VolumeMount,
)

_OTHER_PARTITIONS = ("cn-", "us-gov-", "eusc-", "us-iso", "eu-iso")


def add_volume(task_definition: ecs.TaskDefinition, volume: Volume) -> None:
    """Add a volume to a task definition."""
    match volume:
        case HostVolume(name=name, host_path=host_path):
            task_definition.add_volume(name=name, host=ecs.Host(source_path=host_path))
        case DockerVolume() as docker:
            shared = docker.scope == "shared"
            task_definition.add_volume(
                name=docker.name,
                docker_volume_configuration=ecs.DockerVolumeConfiguration(
                    driver=docker.driver,
                    scope=ecs.Scope.SHARED if shared else ecs.Scope.TASK,
                    # ECS refuses the setting if the volume is deleted with the task.
                    autoprovision=docker.autoprovision if shared else None,
                    driver_opts=dict(docker.driver_options) or None,
                    labels=dict(docker.labels) or None,
                ),
            )
        case EbsVolume(name=name):
            # The service configures it; see `attach_ebs_volume`.
            task_definition.add_volume(name=name, configured_at_launch=True)
        case other:
            task_definition.add_volume(name=other.name)


def has_tmpfs(region: str) -> bool:
    """Tell whether tasks on AWS-managed instances support tmpfs in a region, if the region is known.

    AWS announced it in January 2026 only for commercial Regions.
    """
    return is_token(region) or not region.startswith(_OTHER_PARTITIONS)


def with_volumes_for_tmpfs(containers: Sequence[Container]) -> tuple[list[Container], list[Volume]]:
    """Return containers with an empty volume instead of the tmpfs that each has by default, and these volumes."""
    changed: list[Container] = []
    volumes: list[Volume] = []
    for container in containers:
        if container.tmpfs is not None or not container.all_tmpfs:
            changed.append(container)
            continue
        own = [SharedVolume(name=f"{container.name}-tmp{index}") for index, _ in enumerate(container.all_tmpfs)]
        mounts = [
            VolumeMount(volume=volume.name, path=entry.path)
            for volume, entry in zip(own, container.all_tmpfs, strict=True)
        ]
        changed.append(replace(container, tmpfs=(), mounts=[*container.mounts, *mounts]))
        volumes += own
    return changed, volumes
