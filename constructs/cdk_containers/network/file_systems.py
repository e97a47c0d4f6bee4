"""EFS file systems that containers mount: an access point, and the rule that lets them reach it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.core.cdk_modules import efs
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import EfsVolume, Volume

from .security_group_rules import PortRange, let_in

_NFS = PortRange(first=2049, last=2049)


def access_point_of(scope: Construct, volume: EfsVolume) -> efs.IAccessPoint:
    """Return the access point of a volume, and create one if none is set."""
    if volume.access_point is not None:
        return volume.access_point  # type: ignore[no-any-return]
    as_themselves = isinstance(volume.user, Disabled)
    uid, gid = volume.owner
    return efs.AccessPoint(
        scope,
        f"{volume.name}AccessPoint",
        file_system=volume.file_system,
        path=volume.path or f"/{volume.name}",
        create_acl=efs.Acl(owner_uid=uid, owner_gid=gid, permissions="755" if as_themselves else "750"),
        posix_user=None if as_themselves else efs.PosixUser(uid=uid, gid=gid),
    )


def open_file_system(scope: Construct, volume: EfsVolume, groups: Sequence[ec2.ISecurityGroup]) -> list[Construct]:
    """Let security groups reach the file system's mount targets, and return what a task must wait for."""
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
