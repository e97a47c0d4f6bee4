"""Subjects of `storage`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import EbsStorage, EfsStorage, LustreStorage, OntapStorage
from tests.eks.reading import show_manifests
from tests.toolkit import eks_cluster

from ..making import OFF, file_system, key, role, secret
from ..subject import Change, Options, Subject


def _with_claim(of: Callable[..., Any]) -> Callable[[cdk.Stack, dict[str, Any]], Any]:
    def make(stack: cdk.Stack, given: dict[str, Any]) -> Any:
        made = of(stack, "Storage", **given)
        made.claim("data", namespace="shop", size_gib=10)
        show_manifests(made.cluster)
        return made

    return make


def _imported_lustre(stack: cdk.Stack) -> Options:
    return {
        "cluster": eks_cluster(stack),
        "file_system_id": "fs-0123456789abcdef0",
        "dns_name": "fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com",
        "mount_name": "fsx",
        "security_group_id": "sg-0123456789abcdef0",
    }


def _imported_ontap(stack: cdk.Stack) -> Options:
    return {
        "cluster": eks_cluster(stack),
        "file_system_id": "fs-0123456789abcdef0",
        "storage_virtual_machine_name": "pods",
        "secret": secret(stack),
        "security_group_id": "sg-0123456789abcdef0",
    }


def _other_cluster(stack: cdk.Stack) -> Any:
    return eks_cluster(stack, "Other")


def _other_secret(stack: cdk.Stack) -> secretsmanager.ISecret:
    arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:svm-AbCdEf"
    return secretsmanager.Secret.from_secret_complete_arn(stack, "OtherSecret", arn)


def _claim_of_whole(stack: cdk.Stack, given: dict[str, Any]) -> Any:
    made = LustreStorage.from_attributes(stack, "Storage", **given)
    made.claim("data", namespace="shop")
    show_manifests(made.cluster)
    return made


SUBJECTS: list[Subject] = [
    Subject(EbsStorage, _with_claim(EbsStorage), lambda stack: {"cluster": eks_cluster(stack)}),
    Subject(EfsStorage, _with_claim(EfsStorage), lambda stack: {"cluster": eks_cluster(stack)}),
    Subject(LustreStorage, _with_claim(LustreStorage), lambda stack: {"cluster": eks_cluster(stack)}),
    Subject(LustreStorage.from_attributes, _claim_of_whole, lambda stack: dict(_imported_lustre(stack))),
    Subject(
        OntapStorage,
        _with_claim(OntapStorage),
        lambda stack: {"cluster": eks_cluster(stack), "route_table_ids": ["rtb-0123456789abcdef0"]},
    ),
    Subject(
        OntapStorage.from_attributes,
        _with_claim(OntapStorage.from_attributes),
        lambda stack: dict(_imported_ontap(stack)),
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "EbsStorage": {
        "cluster": _other_cluster,
        "storage_class_name": "fast",
        "default_class": True,
        "volume_type": "st1",
        "iops": 4000,
        "throughput_mib": 250,
        "file_system": "xfs",
        "encryption_key": key("Volumes"),
        "reclaim_policy": "Delete",
        "driver_role": role,
    },
    "EfsStorage": {
        "cluster": _other_cluster,
        "file_system": file_system,
        "provisioning": "STATIC",
        "storage_class_name": "files",
        "default_class": True,
        "encryption_key": key("Files"),
        "automatic_backups": OFF,
        "reclaim_policy": "Delete",
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "driver_role": role,
    },
    "LustreStorage": {
        "cluster": _other_cluster,
        "storage_capacity_gib": 2400,
        "throughput_per_tib": 250,
        "deployment_type": "SCRATCH_2",
        "subnet": lambda stack: ec2.Subnet.from_subnet_id(stack, "Given", "subnet-0ccccccccccccccc1"),
        "encryption_key": key("Lustre"),
        "backup_retention_days": 30,
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "driver_role": role,
    },
    "LustreStorage.from_attributes": {
        "cluster": _other_cluster,
        "file_system_id": "fs-0aaaaaaaaaaaaaaaa",
        "dns_name": "fs-0aaaaaaaaaaaaaaaa.fsx.eu-west-1.amazonaws.com",
        "mount_name": "abcdef",
        "security_group_id": "sg-0aaaaaaaaaaaaaaaa",
        "storage_capacity_gib": 2400,
        "driver_role": role,
    },
    "OntapStorage": {
        "cluster": _other_cluster,
        "protocol": "ISCSI",
        "storage_class_name": "netapp",
        "default_class": True,
        "deployment_type": "SINGLE_AZ_1",
        "storage_capacity_gib": 2048,
        "throughput_mbps": 256,
        "route_table_ids": ["rtb-0aaaaaaaaaaaaaaaa"],
        "encryption_key": key("Ontap"),
        "backup_retention_days": 30,
        "reclaim_policy": Change("Delete", beside={"backup_retention_days": OFF}),
        "removal_policy": cdk.RemovalPolicy.DESTROY,
        "driver_role": role,
    },
    "OntapStorage.from_attributes": {
        "cluster": _other_cluster,
        "file_system_id": "fs-0aaaaaaaaaaaaaaaa",
        "storage_virtual_machine_name": "others",
        "secret": _other_secret,
        "security_group_id": "sg-0aaaaaaaaaaaaaaaa",
        "protocol": "ISCSI",
        "storage_class_name": "netapp",
        "default_class": True,
        "reclaim_policy": "Delete",
        "driver_role": role,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
