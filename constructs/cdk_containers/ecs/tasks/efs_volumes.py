"""EFS volumes with TLS, IAM, an access point, the security group rule and the grant, which CDK's volume lacks."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import efs
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, EfsVolume
from cdk_containers.network import access_point_of


def add_efs_volume(
    scope: Construct,
    task_definition: ecs.TaskDefinition,
    volume: EfsVolume,
    task_role: iam.IRole,
    containers: Sequence[Container],
) -> None:
    """Add an EFS volume to a task definition and let the task role use it."""
    file_system: efs.IFileSystem = volume.file_system
    as_themselves = isinstance(volume.user, Disabled)
    access_point = access_point_of(scope, volume)
    task_definition.add_volume(
        name=volume.name,
        efs_volume_configuration=ecs.EfsVolumeConfiguration(
            file_system_id=file_system.file_system_id,
            transit_encryption="ENABLED",
            authorization_config=ecs.AuthorizationConfig(access_point_id=access_point.access_point_id, iam="ENABLED"),
        ),
    )
    mounts = [mount for container in containers for mount in container.mounts if mount.volume == volume.name]
    write = [] if all(mount.read_only for mount in mounts) else ["elasticfilesystem:ClientWrite"]
    root = ["elasticfilesystem:ClientRootAccess"] if as_themselves else []
    if isinstance(volume.user, Disabled):
        record_opt_out(task_definition, "efs-access-point", volume.user)
    task_role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["elasticfilesystem:ClientMount", *write, *root],
            resources=[file_system.file_system_arn],
            conditions={
                "StringEquals": {"elasticfilesystem:AccessPointArn": access_point.access_point_arn},
                "Bool": {"aws:SecureTransport": "true"},
            },
        )
    )
