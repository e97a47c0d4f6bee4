"""A grant lands on the pods of one service account: not on their nodes, and not on other pods."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from cdk_containers import AutoMode, EbsStorage, EksCluster, WorkloadIdentity
from tests.iam.evaluation import arn_of, who_can, who_surely_can
from tests.iam.pods import pods_that_can, pods_that_surely_can
from tests.toolkit import Template, eks_cluster, new_stack, resources, synth


def table(scope: cdk.Stack) -> dynamodb.Table:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(scope, "Orders", partition_key=key)


def identity(cluster: EksCluster, name: str, scope: cdk.Stack | None = None, **options: object) -> WorkloadIdentity:
    stack = scope or cdk.Stack.of(cluster)
    return WorkloadIdentity(stack, name, cluster=cluster, namespace="shop", service_account=name, **options)  # type: ignore[arg-type]


def table_arn(template: Template) -> str:
    [name] = resources(template, "AWS::DynamoDB::Table")
    return arn_of(template, name)


def roles_like(template: Template, *parts: str) -> set[str]:
    return {name for name in resources(template, "AWS::IAM::Role") if any(part in name for part in parts)}


@pytest.fixture(scope="module")
def shop() -> Template:
    """A cluster with nodes of Auto Mode, and two workloads, one of which reads a table."""
    stack = new_stack()
    cluster = eks_cluster(stack, auto_mode=AutoMode())
    reader = identity(cluster, "reader")
    identity(cluster, "idle")
    table(stack).grant_read_data(reader)
    return synth(stack)


def test_the_pods_of_one_service_account_read_the_table_and_no_others(shop: Template):
    arn = table_arn(shop)
    for action in ("dynamodb:GetItem", "dynamodb:Query"):
        assert pods_that_can(shop, action, arn) == {"shop/reader"} == pods_that_surely_can(shop, action, arn)
    assert pods_that_can(shop, "dynamodb:PutItem", arn) == set()


def test_neither_nodes_nor_the_control_plane_can(shop: Template):
    nodes = roles_like(shop, "NodeRole")
    assert len(nodes) == 1
    can = who_can(shop, "dynamodb:GetItem", table_arn(shop))
    assert can == roles_like(shop, "readerRole") == who_surely_can(shop, "dynamodb:GetItem", table_arn(shop))
    assert can & (nodes | roles_like(shop, "EksRole")) == set()
    pulls = who_can(shop, "ecr:BatchGetImage", "arn:<Partition>:ecr:<Region>:<AccountId>:repository/shop")
    assert nodes <= pulls, "the same question finds what nodes can do"


def test_the_same_holds_with_tokens_on_fargate():
    stack = new_stack()
    cluster = eks_cluster(stack, compute="FARGATE")
    table(stack).grant_read_data(identity(cluster, "reader"))
    identity(cluster, "idle")
    template = synth(stack)
    assert pods_that_can(template, "dynamodb:GetItem", table_arn(template)) == {"shop/reader"}


def test_an_association_does_not_help_where_the_role_trusts_another_service_account():
    stack = new_stack()
    cluster = eks_cluster(stack)
    reader = identity(cluster, "reader")
    table(stack).grant_read_data(reader)
    association = reader.association
    assert association is not None
    association.service_account = "intruder"
    template = synth(stack)
    assert pods_that_can(template, "dynamodb:GetItem", table_arn(template)) == set()


def test_a_role_of_the_app_is_made_to_trust_the_pods():
    stack = new_stack()
    given = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    table(stack).grant_read_data(identity(eks_cluster(stack), "reader", role=given))
    template = synth(stack)
    assert pods_that_surely_can(template, "dynamodb:GetItem", table_arn(template)) == {"shop/reader"}


def test_a_workload_in_another_stack_than_its_cluster():
    app = cdk.App()
    platform, shop = cdk.Stack(app, "Platform"), cdk.Stack(app, "Shop")
    table(shop).grant_read_data(identity(eks_cluster(platform), "reader", shop))
    templates = {stack.stack_name: synth(stack) for stack in (platform, shop)}
    [name] = resources(templates["Shop"], "AWS::DynamoDB::Table")
    arn = arn_of(templates, name, "Shop")
    assert pods_that_surely_can(templates, "dynamodb:GetItem", arn) == {"shop/reader"}
    assert {name.partition("/")[0] for name in who_can(templates, "dynamodb:GetItem", arn)} == {"Shop"}


def test_the_driver_of_volumes_is_a_pod_like_others():
    stack = new_stack()
    EbsStorage(stack, "Storage", cluster=eks_cluster(stack))
    template = synth(stack)
    volume = "arn:<Partition>:ec2:<Region>:<AccountId>:volume/vol-1"
    tagged = {"ec2:ResourceTag/ebs.csi.aws.com/cluster": "true", "aws:SecureTransport": "true"}
    assert pods_that_can(template, "ec2:DeleteVolume", volume, tagged) == {"kube-system/ebs-csi-controller-sa"}
    assert pods_that_can(template, "ec2:TerminateInstances", "*", tagged) == set()
