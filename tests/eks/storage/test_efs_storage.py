"""Shared files of EFS, on nodes and on Fargate."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs
from aws_cdk import aws_kms as kms

from cdk_containers import ConstructError, Disabled
from cdk_containers.core.opt_outs import opt_outs_of
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of, manifests_of
from tests.toolkit import REASON, eks_cluster, network, new_stack, resources, synth

from .making import add_ons, efs, rules_in, statements, storage_class


def test_a_file_system_is_encrypted_backed_up_and_kept():
    stack = new_stack()
    efs(eks_cluster(stack))
    [made] = resources(synth(stack), "AWS::EFS::FileSystem").values()
    given = made["Properties"]
    assert given["Encrypted"] is True
    assert given["BackupPolicy"] == {"Status": "ENABLED"}
    assert given["ThroughputMode"] == "elastic"
    assert made["DeletionPolicy"] == made["UpdateReplacePolicy"] == "Retain"


def test_files_are_reached_over_tls_through_mount_targets_and_by_nobody_as_root():
    stack = new_stack()
    efs(eks_cluster(stack))
    [made] = resources(synth(stack), "AWS::EFS::FileSystem").values()
    [statement] = made["Properties"]["FileSystemPolicy"]["Statement"]
    assert statement["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert statement["Condition"] == {
        "Bool": {"aws:SecureTransport": "true", "elasticfilesystem:AccessedViaMountTarget": "true"}
    }


def test_pods_reach_a_mount_target_in_each_zone():
    stack = new_stack()
    cluster = eks_cluster(stack)
    efs(cluster)
    template = synth(stack)
    targets = resources(template, "AWS::EFS::MountTarget").values()
    assert [target["Properties"]["SubnetId"] for target in targets] == [
        "subnet-0aaaaaaaaaaaaaaa1",
        "subnet-0aaaaaaaaaaaaaaa2",
    ]
    [rule] = resources(template, "AWS::EC2::SecurityGroupIngress").values()
    assert rule["Properties"]["SourceSecurityGroupId"] == stack.resolve(cluster.security_group.security_group_id)
    assert rules_in(template, "Efs") == {(2049, 2049)}


def test_one_mount_target_where_a_zone_has_two_subnets():
    stack = new_stack()
    subnets = [
        ec2.Subnet.from_subnet_attributes(stack, f"S{number}", subnet_id=f"subnet-{number}", availability_zone=zone)
        for number, zone in enumerate(["eu-west-1a", "eu-west-1a", "eu-west-1b"])
    ]
    cluster = eks_cluster(stack)
    cluster.node_subnets = ec2.SubnetSelection(subnets=subnets)
    efs(cluster)
    targets = resources(synth(stack), "AWS::EFS::MountTarget").values()
    assert [target["Properties"]["SubnetId"] for target in targets] == ["subnet-0", "subnet-2"]


def test_on_nodes_there_is_a_driver_and_a_class():
    stack = new_stack()
    cluster = eks_cluster(stack)
    made = efs(cluster)
    assert add_ons(synth(stack)) == ["aws-efs-csi-driver"]
    found = storage_class(cluster, "efs")
    assert found["parameters"]["fileSystemId"] == made.file_system.file_system_id
    assert found["parameters"]["provisioningMode"] == "efs-ap"
    check(manifests_of(cluster))


def test_the_driver_makes_access_points_in_this_file_system_and_removes_its_own():
    stack = new_stack()
    efs(eks_cluster(stack))
    template = synth(stack)
    [file_system] = resources(template, "AWS::EFS::FileSystem")
    by_action = {
        action: statement
        for statement in statements(template, "EfsDriverPolicy")
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    arn = {"Fn::GetAtt": [file_system, "Arn"]}
    tag = "aws:RequestTag/efs.csi.aws.com/cluster"
    assert by_action["elasticfilesystem:CreateAccessPoint"]["Resource"] == arn
    assert by_action["elasticfilesystem:CreateAccessPoint"]["Condition"] == {"Null": {tag: "false"}}
    removing = by_action["elasticfilesystem:DeleteAccessPoint"]
    assert removing["Condition"] == {"Null": {"aws:ResourceTag/efs.csi.aws.com/cluster": "false"}}
    assert by_action["elasticfilesystem:DescribeMountTargets"]["Resource"] == arn


def test_on_fargate_volumes_are_made_in_advance_and_there_is_no_driver():
    stack = new_stack()
    cluster = eks_cluster(stack, compute="FARGATE")
    storage = efs(cluster)
    storage.claim("files", namespace="shop")
    template = synth(stack)
    assert (add_ons(template), storage.driver_role, storage.storage_class_name) == ([], None, "")
    assert [name for name in files_of(cluster) if name.startswith("storage-class")] == []
    volume, claim = files_of(cluster)["claim-shop-files"]
    assert volume["spec"]["csi"]["driver"] == "efs.csi.aws.com"
    assert volume["spec"]["claimRef"] == {"namespace": "shop", "name": "files"}
    assert (claim["spec"]["storageClassName"], claim["spec"]["volumeName"]) == ("", "shop-files")
    check(manifests_of(cluster), compute="FARGATE")


def test_a_claim_is_an_access_point_with_a_directory_and_a_user():
    stack = new_stack()
    cluster = eks_cluster(stack)
    storage = efs(cluster)
    assert storage.claim("files", namespace="shop", user="2000:3000", size_gib=5) == "files"
    [point_id], [file_system] = (resources(synth(stack), f"AWS::EFS::{kind}") for kind in ("AccessPoint", "FileSystem"))
    given = resources(synth(stack), "AWS::EFS::AccessPoint")[point_id]["Properties"]
    assert given["PosixUser"] == {"Uid": "2000", "Gid": "3000"}
    assert given["RootDirectory"]["Path"] == "/shop/files"
    volume, _ = files_of(cluster)["claim-shop-files"]
    handle = stack.resolve(volume["spec"]["csi"]["volumeHandle"])
    assert handle == {"Fn::Join": ["::", [{"Ref": file_system}, {"Ref": point_id}]]}
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert volume["spec"]["csi"]["volumeAttributes"] == {"encryptInTransit": "true"}
    check(manifests_of(cluster))


def test_a_file_system_that_exists():
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0aaaaaaaaaaaaaaaa")
    given = aws_efs.FileSystem.from_file_system_attributes(
        stack, "Files", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    cluster = eks_cluster(stack)
    efs(cluster, file_system=given)
    template = synth(stack)
    assert resources(template, "AWS::EFS::FileSystem") == {}
    assert rules_in(template, "sg-0aaaaaaaaaaaaaaaa") == {(2049, 2049)}
    assert storage_class(cluster, "efs")["parameters"]["fileSystemId"] == "fs-0123456789abcdef0"


def test_backups_are_switched_off_with_a_reason():
    stack = new_stack()
    efs(eks_cluster(stack), automatic_backups=Disabled(REASON))
    template = synth(stack)
    [made] = resources(template, "AWS::EFS::FileSystem").values()
    assert made["Properties"].get("BackupPolicy", {}).get("Status") != "ENABLED"
    assert [practice for _, practice, _ in opt_outs_of(template)] == ["eks-storage-backups"]


def test_storage_in_another_stack_than_the_cluster():
    app = cdk.App()
    platform, files = cdk.Stack(app, "Platform"), cdk.Stack(app, "Files")
    cluster = eks_cluster(platform)
    efs(cluster, scope=files).claim("files", namespace="shop")
    app.synth()
    assert [stack.stack_name for stack in files.dependencies] == ["Platform"]
    assert platform.dependencies == []


def test_a_file_system_of_a_third_stack():
    app = cdk.App()
    data, platform, shop = (cdk.Stack(app, name) for name in ("Data", "Platform", "Shop"))
    given = aws_efs.FileSystem(data, "Files", vpc=network(data).vpc)
    cluster = eks_cluster(platform)
    efs(cluster, scope=shop, file_system=given).claim("files", namespace="shop")
    app.synth()
    [point] = resources(synth(data), "AWS::EFS::AccessPoint")
    volume, _ = files_of(cluster)["claim-shop-files"]
    assert str(data.resolve(volume["spec"]["csi"]["volumeHandle"])).count(point) == 1
    assert resources(synth(shop), "AWS::EFS::AccessPoint") == {}


@pytest.mark.parametrize("options", [{"provisioning": "DYNAMIC"}, {"default_class": True}])
def test_fargate_makes_no_volumes(options: dict[str, Any]):
    with pytest.raises(ConstructError) as error:
        efs(eks_cluster(new_stack(), compute="FARGATE"), **options)
    assert [problem.option for problem in error.value.problems] == list(options)


def test_options_of_a_new_file_system_beside_one_that_exists():
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0aaaaaaaaaaaaaaaa")
    given = aws_efs.FileSystem.from_file_system_attributes(
        stack, "Files", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/1")
    with pytest.raises(ConstructError) as error:
        efs(
            eks_cluster(stack),
            file_system=given,
            encryption_key=key,
            automatic_backups=Disabled(REASON),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
    wrong = [problem.option for problem in error.value.problems]
    assert wrong == ["encryption_key", "automatic_backups", "removal_policy"]


@pytest.mark.parametrize("user", ["root", "0:0", "1000", "", "1000:"])
def test_users_that_own_no_files(user: str):
    storage = efs(eks_cluster(new_stack()))
    with pytest.raises(ConstructError) as error:
        storage.claim("files", namespace="shop", user=user)
    assert [problem.option for problem in error.value.problems] == ["user"]


def test_an_imported_network_is_reached_too():
    stack = new_stack()
    cluster = eks_cluster(stack, network=network(stack))
    efs(cluster)
    [made] = [entry for name, entry in resources(synth(stack), "AWS::EC2::SecurityGroup").items() if "Efs" in name]
    assert made["Properties"]["VpcId"] == "vpc-0123456789abcdef0"
