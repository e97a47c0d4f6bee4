"""What the instances of a capacity are started from."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from .agent_settings import agent_settings, amazon_linux_commands, bottlerocket_settings
from .instance_options import InstanceOptions, architecture_of, has_gpus, has_neuron_devices


def make_launch_template(
    scope: Construct,
    *,
    cluster_name: str,
    instance_types: Sequence[str],
    instances: InstanceOptions,
    role: iam.IRole,
    security_group: ec2.ISecurityGroup,
) -> ec2.LaunchTemplate:
    """Make the launch template of a capacity.

    Args:
        scope: The capacity.
        cluster_name: Name of the cluster that its instances join.
        instance_types: Types of its instances, the preferred first.
        instances: What they are, beyond their type.
        role: Their role.
        security_group: Their security group.
    """
    bottlerocket = instances.machine_image == "BOTTLEROCKET"
    # Bottlerocket keeps its own system on the first volume, and images and containers on the second.
    volumes = (
        {"/dev/xvda": 4, "/dev/xvdb": instances.root_volume_gib}
        if bottlerocket
        else {"/dev/xvda": instances.root_volume_gib}
    )
    key = instances.ssh_key
    if instances.encryption_key is not None:
        _open_key(instances.encryption_key)
    return ec2.LaunchTemplate(
        scope,
        "LaunchTemplate",
        machine_image=_machine_image(instance_types, instances),
        instance_type=ec2.InstanceType(instance_types[0]),
        user_data=_user_data(cluster_name, instance_types, instances),
        role=role,
        security_group=security_group,
        associate_public_ip_address=False,
        block_devices=[
            ec2.BlockDevice(
                device_name=device,
                volume=ec2.BlockDeviceVolume.ebs(
                    size,
                    encrypted=True,
                    kms_key=instances.encryption_key,
                    volume_type=ec2.EbsDeviceVolumeType.GP3,
                    delete_on_termination=True,
                ),
            )
            for device, size in volumes.items()
        ],
        require_imdsv2=True,
        http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
        http_endpoint=True,
        http_put_response_hop_limit=1,
        instance_metadata_tags=False,
        detailed_monitoring=True,
        key_pair=key.key_pair if key is not None else None,
    )


def _open_key(key: kms.IKey) -> None:
    """Let EC2 Auto Scaling start instances whose volumes this key encrypts; without it they end as they start.

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


def _machine_image(instance_types: Sequence[str], instances: InstanceOptions) -> ec2.IMachineImage:
    arm = architecture_of(instance_types) == "ARM64"
    gpu = any(has_gpus(name) for name in instance_types)
    if instances.machine_image == "BOTTLEROCKET":
        variant = ecs.BottlerocketEcsVariant
        return ecs.BottleRocketImage(
            variant=variant.AWS_ECS_2_NVIDIA if gpu else variant.AWS_ECS_2,
            architecture=ec2.InstanceArchitecture.ARM_64 if arm else ec2.InstanceArchitecture.X86_64,
        )
    hardware = ecs.AmiHardwareType
    return ecs.EcsOptimizedImage.amazon_linux2023(
        hardware.NEURON
        if any(has_neuron_devices(name) for name in instance_types)
        else hardware.GPU
        if gpu
        else hardware.ARM
        if arm
        else hardware.STANDARD
    )


def _user_data(cluster_name: str, instance_types: Sequence[str], instances: InstanceOptions) -> ec2.UserData:
    if instances.machine_image == "BOTTLEROCKET":
        return ec2.UserData.custom(bottlerocket_settings(cluster_name, attributes=instances.attributes))
    user_data = ec2.UserData.for_linux()
    gpu = any(has_gpus(name) for name in instance_types)
    settings = agent_settings(cluster_name, gpu=gpu, attributes=instances.attributes)
    user_data.add_commands(*amazon_linux_commands(settings, instances.user_data))
    return user_data
