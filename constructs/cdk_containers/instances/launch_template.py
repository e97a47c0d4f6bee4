"""Launch templates with protected instance metadata and encrypted volumes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.unchecked import unchecked

MachineImage = Literal["AL2023", "BOTTLEROCKET"]


def make_launch_template(
    scope: Construct,
    *,
    bottlerocket: bool,
    root_volume_gib: int,
    encryption_key: kms.IKey | None,
    instance_type: str | None = None,
    user_data: ec2.UserData | None = None,
    machine_image: ec2.IMachineImage | None = None,
    role: iam.IRole | None = None,
    security_group: ec2.ISecurityGroup | None = None,
    key_pair: ec2.IKeyPair | None = None,
) -> ec2.LaunchTemplate:
    """Create a launch template with encrypted volumes and instance metadata that only the instance itself can reach.

    Args:
        scope: The parent.
        bottlerocket: Whether the AMI is Bottlerocket, which has its system on the first volume, and images and
            containers on the second.
        root_volume_gib: Size of the volume for images and containers.
        encryption_key: KMS key for the volumes; without it, the AWS managed key of EBS.
        instance_type: The instance type; None if it is set elsewhere.
        user_data: User data of the instances.
        machine_image: The AMI; None if EKS chooses it, which then also sets role and network.
        role: The role of the instances.
        security_group: Their security group.
        key_pair: A key pair for SSH.
    """
    volumes = {"/dev/xvda": 4, "/dev/xvdb": root_volume_gib} if bottlerocket else {"/dev/xvda": root_volume_gib}
    if encryption_key is not None:
        open_key(encryption_key)
    return unchecked(
        ec2.LaunchTemplate,
        scope,
        "LaunchTemplate",
        machine_image=machine_image,
        instance_type=_instance_type(instance_type) if instance_type is not None else None,
        user_data=user_data,
        role=role,
        security_group=security_group,
        associate_public_ip_address=False if security_group is not None else None,
        block_devices=_volumes(volumes, encryption_key),
        require_imdsv2=True,
        http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
        http_endpoint=True,
        http_put_response_hop_limit=1,
        instance_metadata_tags=False,
        detailed_monitoring=True,
        key_pair=key_pair,
    )


@cache
def _instance_type(name: str) -> ec2.InstanceType:
    return ec2.InstanceType(name)


def _volumes(volumes: Mapping[str, int], key: kms.IKey | None) -> list[ec2.BlockDevice]:
    return [
        ec2.BlockDevice(
            device_name=device,
            volume=ec2.BlockDeviceVolume.ebs(
                size,
                encrypted=True,
                kms_key=key,
                volume_type=ec2.EbsDeviceVolumeType.GP3,
                delete_on_termination=True,
            ),
        )
        for device, size in volumes.items()
    ]


def open_key(key: kms.IKey) -> None:
    """Let EC2 Auto Scaling start instances whose volumes this key encrypts; without it they terminate at start.

    See https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    path = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    scaler = iam.ArnPrincipal(f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/{path}")
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    for actions, conditions in (
        (use, None),
        (["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ):
        key.add_to_resource_policy(
            iam.PolicyStatement(principals=[scaler], actions=actions, resources=["*"], conditions=conditions)
        )
