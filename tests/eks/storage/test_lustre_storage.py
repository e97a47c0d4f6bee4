"""Fast shared files of FSx for Lustre."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from cdk_containers import AutoMode, ConstructError, Disabled, LustreStorage
from cdk_containers.core.opt_outs import opt_outs_of
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of, manifests_of
from tests.toolkit import REASON, eks_cluster, new_stack, resources, synth

from .making import add_ons, lustre, rules_in, statements


def file_system(stack: cdk.Stack) -> dict[str, Any]:
    [made] = resources(synth(stack), "AWS::FSx::FileSystem").values()
    return made


def test_a_file_system_keeps_and_backs_up_its_data():
    stack = new_stack()
    lustre(eks_cluster(stack))
    made = file_system(stack)
    assert made["Properties"]["LustreConfiguration"] == {
        "AutomaticBackupRetentionDays": 7,
        "CopyTagsToBackups": True,
        "DataCompressionType": "LZ4",
        "DeploymentType": "PERSISTENT_2",
        "PerUnitStorageThroughput": 125,
    }
    assert made["Properties"]["SubnetIds"] == ["subnet-0aaaaaaaaaaaaaaa1"]
    assert made["DeletionPolicy"] == "Retain"


def test_the_security_group_stays_as_long_as_the_file_system_that_uses_it():
    stack = new_stack()
    lustre(eks_cluster(stack))
    [group] = [entry for name, entry in resources(synth(stack), "AWS::EC2::SecurityGroup").items() if "Lus" in name]
    assert group["DeletionPolicy"] == "Retain"


def test_servers_and_nodes_reach_each_other_before_the_file_system_is_made():
    stack = new_stack()
    cluster = eks_cluster(stack)
    lustre(cluster)
    template = synth(stack)
    assert rules_in(template, "Lustre") == {(988, 988), (1018, 1023)}
    assert rules_in(template, "ClusterSecurityGroupId") == {(988, 988), (1018, 1023)}
    rules = resources(template, "AWS::EC2::SecurityGroupIngress")
    assert set(rules) <= set(file_system(stack)["DependsOn"])
    assert len(rules) == 6, "servers to servers, nodes to servers, servers to nodes"


def test_each_claim_sees_the_whole_file_system():
    stack = new_stack()
    cluster = eks_cluster(stack)
    storage = lustre(cluster, storage_capacity_gib=2400)
    assert storage.claim("data", namespace="train") == "data"
    storage.claim("data", namespace="serve", size_gib=100)
    volume, claim = files_of(cluster)["claim-train-data"]
    assert volume["spec"]["csi"] == {
        "driver": "fsx.csi.aws.com",
        "volumeHandle": storage.file_system_id,
        "volumeAttributes": {
            "dnsname": storage.file_system.attr_dns_name if storage.file_system else "",
            "mountname": storage.file_system.attr_lustre_mount_name if storage.file_system else "",
        },
    }
    assert claim["spec"]["resources"]["requests"]["storage"] == "2400Gi"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    check(manifests_of(cluster))


@pytest.mark.parametrize("options", [{}, {"auto_mode": AutoMode()}])
def test_the_driver_can_look_and_change_nothing(options: dict[str, Any]):
    stack = new_stack()
    lustre(eks_cluster(stack, **options))
    template = synth(stack)
    assert add_ons(template) == ["aws-fsx-csi-driver"]
    [statement] = statements(template, "LustreDriverPolicy")
    assert statement == {"Action": "fsx:DescribeFileSystems", "Effect": "Allow", "Resource": "*"}
    assert "AmazonFSxFullAccess" not in str(template)


def test_a_scratch_file_system_has_no_backups():
    stack = new_stack()
    lustre(eks_cluster(stack), deployment_type="SCRATCH_2")
    assert file_system(stack)["Properties"]["LustreConfiguration"] == {
        "DataCompressionType": "LZ4",
        "DeploymentType": "SCRATCH_2",
    }


def test_backups_are_switched_off_with_a_reason():
    stack = new_stack()
    lustre(eks_cluster(stack), backup_retention_days=Disabled(REASON))
    assert file_system(stack)["Properties"]["LustreConfiguration"]["AutomaticBackupRetentionDays"] == 0
    assert [practice for _, practice, _ in opt_outs_of(synth(stack))] == ["eks-storage-backups"]


def test_a_file_system_that_exists():
    stack = new_stack()
    cluster = eks_cluster(stack)
    storage = LustreStorage.from_attributes(
        stack,
        "Lustre",
        cluster=cluster,
        file_system_id="fs-0123456789abcdef0",
        dns_name="fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com",
        mount_name="fsx",
        security_group_id="sg-0aaaaaaaaaaaaaaaa",
    )
    storage.claim("data", namespace="shop")
    template = synth(stack)
    assert resources(template, "AWS::FSx::FileSystem") == {}
    assert add_ons(template) == ["aws-fsx-csi-driver"]
    assert rules_in(template, "sg-0aaaaaaaaaaaaaaaa") == {(988, 988), (1018, 1023)}
    volume, _ = files_of(cluster)["claim-shop-data"]
    assert volume["spec"]["csi"]["volumeHandle"] == "fs-0123456789abcdef0"
    check(manifests_of(cluster))


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"storage_capacity_gib": 1000}, ["storage_capacity_gib"]),
        ({"storage_capacity_gib": 3000}, ["storage_capacity_gib"]),
        ({"throughput_per_tib": 200}, ["throughput_per_tib"]),
        ({"backup_retention_days": 0}, ["backup_retention_days"]),
        ({"backup_retention_days": 91}, ["backup_retention_days"]),
        ({"deployment_type": "SCRATCH_2", "backup_retention_days": 7}, ["backup_retention_days"]),
        ({"deployment_type": "SCRATCH_2", "throughput_per_tib": 250}, ["throughput_per_tib"]),
        ({"storage_capacity_gib": 1, "backup_retention_days": 0}, ["storage_capacity_gib", "backup_retention_days"]),
    ],
)
def test_file_systems_that_fsx_does_not_make(options: dict[str, Any], wrong: list[str]):
    with pytest.raises(ConstructError) as error:
        lustre(eks_cluster(new_stack()), **options)
    assert [problem.option for problem in error.value.problems] == wrong


def test_a_key_for_scratch():
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/1")
    with pytest.raises(ConstructError, match="a scratch file system does not support it"):
        lustre(eks_cluster(stack), deployment_type="SCRATCH_2", encryption_key=key)


def test_fargate_cannot_mount_it():
    with pytest.raises(ConstructError, match="pods on Fargate cannot mount FSx for Lustre"):
        lustre(eks_cluster(new_stack(), compute="FARGATE"))


@pytest.mark.parametrize(
    ("option", "value"), [("file_system_id", "fsx"), ("file_system_id", ""), ("dns_name", ""), ("mount_name", " ")]
)
def test_a_file_system_that_cannot_exist(option: str, value: str):
    given: dict[str, Any] = {
        "file_system_id": "fs-0123456789abcdef0",
        "dns_name": "fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com",
        "mount_name": "fsx",
        "security_group_id": "sg-0aaaaaaaaaaaaaaaa",
    }
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        LustreStorage.from_attributes(stack, "Lustre", cluster=eks_cluster(stack), **given | {option: value})
    assert [problem.option for problem in error.value.problems] == [option]
