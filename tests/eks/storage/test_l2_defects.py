"""What CDK's own Addon does, and storages of ours do not."""

from __future__ import annotations

import inspect
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks

from tests.toolkit import Template, eks_cluster, new_stack, resources, synth

from .making import ebs, efs, lustre, ontap


def driver(template: Template, name: str) -> dict[str, Any]:
    [found] = [
        entry["Properties"]
        for entry in resources(template, "AWS::EKS::Addon").values()
        if entry["Properties"]["AddonName"] == name
    ]
    return found


def test_the_add_on_of_cdk_cannot_be_given_a_role():
    options = inspect.signature(eks.AddonProps.__init__).parameters
    assert "addon_version" in options
    assert not {"pod_identity_associations", "service_account_role_arn"} & set(options)


def test_so_its_driver_has_the_rights_of_the_node_or_none():
    stack = new_stack()
    cluster: Any = eks_cluster(stack)
    eks.Addon(stack, "Driver", cluster=cluster.cluster, addon_name="aws-ebs-csi-driver")
    assert "PodIdentityAssociations" not in driver(synth(stack), "aws-ebs-csi-driver")


@pytest.mark.parametrize(
    ("make", "name"), [(ebs, "aws-ebs-csi-driver"), (efs, "aws-efs-csi-driver"), (lustre, "aws-fsx-csi-driver")]
)
def test_ours_has_a_role_of_its_own(make: Any, name: str):
    stack = new_stack()
    made = make(eks_cluster(stack))
    [association] = driver(synth(stack), name)["PodIdentityAssociations"]
    assert association["RoleArn"] == stack.resolve(made.driver_role.role_arn)


@pytest.mark.parametrize("make", [ebs, efs, lustre])
def test_ours_waits_for_nodes_and_the_agent(make: Any):
    stack = new_stack()
    cluster = eks_cluster(stack)
    make(cluster)
    nodes = cdk.CfnResource(stack, "Nodes", type="AWS::EKS::Nodegroup")
    cluster.add_nodes(nodes)
    template = synth(stack)
    [found] = [
        entry
        for name, entry in resources(template, "AWS::EKS::Addon").items()
        if "csi-driver" in entry["Properties"]["AddonName"]
    ]
    assert "Nodes" in found["DependsOn"]
    assert any("EksPodIdentityAgent" in name for name in found["DependsOn"])


@pytest.mark.parametrize("make", [ebs, efs, lustre, ontap])
def test_ours_takes_no_lambda_function_and_no_custom_resource(make: Any):
    stack = new_stack()
    make(eks_cluster(stack)).claim("data", namespace="shop", size_gib=10)
    types = {entry["Type"] for entry in synth(stack)["Resources"].values()}
    assert "AWS::EKS::Addon" in types
    assert [type_ for type_ in types if "Lambda" in type_ or "Custom" in type_] == []
