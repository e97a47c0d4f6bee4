"""The file system of an environment, which workloads share."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.core.cdk_modules import efs

from .naming import Naming
from .setting import Setting
from .vpcs import KnownVpc

_READ_AND_WRITE = ["elasticfilesystem:ClientWrite", "elasticfilesystem:ClientMount"]


def make_file_system(
    scope: Construct, naming: Naming, setting: Setting, known: KnownVpc, tasks: ec2.ISecurityGroup
) -> str:
    """Create the file system, which is kept when the stack is deleted, and return its id."""
    tags = {"application": setting.application, "environment": setting.environment}
    file_system = efs.CfnFileSystem(
        scope,
        "FileSystem",
        encrypted=True,
        backup_policy=efs.CfnFileSystem.BackupPolicyProperty(status="ENABLED"),
        lifecycle_policies=[efs.CfnFileSystem.LifecyclePolicyProperty(transition_to_ia="AFTER_30_DAYS")],
        performance_mode="generalPurpose",
        throughput_mode="bursting",
        file_system_policy={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AllowIAMFromTaggedRoles",
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": _READ_AND_WRITE,
                    "Condition": {
                        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
                        "StringEquals": {f"iam:ResourceTag/copilot-{name}": value for name, value in tags.items()},
                    },
                },
                {
                    "Sid": "DenyUnencryptedAccess",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "elasticfilesystem:*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        },
    )
    file_system.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    naming.name("FileSystem", file_system)
    group = ec2.SecurityGroup(
        scope,
        "FileSystemSecurityGroup",
        vpc=known.vpc,
        description=f"{setting.prefix}EFSSecurityGroup",
    )
    naming.name("EFSSecurityGroup", group)
    let_group_in(scope, naming, "EFSSecurityGroupIngressFromEnvironment", group, tasks, "Containers of the environment")
    for place, subnet in enumerate(known.private):
        target = efs.CfnMountTarget(
            scope,
            f"MountTarget{place + 1}",
            file_system_id=file_system.ref,
            subnet_id=subnet,
            security_groups=[group.security_group_id],
        )
        naming.name(f"MountTarget{place + 1}", target)
    return file_system.ref


def let_group_in(  # noqa: PLR0917  (a rule has so many parts)
    scope: Construct,
    naming: Naming,
    logical_id: str,
    group: ec2.ISecurityGroup,
    peer: ec2.ISecurityGroup,
    description: str,
) -> None:
    """Let members of a security group reach those of another on every port, as in Copilot."""
    rule = ec2.CfnSecurityGroupIngress(
        scope,
        logical_id,
        group_id=group.security_group_id,
        ip_protocol="-1",
        source_security_group_id=peer.security_group_id,
        description=description,
    )
    naming.name(logical_id, rule)
