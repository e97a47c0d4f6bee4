"""Volumes of a task definition, but for EFS."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs

from ..workload import DockerVolume, EbsVolume, HostVolume, Volume


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
                    # ECS refuses the setting where the volume goes with the task.
                    autoprovision=docker.autoprovision if shared else None,
                    driver_opts=dict(docker.driver_options) or None,
                    labels=dict(docker.labels) or None,
                ),
            )
        case EbsVolume(name=name):
            # What it is like is said by the service; see `attach_ebs_volume`.
            task_definition.add_volume(name=name, configured_at_launch=True)
        case other:
            task_definition.add_volume(name=other.name)
