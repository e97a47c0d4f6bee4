"""The launch template of a capacity."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.instances import make_launch_template
from cdk_containers.model.instances import architecture_of, has_gpus, has_neuron_devices

from .agent_settings import agent_settings, amazon_linux_commands, bottlerocket_settings
from .instance_options import InstanceOptions


def make_ecs_launch_template(
    scope: Construct,
    *,
    cluster_name: str,
    instance_types: Sequence[str],
    instances: InstanceOptions,
    role: iam.IRole,
    security_group: ec2.ISecurityGroup,
) -> ec2.LaunchTemplate:
    """Create the launch template of a capacity.

    Args:
        scope: The capacity.
        cluster_name: Name of the cluster that its instances join.
        instance_types: Types of its instances in order of preference.
        instances: Their options.
        role: Their role.
        security_group: Their security group.
    """
    key = instances.ssh_key
    return make_launch_template(
        scope,
        bottlerocket=instances.machine_image == "BOTTLEROCKET",
        root_volume_gib=instances.root_volume_gib,
        encryption_key=instances.encryption_key,
        instance_type=instance_types[0],
        user_data=_user_data(cluster_name, instance_types, instances),
        machine_image=_machine_image(instance_types, instances),
        role=role,
        security_group=security_group,
        key_pair=None if key is None else key.key_pair,
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
