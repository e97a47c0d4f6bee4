"""What nodes may do in AWS: the pod's identity reads the table, and the node that it runs on does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from cdk_containers import WorkloadIdentity
from tests.eks.nodes.making import ROLE, fargate, hybrid, karpenter, managed, self_managed
from tests.iam.evaluation import arn_of, who_can, who_surely_can
from tests.toolkit import eks_cluster, new_stack, resources, synth

MAKERS: list[Callable[..., Any]] = [managed, self_managed, fargate, karpenter, hybrid]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_identity_of_pods_reads_the_table_and_the_nodes_do_not(make: Callable[..., Construct]):
    stack = new_stack()
    cluster = eks_cluster(stack, remote_node_networks=["10.80.0.0/16"])
    make(stack, cluster=cluster)
    pods = WorkloadIdentity(stack, "Pods", cluster=cluster, namespace="shop", service_account="orders")
    table_in(stack).grant_read_data(pods)
    template = synth(stack)
    [name] = resources(template, "AWS::DynamoDB::Table")
    table = arn_of(template, name)
    [role] = [name for name in resources(template, ROLE) if name.startswith("PodsRole")]
    assert len(resources(template, ROLE)) > 2
    for action in ("dynamodb:GetItem", "dynamodb:Query"):
        assert who_surely_can(template, action, table) == {role} == who_can(template, action, table), action
    assert who_can(template, "dynamodb:PutItem", table) == set()


def table_in(stack: cdk.Stack) -> dynamodb.Table:
    return dynamodb.Table(
        stack, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
