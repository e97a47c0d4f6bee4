"""Subjects of `clusters`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs
from aws_cdk import aws_sns as sns

from cdk_containers import (
    CapacityReservations,
    Cluster,
    Ec2Capacity,
    ExternalInstances,
    FargateCapacity,
    GroupScaling,
    InstanceOptions,
    InstanceRequirements,
    Logs,
    ManagedInstancesCapacity,
    ManagedScaling,
    PredictiveScaling,
    Spot,
    SshKey,
)
from tests.toolkit import (
    REASON,
    backend,
    capacity,
    network,
    own_cluster,
)

from ..making import OFF, key, key_pair
from ..subject import Change, Subject

SUBJECTS: list[Subject] = [
    Subject(
        Cluster,
        lambda stack, given: Cluster(stack, "Cluster", **given),
        lambda stack: {"network": network(stack)},
    ),
    Subject(FargateCapacity, lambda stack, given: backend(stack, capacity=[FargateCapacity(**given)])),
    Subject(
        Ec2Capacity,
        lambda stack, given: Ec2Capacity(stack, "Instances", **given),
        lambda stack: {"cluster": own_cluster(stack), "instance_types": ["m7i.large"], "max_instances": 4},
    ),
    Subject(
        ExternalInstances,
        lambda stack, given: ExternalInstances(stack, "Machines", **given),
        lambda stack: {"cluster": own_cluster(stack)},
    ),
    Subject(
        ManagedInstancesCapacity,
        lambda stack, given: ManagedInstancesCapacity(stack, "Managed", **given),
        lambda stack: {"cluster": own_cluster(stack)},
    ),
    Subject(
        InstanceRequirements,
        lambda stack, given: ManagedInstancesCapacity(
            stack, "Managed", cluster=own_cluster(stack), requirements=InstanceRequirements(**given)
        ),
    ),
    Subject(
        CapacityReservations,
        lambda stack, given: ManagedInstancesCapacity(
            stack, "Managed", cluster=own_cluster(stack), reservations=CapacityReservations(**given)
        ),
    ),
    Subject(InstanceOptions, lambda stack, given: capacity(stack, instances=InstanceOptions(**given))),
    Subject(
        SshKey,
        lambda stack, given: capacity(stack, instances=InstanceOptions(ssh_key=SshKey(**given))),
        lambda stack: {"key_pair": key_pair(stack), "reason": REASON},
    ),
    Subject(Spot, lambda stack, given: capacity(stack, spot=Spot(**given))),
    Subject(ManagedScaling, lambda stack, given: capacity(stack, scaling=ManagedScaling(**given))),
    Subject(GroupScaling, lambda stack, given: capacity(stack, scaling=GroupScaling(**given))),
    Subject(
        PredictiveScaling,
        lambda stack, given: capacity(stack, scaling=GroupScaling(predictive=PredictiveScaling(**given))),
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Cluster": {
        "network": None,
        "capacity": [FargateCapacity.spot()],
        "container_insights": ecs.ContainerInsights.ENABLED,
        "execute_command_logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "encryption_key": key("SessionKey"),
        "cluster_name": "shop",
    },
    "FargateCapacity": {"base": 1, "weight": 2, "interruptible": True},
    "Ec2Capacity": {
        "cluster": lambda stack: own_cluster(stack, "Other"),
        "instance_types": ["m7i.xlarge"],
        "max_instances": 5,
        "min_instances": 1,
        "spot": Spot(),
        "instances": InstanceOptions(root_volume_gib=100),
        "scaling": GroupScaling(),
        "max_instance_lifetime": timedelta(days=7),
        "notification_topic": lambda stack: sns.Topic.from_topic_arn(
            stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:instances"
        ),
        "retired": Change(value=True, beside={"min_instances": 1}),
    },
    "ExternalInstances": {
        "cluster": lambda stack: own_cluster(stack, "Other"),
        "registration_limit": 20,
        "gpus": True,
    },
    "ManagedInstancesCapacity": {
        "cluster": lambda stack: own_cluster(stack, "Other"),
        "requirements": InstanceRequirements(),
        "capacity_option": "SPOT",
        "storage_size_gib": 100,
        "monitoring": "BASIC",
        "scale_in_after": timedelta(minutes=10),
        "reservations": CapacityReservations(),
        "local_storage": True,
        "metadata_tags": False,
        "fips": True,
    },
    "CapacityReservations": {
        "group_arn": "arn:aws:resource-groups:eu-west-1:111111111111:group/reserved",
        "preference": "RESERVATIONS_ONLY",
    },
    "InstanceRequirements": {
        "min_vcpus": 2,
        "max_vcpus": 8,
        "min_memory_mib": 2048,
        "max_memory_mib": 8192,
        "architecture": "ARM64",
        "allowed_instance_types": ["m7g.*"],
        "excluded_instance_types": ["t*"],
        "min_gpus": 1,
    },
    "InstanceOptions": {
        "machine_image": "BOTTLEROCKET",
        "root_volume_gib": 100,
        "encryption_key": key("VolumeKey"),
        "user_data": ["echo ready"],
        "attributes": {"team": "shop"},
        "nitro_only": OFF,
        "ssh_key": lambda stack: SshKey(key_pair=key_pair(stack), reason=REASON),
    },
    "SshKey": {
        "key_pair": lambda stack: ec2.KeyPair.from_key_pair_name(stack, "OtherKeyPair", "others"),
        "reason": "another reason that a reviewer understands",
    },
    "Spot": {"on_demand_base": 1, "on_demand_percent": 50},
    "ManagedScaling": {
        "target_capacity_percent": 80,
        "minimum_step": 2,
        "maximum_step": 4,
        "instance_warmup": timedelta(seconds=60),
        "termination_protection": OFF,
        "draining": OFF,
    },
    "GroupScaling": {"cpu_percent": 40, "predictive": PredictiveScaling()},
    "PredictiveScaling": {"cpu_percent": 40, "forecast_only": True, "buffer": timedelta(seconds=60)},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {
    "ManagedInstancesCapacity.retired": "refuses services only: see tests/clusters/test_retired_capacity.py",
    "InstanceOptions.eni_trunking": "a setting of the account; only tells what fits: see test_ec2_services",
}

NOT_A_SUBJECT: dict[str, str] = {
    "LaunchType": "its name is its only option, and has no default: see test_existing_capacity",
}
