"""EBS volumes that ECS creates for each task of a service."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.model.workload import EbsVolume, Volume

_POLICY = "AmazonECSInfrastructureRolePolicyForVolumes"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that ECS needs to create and attach volumes; "
    "it is limited to volumes with the ECS tag",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{_POLICY}]",),
)


def attach_ebs_volume(scope: Construct, service: ecs.BaseService, volumes: Sequence[Volume]) -> None:
    """Configure the EBS volume of a service, if it has one."""
    for volume in volumes:
        if not isinstance(volume, EbsVolume):
            continue
        managed = ecs.ServiceManagedVolume(
            scope,
            f"{volume.name}Volume",
            name=volume.name,
            managed_ebs_volume=ecs.ServiceManagedEBSVolumeConfiguration(
                encrypted=True,
                kms_key_id=volume.encryption_key,
                size=Size.gibibytes(volume.size_gib),
                volume_type=ec2.EbsDeviceVolumeType[volume.volume_type.upper()],
                iops=volume.iops,
                throughput=volume.throughput_mib,
                snap_shot_id=volume.snapshot_id,
                file_system_type=ecs.FileSystemType[volume.file_system.upper()],
                tag_specifications=[
                    ecs.EBSTagSpecification(propagate_tags=ecs.EbsPropagatedTagSource.SERVICE, tags={})
                ],
            ),
        )
        acknowledge(managed.role, _MANAGED_POLICY)
        if volume.encryption_key is not None:
            _let_use(volume.encryption_key, managed.role)
        service.node.add_dependency(managed.role)
        service.add_volume(managed)


def _let_use(key: kms.IKey, role: iam.IRole) -> None:
    """Let ECS create encrypted volumes with your key; CDK does not grant this.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html
    """
    key.grant(
        role,
        "kms:DescribeKey",
        "kms:Decrypt",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    )
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["kms:CreateGrant"],
            resources=[key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )
    )
