"""A grant lands on the task role of the service that it is for: proved on the policies, not on the calls."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import AlbExposure, Cluster, EfsVolume, Repository, VolumeMount
from tests.iam.evaluation import arn_of, who_can, who_surely_can
from tests.toolkit import Template, backend, certificate, container, new_stack, resources, synth, web


@pytest.fixture(scope="module")
def shop() -> Template:
    """A web service that reads a table, a bucket and a secret, and a backend that writes files, each from its image."""
    stack = new_stack()
    network = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1)
    cluster = Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network)
    images = {name: Repository(stack, f"{name}Images") for name in ("Web", "Backend")}
    front = web(
        stack,
        cluster=cluster,
        container=container(
            image=images["Web"].image("1.4.2"), secrets={"PASSWORD": secretsmanager.Secret(stack, "Password")}
        ),
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
    )
    backend(
        stack,
        cluster=cluster,
        container=container(
            image=images["Backend"].image("1.4.2"), mounts=[VolumeMount(volume="files", path="/files")]
        ),
        volumes=[EfsVolume(name="files", file_system=efs.FileSystem(stack, "Files", vpc=network))],
    )
    table = dynamodb.Table(
        stack, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.add_global_secondary_index(
        index_name="by-date", partition_key=dynamodb.Attribute(name="date", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(front)
    s3.Bucket(stack, "Reports").grant_read(front)
    return synth(stack)


def the(template: Template, type_: str, like: str) -> str:
    [name] = [name for name in resources(template, type_) if like in name]
    return name


def arn(template: Template, type_: str, like: str) -> str:
    return arn_of(template, the(template, type_, like))


def only(template: Template, role: str, action: str, resource: str) -> bool:
    """Tell whether one role surely can, and no other might."""
    expected = {the(template, "AWS::IAM::Role", role)}
    return who_surely_can(template, action, resource) == expected == who_can(template, action, resource)


def nobody(template: Template, action: str, resource: str) -> bool:
    return who_can(template, action, resource) == set()


def test_the_task_role_of_the_web_service_reads_its_table_and_no_other_role_does(shop: Template):
    table = arn(shop, "AWS::DynamoDB::Table", "Orders")
    for action in ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"):
        assert only(shop, "WebTaskTaskRole", action, table), action
    assert only(shop, "WebTaskTaskRole", "dynamodb:Query", f"{table}/index/by-date")
    for action in ("dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:DeleteTable"):
        assert nobody(shop, action, table), action


def test_nor_does_any_read_its_bucket(shop: Template):
    bucket = arn(shop, "AWS::S3::Bucket", "Reports")
    assert only(shop, "WebTaskTaskRole", "s3:GetObject", f"{bucket}/a")
    assert nobody(shop, "s3:PutObject", f"{bucket}/a")
    logs = arn(shop, "AWS::S3::Bucket", "AccessLogs")
    assert nobody(shop, "s3:GetObject", f"{logs}/a")


def test_the_secret_is_read_by_who_starts_the_container_and_not_by_the_container(shop: Template):
    secret = arn(shop, "AWS::SecretsManager::Secret", "Password")
    assert only(shop, "WebTaskExecutionRole", "secretsmanager:GetSecretValue", secret)


@pytest.mark.parametrize("service", ["Web", "Backend"])
def test_each_service_pulls_its_own_image_and_writes_its_own_log(shop: Template, service: str):
    role = f"{service}TaskExecutionRole"
    assert only(shop, role, "ecr:BatchGetImage", arn(shop, "AWS::ECR::Repository", f"{service}Images"))
    assert nobody(shop, "ecr:PutImage", arn(shop, "AWS::ECR::Repository", f"{service}Images"))
    log_group = arn(shop, "AWS::Logs::LogGroup", f"{service}TaskLogs")
    assert only(shop, role, "logs:PutLogEvents", log_group)
    assert nobody(shop, "logs:DeleteLogGroup", log_group)


def test_files_are_mounted_by_the_backend_through_its_access_point_only(shop: Template):
    files = arn(shop, "AWS::EFS::FileSystem", "Files")
    point = arn(shop, "AWS::EFS::AccessPoint", "Backend")
    action, key = "elasticfilesystem:ClientWrite", "elasticfilesystem:AccessPointArn"
    task_role = the(shop, "AWS::IAM::Role", "BackendTaskTaskRole")
    through = {"aws:SecureTransport": "true", key: point}
    assert who_surely_can(shop, action, files, through) == {task_role} == who_can(shop, action, files, through)
    in_the_clear = {"aws:SecureTransport": "false", key: point}
    assert who_can(shop, action, files, in_the_clear) == set()
    assert nobody(shop, "elasticfilesystem:ClientRootAccess", files)


def test_nobody_may_change_roles_or_pass_them(shop: Template):
    role = arn(shop, "AWS::IAM::Role", "WebTaskTaskRole")
    for action in ("iam:PassRole", "iam:PutRolePolicy", "sts:AssumeRole"):
        assert nobody(shop, action, role), action


def test_a_table_of_another_stack():
    app = cdk.App()
    data, front = cdk.Stack(app, "Data"), cdk.Stack(app, "Front")
    table = dynamodb.Table(
        data, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(web(front))
    backend(front)
    templates = {stack.stack_name: synth(stack) for stack in (data, front)}
    resource = arn_of(templates, the(templates["Data"], "AWS::DynamoDB::Table", "Orders"), "Data")
    found = who_can(templates, "dynamodb:GetItem", resource)
    assert found == who_surely_can(templates, "dynamodb:GetItem", resource)
    assert [name.partition("WebTaskTaskRole")[0] for name in found] == ["Front/"]
