"""Storage of FSx for NetApp ONTAP."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import ConstructError, Disabled, Network, OntapStorage
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of, manifests_of
from tests.toolkit import REASON, eks_cluster, new_stack, resources, synth

from .making import ROUTE_TABLES, add_ons, imported, ontap, rules_in, statements, storage_class


def file_system(stack: cdk.Stack) -> dict[str, Any]:
    [made] = resources(synth(stack), "AWS::FSx::FileSystem").values()
    return made


def test_a_file_system_in_two_zones_keeps_and_backs_up_its_data():
    stack = new_stack()
    ontap(eks_cluster(stack))
    made = file_system(stack)
    assert made["Properties"]["OntapConfiguration"] == {
        "AutomaticBackupRetentionDays": 7,
        "DeploymentType": "MULTI_AZ_1",
        "PreferredSubnetId": "subnet-0aaaaaaaaaaaaaaa1",
        "RouteTableIds": ROUTE_TABLES,
        "ThroughputCapacity": 128,
    }
    assert made["Properties"]["SubnetIds"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
    assert made["DeletionPolicy"] == "Retain"


def test_one_zone_takes_one_subnet():
    stack = new_stack()
    ontap(eks_cluster(stack), deployment_type="SINGLE_AZ_1", route_table_ids=None)
    given = file_system(stack)["Properties"]
    assert given["SubnetIds"] == ["subnet-0aaaaaaaaaaaaaaa1"]
    assert "RouteTableIds" not in given["OntapConfiguration"]


def test_nodes_find_it_by_the_route_tables_of_a_vpc_of_the_app():
    stack = new_stack()
    ontap(eks_cluster(stack, network=Network(stack, "Net")), route_table_ids=None)
    tables = file_system(stack)["Properties"]["OntapConfiguration"]["RouteTableIds"]
    assert {table["Ref"] for table in tables} <= set(resources(synth(stack), "AWS::EC2::RouteTable"))
    assert len(tables) == 2


@pytest.mark.parametrize(
    ("protocol", "ports"),
    [("NFS", {(443, 443), (111, 111), (635, 635), (2049, 2049), (4045, 4046)}), ("ISCSI", {(443, 443), (3260, 3260)})],
)
def test_nodes_reach_the_ports_of_the_protocol(protocol: Any, ports: set[tuple[int, int]]):
    stack = new_stack()
    ontap(eks_cluster(stack), protocol=protocol)
    assert rules_in(synth(stack), "Ontap") == ports


def test_the_password_is_made_by_secrets_manager_and_shown_by_nobody():
    stack = new_stack()
    ontap(eks_cluster(stack))
    template = synth(stack)
    [(name, secret)] = resources(template, "AWS::SecretsManager::Secret").items()
    assert secret["Properties"]["GenerateSecretString"]["SecretStringTemplate"] == '{"username":"vsadmin"}'
    [machine] = resources(template, "AWS::FSx::StorageVirtualMachine").values()
    [_, [start, reference, end]] = machine["Properties"]["SvmAdminPassword"]["Fn::Join"]
    assert (start, reference, end) == ("{{resolve:secretsmanager:", {"Ref": name}, ":SecretString:password::}}")


def test_trident_is_told_its_role_where_its_add_on_takes_it():
    stack = new_stack()
    made = ontap(eks_cluster(stack))
    template = synth(stack)
    assert add_ons(template) == ["netapp_trident-operator"]
    [add_on] = [
        entry["Properties"]
        for entry in resources(template, "AWS::EKS::Addon").values()
        if entry["Properties"]["AddonName"] == "netapp_trident-operator"
    ]
    _, [start, arn, end] = add_on["ConfigurationValues"]["Fn::Join"]
    assert arn == stack.resolve(made.driver_role.role_arn)
    assert json.loads(f"{start}ROLE{end}") == {
        "cloudProvider": "AWS",
        "cloudIdentity": "'eks.amazonaws.com/role-arn: ROLE'",
    }
    assert "PodIdentityAssociations" not in add_on
    trust = str(resources(template, "AWS::IAM::Role")[arn["Fn::GetAtt"][0]])
    assert "system:serviceaccount:trident:trident-controller" in trust


def test_trident_makes_volumes_in_this_file_system_and_reads_this_secret():
    stack = new_stack()
    ontap(eks_cluster(stack))
    template = synth(stack)
    [file_system_id] = resources(template, "AWS::FSx::FileSystem")
    [secret] = resources(template, "AWS::SecretsManager::Secret")
    look, make, change, read = statements(template, "OntapDriverPolicy")
    assert look["Resource"] == "*"
    assert all(action.startswith("fsx:Describe") for action in look["Action"])
    assert "fsx:DeleteVolume" in change["Action"]
    for resource in (*make["Resource"], change["Resource"]):
        assert resource["Fn::Join"][1][-2:] == [{"Ref": file_system_id}, "/*"]
    assert read == {"Action": "secretsmanager:GetSecretValue", "Effect": "Allow", "Resource": {"Ref": secret}}


def test_the_backend_and_the_class_belong_together():
    stack = new_stack()
    cluster = eks_cluster(stack)
    made = ontap(cluster, default_class=True)
    [backend] = files_of(cluster)["trident-backend-ontap"]
    assert backend["spec"] == {
        "version": 1,
        "backendName": "ontap",
        "storageDriverName": "ontap-nas",
        "svm": "pods",
        "aws": {"fsxFilesystemID": made.file_system_id},
        "credentials": {"name": made.secret.secret_arn, "type": "awsarn"},
    }
    found = storage_class(cluster, "ontap")
    assert found["provisioner"] == "csi.trident.netapp.io"
    assert found["parameters"] == {"backendType": "ontap-nas", "storagePools": "ontap:.*", "fsType": "nfs"}
    made.claim("data", namespace="shop", size_gib=20)
    check(manifests_of(cluster))


def test_block_volumes_over_iscsi():
    cluster = eks_cluster(new_stack())
    ontap(cluster, protocol="ISCSI").claim("data", namespace="shop", size_gib=20)
    assert storage_class(cluster, "ontap")["parameters"]["backendType"] == "ontap-san"
    [claim] = files_of(cluster)["claim-shop-data"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    check(manifests_of(cluster))


def test_two_storages_share_trident():
    stack = new_stack()
    cluster = eks_cluster(stack)
    ontap(cluster)
    ontap(cluster, "Block", protocol="ISCSI", storage_class_name="block")
    template = synth(stack)
    assert add_ons(template) == ["netapp_trident-operator"]
    assert len([name for name in resources(template, "AWS::IAM::Policy") if "DriverPolicy" in name]) == 2


def test_a_key_of_yours_encrypts_files_and_secret():
    stack = new_stack()
    arn = "arn:aws:kms:eu-west-1:111111111111:key/1"
    ontap(eks_cluster(stack), encryption_key=kms.Key.from_key_arn(stack, "Key", arn))
    assert file_system(stack)["Properties"]["KmsKeyId"] == arn
    assert statements(synth(stack), "OntapDriverPolicy")[-1] == {
        "Action": "kms:Decrypt",
        "Effect": "Allow",
        "Resource": arn,
    }


def test_a_file_system_that_exists():
    stack = new_stack()
    cluster = eks_cluster(stack)
    arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:svm-AbCdEf"
    storage = OntapStorage.from_attributes(
        stack,
        "Ontap",
        cluster=cluster,
        file_system_id="fs-0123456789abcdef0",
        storage_virtual_machine_name="shared",
        secret=secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", arn),
        security_group_id="sg-0aaaaaaaaaaaaaaaa",
    )
    storage.claim("data", namespace="shop", size_gib=20)
    template = synth(stack)
    assert resources(template, "AWS::FSx::FileSystem") == {}
    assert (2049, 2049) in rules_in(template, "sg-0aaaaaaaaaaaaaaaa")
    [backend] = files_of(cluster)["trident-backend-ontap"]
    assert (backend["spec"]["svm"], backend["spec"]["credentials"]["name"]) == ("shared", arn)
    check(manifests_of(cluster))


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"storage_capacity_gib": 100}, ["storage_capacity_gib"]),
        ({"throughput_mbps": 100}, ["throughput_mbps"]),
        ({"deployment_type": "MULTI_AZ_2"}, ["throughput_mbps"]),
        ({"backup_retention_days": 0}, ["backup_retention_days"]),
        ({"reclaim_policy": "Delete"}, ["reclaim_policy"]),
        ({"route_table_ids": None}, ["route_table_ids"]),
        ({"storage_class_name": "ONTAP", "throughput_mbps": 1}, ["throughput_mbps", "storage_class_name"]),
    ],
)
def test_file_systems_that_fsx_does_not_make(options: dict[str, Any], wrong: list[str]):
    with pytest.raises(ConstructError) as error:
        ontap(eks_cluster(new_stack()), **{"route_table_ids": ROUTE_TABLES} | options)
    assert [problem.option for problem in error.value.problems] == wrong


def test_volumes_can_be_deleted_where_there_are_no_backups():
    cluster = eks_cluster(new_stack())
    ontap(cluster, reclaim_policy="Delete", backup_retention_days=Disabled(REASON))
    assert storage_class(cluster, "ontap")["reclaimPolicy"] == "Delete"


def test_fargate_cannot_mount_it():
    with pytest.raises(ConstructError, match="pods on Fargate cannot mount FSx for ONTAP"):
        ontap(eks_cluster(new_stack(), compute="FARGATE"))


def test_an_imported_cluster_without_a_provider():
    with pytest.raises(ConstructError) as error:
        ontap(imported(new_stack()))
    assert [problem.option for problem in error.value.problems] == ["driver_role"]


@pytest.mark.parametrize(("option", "value"), [("file_system_id", "svm-1"), ("storage_virtual_machine_name", "")])
def test_a_file_system_that_cannot_exist(option: str, value: str):
    stack = new_stack()
    given: dict[str, Any] = {
        "file_system_id": "fs-0123456789abcdef0",
        "storage_virtual_machine_name": "shared",
        "secret": secretsmanager.Secret(stack, "Secret"),
        "security_group_id": "sg-0aaaaaaaaaaaaaaaa",
    }
    with pytest.raises(ConstructError) as error:
        OntapStorage.from_attributes(stack, "Ontap", cluster=eks_cluster(stack), **given | {option: value})
    assert [problem.option for problem in error.value.problems] == [option]
