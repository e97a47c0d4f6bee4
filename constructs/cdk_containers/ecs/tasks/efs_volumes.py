"""EFS volumes: TLS, IAM, an access point, the security-group rule and the grant, none of which CDK's volume has."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, EfsVolume, Volume
from cdk_containers.network import PortRange, let_in

_NFS = PortRange(first=2049, last=2049)


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
    uid, gid = volume.owner
    access_point: efs.IAccessPoint = volume.access_point or efs.AccessPoint(
        scope,
        f"{volume.name}AccessPoint",
        file_system=file_system,
        path=volume.path or f"/{volume.name}",
        create_acl=efs.Acl(owner_uid=uid, owner_gid=gid, permissions="755" if as_themselves else "750"),
        posix_user=None if as_themselves else efs.PosixUser(uid=uid, gid=gid),
    )
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


def open_file_system(scope: Construct, volume: EfsVolume, groups: Sequence[ec2.ISecurityGroup]) -> list[Construct]:
    """Let security groups reach the file system's mount targets, and return what a task has to wait for."""
    file_system: efs.IFileSystem = volume.file_system
    return [
        rule
        for group in file_system.connections.security_groups
        for own in groups
        for rule in let_in(group, own, _NFS, user=scope, description="Tasks that mount the file system")
    ]


def efs_problems(volumes: Sequence[Volume], vpc: ec2.IVpc) -> list[Problem]:
    """Find file systems that tasks in a VPC could not reach, as far as it can be known at synthesis."""
    found = Problems()
    for index, volume in enumerate(volumes):
        if not isinstance(volume, EfsVolume) or not isinstance(volume.file_system, efs.FileSystem):
            continue
        groups = volume.file_system.connections.security_groups
        resource = groups[0].node.default_child if groups else None
        if isinstance(resource, ec2.CfnSecurityGroup) and resource.vpc_id != vpc.vpc_id:
            found.add(
                f"volumes[{index}].file_system",
                "the file system is in another VPC, where tasks cannot mount it",
                given=volume.file_system.node.path,
                allowed="a file system in the network of the cluster",
                practice="efs-same-vpc",
            )
    return list(found)
