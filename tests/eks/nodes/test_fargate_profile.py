"""Fargate profiles: which pods, whose role, where, and one after the other."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from cdk_containers import FargateSelector
from tests.eks.nodes.making import PROFILE, ROLE, fargate, managed, problem, problems
from tests.toolkit import eks_cluster, new_stack, properties, resource, resources, synth


def test_a_profile_selects_pods_by_namespace_and_labels():
    stack = new_stack()
    selectors = [FargateSelector(namespace="shop-*"), FargateSelector(namespace="jobs", labels={"on": "fargate"})]
    fargate(stack, selectors=selectors)
    assert properties(synth(stack), PROFILE)["Selectors"] == [
        {"Namespace": "shop-*"},
        {"Namespace": "jobs", "Labels": [{"Key": "on", "Value": "fargate"}]},
    ]


def test_only_profiles_of_the_cluster_take_on_the_role():
    stack = new_stack()
    profile = fargate(stack)
    role = properties(synth(stack), ROLE, like="PodExecutionRole")
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "eks-fargate-pods.amazonaws.com"}
    [source] = [part for part in statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1] if "/" in str(part)]
    assert source == f":fargateprofile/{profile.cluster.cluster_name}/*"
    assert "AmazonEKSFargatePodExecutionRolePolicy" in str(role["ManagedPolicyArns"])


def test_pods_are_in_private_subnets():
    stack = new_stack()
    fargate(stack)
    assert properties(synth(stack), PROFILE)["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
    public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    assert problem(fargate, new_stack(), subnets=public).option == "subnets"


def test_profiles_are_made_one_after_the_other():
    stack = new_stack()
    for name in ("One", "Two", "Three"):
        fargate(stack, name)
    template = synth(stack)
    waits = {name: str(resource(template, PROFILE, like=name).get("DependsOn")) for name in ("One", "Two", "Three")}
    assert "OneProfile" in waits["Two"]
    assert "TwoProfile" in waits["Three"]
    assert "Profile" not in waits["One"]


def test_a_profile_is_in_a_stack_of_its_own_without_a_cycle():
    app = cdk.App()
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    cluster = eks_cluster(platform)
    fargate(platform, cluster=cluster)
    fargate(team, cluster=cluster)
    assert len(resources(synth(team), PROFILE)) == 1
    assert team not in platform.dependencies


def on_fargate(*namespaces: str) -> cdk.Stack:
    """Return a stack with a cluster on Fargate, and a profile for each namespace."""
    stack = new_stack()
    cluster = eks_cluster(stack, compute="FARGATE")
    for namespace in namespaces:
        fargate(stack, namespace.title(), cluster=cluster, selectors=[FargateSelector(namespace=namespace)])
    return stack


def test_core_dns_waits_for_the_profiles_of_a_cluster_on_fargate():
    add_on = resource(synth(on_fargate("shop", "kube-system")), "AWS::EKS::Addon", like="Coredns")
    assert "Shop" in str(add_on["DependsOn"])
    assert "KubeSystem" in str(add_on["DependsOn"])
    assert "Fargate" in add_on["Properties"]["ConfigurationValues"]


def test_a_cluster_on_fargate_without_a_place_for_core_dns_is_found_at_synthesis():
    assert resources(synth(on_fargate("kube-*")), PROFILE)
    with pytest.raises(RuntimeError, match="eks-fargate-selectors"):
        synth(on_fargate("shop"))


def test_add_ons_of_a_cluster_with_nodes_do_not_wait_for_profiles():
    stack = new_stack()
    fargate(stack)
    managed(stack)
    waits = str(resource(synth(stack), "AWS::EKS::Addon", like="Coredns")["DependsOn"])
    assert "NodesGroup" in waits
    assert "Profile" not in waits


@pytest.mark.parametrize("count", [0, 6])
def test_a_profile_has_one_to_five_selectors(count: int):
    selectors = [FargateSelector(namespace=f"shop-{number}") for number in range(count)]
    found = problem(fargate, new_stack(), selectors=selectors)
    assert (found.option, found.practice) == ("selectors", "eks-fargate-selectors")


@pytest.mark.parametrize(
    ("selector", "option"),
    [
        ({"namespace": ""}, "selectors[0].namespace"),
        ({"namespace": "Shop"}, "selectors[0].namespace"),
        ({"namespace": "shop_1"}, "selectors[0].namespace"),
        ({"namespace": "-shop"}, "selectors[0].namespace"),
        ({"namespace": "s" * 64}, "selectors[0].namespace"),
        ({"namespace": "shop", "labels": {str(number): "a" for number in range(6)}}, "selectors[0].labels"),
        ({"namespace": "shop", "labels": {"": "a"}}, "selectors[0].labels"),
    ],
)
def test_a_selector_that_eks_refuses_is_one_clear_error(selector: dict[str, Any], option: str):
    assert [one.option for one in problems(fargate, new_stack(), selectors=[FargateSelector(**selector)])] == [option]
