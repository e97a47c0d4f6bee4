"""CDK's own EFS volume has neither TLS nor IAM, opens no security group and grants nothing; ours does all four."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs

from cdk_containers import BackendService, Cluster, ConstructError, Disabled, EfsVolume, VolumeMount
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    container,
    new_stack,
    opt_outs,
    properties,
    resources,
    statements,
    synth,
)


def vpc(stack: cdk.Stack, name: str = "Vpc") -> ec2.Vpc:
    return ec2.Vpc(stack, name, max_azs=2, nat_gateways=1)


def service_with_files(stack: cdk.Stack, *, read_only: bool = False, **options: Any) -> BackendService:
    network = vpc(stack)
    options.setdefault("file_system", efs.FileSystem(stack, "Files", vpc=network))
    return backend(
        stack,
        cluster=Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network),
        container=container(mounts=[VolumeMount(volume="files", path="/files", read_only=read_only)]),
        volumes=[EfsVolume(name="files", **options)],
    )


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    service_with_files(stack)
    return synth(stack)


def test_files_travel_encrypted_and_only_with_leave_of_iam(template: Template):
    [volume] = properties(template, "AWS::ECS::TaskDefinition")["Volumes"]
    configuration = volume["EFSVolumeConfiguration"]
    assert configuration["TransitEncryption"] == "ENABLED"
    assert configuration["AuthorizationConfig"]["IAM"] == "ENABLED"
    [access_point] = resources(template, "AWS::EFS::AccessPoint")
    assert configuration["AuthorizationConfig"]["AccessPointId"] == {"Ref": access_point}


def test_the_access_point_is_a_directory_of_the_containers_user(template: Template):
    access_point = properties(template, "AWS::EFS::AccessPoint")
    assert access_point["PosixUser"] == {"Uid": "1000", "Gid": "1000"}
    assert access_point["RootDirectory"] == {
        "Path": "/files",
        "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1000", "Permissions": "750"},
    }


def test_the_task_role_may_mount_and_write_through_this_access_point_only(template: Template):
    [statement] = [
        entry for entry in statements(template, "TaskRole") if "elasticfilesystem" in json.dumps(entry["Action"])
    ]
    assert statement["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    [file_system] = resources(template, "AWS::EFS::FileSystem")
    [access_point] = resources(template, "AWS::EFS::AccessPoint")
    assert statement["Resource"] == {"Fn::GetAtt": [file_system, "Arn"]}
    condition = statement["Condition"]
    assert access_point in json.dumps(condition["StringEquals"]["elasticfilesystem:AccessPointArn"])
    assert condition["Bool"] == {"aws:SecureTransport": "true"}


def test_the_file_system_lets_the_service_in(template: Template):
    rules = [
        entry["Properties"]
        for name, entry in resources(template, "AWS::EC2::SecurityGroupIngress").items()
        if name.startswith("Files")
    ]
    assert [(rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) for rule in rules] == [(2049, 2049, "tcp")]
    assert "BackendServiceSecurityGroup" in json.dumps(rules[0]["SourceSecurityGroupId"])


def test_whoever_only_reads_may_only_mount():
    stack = new_stack()
    service_with_files(stack, read_only=True)
    actions = json.dumps([entry["Action"] for entry in statements(synth(stack), "TaskRole")])
    assert "elasticfilesystem:ClientMount" in actions
    assert "ClientWrite" not in actions


def test_an_access_point_that_exists_is_used():
    stack = new_stack()
    network = vpc(stack)
    files = efs.FileSystem(stack, "Files", vpc=network)
    point = files.add_access_point("Point", path="/shop")
    backend(
        stack,
        cluster=Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network),
        container=container(mounts=[VolumeMount(volume="files", path="/files")]),
        volumes=[EfsVolume(name="files", file_system=files, access_point=point)],
    )
    assert properties(synth(stack), "AWS::EFS::AccessPoint")["RootDirectory"]["Path"] == "/shop"


def test_the_volume_of_cdk_has_none_of_it():
    stack = new_stack()
    network = vpc(stack)
    files = efs.FileSystem(stack, "Files", vpc=network)
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_volume(
        name="files", efs_volume_configuration=ecs.EfsVolumeConfiguration(file_system_id=files.file_system_id)
    )
    task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE))
    cluster = ecs.Cluster(stack, "Cluster", vpc=network)
    ecs.FargateService(stack, "Service", cluster=cluster, task_definition=task, min_healthy_percent=100)
    template = synth(stack)
    [volume] = properties(template, "AWS::ECS::TaskDefinition")["Volumes"]
    assert volume["EFSVolumeConfiguration"].keys() == {"FilesystemId"}
    assert not resources(template, "AWS::EC2::SecurityGroupIngress")
    assert "elasticfilesystem" not in json.dumps(list(statements(template)))


@pytest.mark.parametrize("options", [{"network": None}, {"network": "another"}], ids=["new network", "other network"])
def test_a_file_system_is_in_the_network_of_the_service(options: dict[str, str | None]):
    stack = new_stack()
    files = efs.FileSystem(stack, "Files", vpc=vpc(stack))
    given: dict[str, Any] = {}
    if options["network"]:
        given["cluster"] = Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=vpc(stack, "Another"))
    with pytest.raises(ConstructError) as raised:
        BackendService(
            stack,
            "Backend",
            container=container(mounts=[VolumeMount(volume="files", path="/files")]),
            volumes=[EfsVolume(name="files", file_system=files)],
            **given,
        )
    [problem] = raised.value.problems
    assert problem.practice == "efs-same-vpc"
    assert problem.option == ("volumes[0].file_system" if given else "cluster")
    assert stack.node.try_find_child("Backend") is None


def test_files_may_belong_to_another_user():
    stack = new_stack()
    service_with_files(stack, user="33")
    access_point = properties(synth(stack), "AWS::EFS::AccessPoint")
    assert access_point["PosixUser"] == {"Uid": "33", "Gid": "33"}
    assert access_point["RootDirectory"]["CreationInfo"] == {
        "OwnerUid": "33",
        "OwnerGid": "33",
        "Permissions": "750",
    }


@pytest.mark.parametrize("read_only", [False, True])
def test_root_stays_root_for_an_image_that_changes_owners(*, read_only: bool):
    stack = new_stack()
    service_with_files(stack, read_only=read_only, user=Disabled(REASON))
    template = synth(stack)
    access_point = properties(template, "AWS::EFS::AccessPoint")
    assert "RootDirectory" in access_point
    assert "PosixUser" not in access_point
    assert access_point["RootDirectory"]["CreationInfo"] == {
        "OwnerUid": "0",
        "OwnerGid": "0",
        "Permissions": "755",
    }
    [statement] = [
        entry for entry in statements(template, "TaskRole") if "elasticfilesystem" in json.dumps(entry["Action"])
    ]
    write = [] if read_only else ["elasticfilesystem:ClientWrite"]
    assert statement["Action"] == ["elasticfilesystem:ClientMount", *write, "elasticfilesystem:ClientRootAccess"]
    assert "elasticfilesystem:AccessPointArn" in json.dumps(statement["Condition"])
    assert opt_outs(template) == {"AWS::ECS::TaskDefinition": {"efs-access-point": REASON}}


def test_an_access_point_of_yours_may_be_used_as_root():
    stack = new_stack()
    point = efs.AccessPoint.from_access_point_id(stack, "Point", "fsap-0aaaaaaaaaaaaaaaa")
    service_with_files(stack, access_point=point, user=Disabled(REASON))
    template = synth(stack)
    assert not resources(template, "AWS::EFS::AccessPoint")
    assert "elasticfilesystem:ClientRootAccess" in json.dumps(list(statements(template, "TaskRole")))


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"user": "www-data"}, "numbers"),
        ({"user": "0:0"}, "Disabled"),
        ({"user": Disabled("no")}, "a reason that a reviewer understands"),
    ],
    ids=str,
)
def test_a_user_that_no_access_point_can_be(options: dict[str, Any], allowed: str):
    with pytest.raises(ConstructError) as raised:
        service_with_files(new_stack(), **options)
    [problem] = raised.value.problems
    assert problem.option.startswith("volumes[0].user")
    assert allowed in str(problem)


def test_an_access_point_of_yours_has_its_own_user():
    stack = new_stack()
    point = efs.AccessPoint.from_access_point_id(stack, "Point", "fsap-0aaaaaaaaaaaaaaaa")
    with pytest.raises(ConstructError) as raised:
        service_with_files(stack, access_point=point, user="33")
    [problem] = raised.value.problems
    assert problem.option == "volumes[0].user"
