"""What CDK's own constructs get wrong with nodes of EKS, each shown on them and on ours."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks

from cdk_containers import NodeOptions
from tests.eks.nodes.making import (
    ENTRY,
    GROUP,
    PROFILE,
    ROLE,
    SCALING,
    TEMPLATE,
    fargate,
    managed,
    self_managed,
)
from tests.toolkit import Template, new_stack, properties, resources, synth

CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"


def plain() -> tuple[cdk.Stack, eks.Cluster]:
    """Make a cluster in CDK's own words, without a Lambda function."""
    stack = new_stack()
    cluster = eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.of("1.36"),
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        default_capacity=0,
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1),
    )
    return stack, cluster


def plain_group(**options: Any) -> Template:
    stack, cluster = plain()
    cluster.add_nodegroup_capacity("Nodes", **options)
    return synth(stack)


def plain_scaling(instance_type: str, image: eks.MachineImageType) -> Template:
    stack, cluster = plain()
    cluster.add_auto_scaling_group_capacity(
        "Nodes", instance_type=ec2.InstanceType(instance_type), machine_image_type=image
    )
    return synth(stack)


def ours(**options: Any) -> Template:
    stack = new_stack()
    self_managed(stack, **options)
    return synth(stack)


def our_group(**options: Any) -> Template:
    stack = new_stack()
    managed(stack, **options)
    return synth(stack)


def images(template: Template) -> str:
    return str([entry.get("Default") for entry in template["Parameters"].values()])


def test_a_node_group_starts_amazon_linux_2_which_eks_has_no_image_of():
    types = [ec2.InstanceType("m7g.large")]
    assert properties(plain_group(instance_types=types), GROUP)["AmiType"].startswith("AL2_")
    assert properties(our_group(), GROUP)["AmiType"] == "AL2023_ARM_64_STANDARD"


def test_a_node_group_resets_the_number_of_its_nodes():
    assert properties(plain_group(min_size=1, max_size=6), GROUP)["ScalingConfig"]["DesiredSize"] == 1
    assert "DesiredSize" not in properties(our_group(min_nodes=1, max_nodes=6), GROUP)["ScalingConfig"]


def test_an_update_evicts_pods_that_a_budget_protects():
    assert properties(plain_group(), GROUP)["ForceUpdateEnabled"] is True
    assert properties(our_group(), GROUP)["ForceUpdateEnabled"] is False


def test_nodes_stay_at_the_version_of_the_day_they_were_made():
    assert "Version" not in properties(plain_group(), GROUP)
    assert properties(our_group(), GROUP)["Version"] == "1.36"


def test_pods_reach_the_metadata_of_a_node_and_volumes_are_not_encrypted():
    assert "LaunchTemplate" not in properties(plain_group(), GROUP)
    data = properties(our_group(), TEMPLATE)["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True


def test_the_role_of_nodes_may_change_their_network():
    assert "AmazonEKS_CNI_Policy" in str(properties(plain_group(), ROLE, like="Nodes")["ManagedPolicyArns"])
    policies = str(properties(our_group(), ROLE, like="NodesNodeRole")["ManagedPolicyArns"])
    assert "AmazonEKSWorkerNodeMinimalPolicy" in policies
    assert "AmazonEKS_CNI_Policy" not in policies


def test_self_managed_nodes_boot_from_an_image_that_there_is_not_by_a_script_that_there_is_not():
    template = plain_scaling("m7g.large", eks.MachineImageType.AMAZON_LINUX_2)
    assert "/1.36/amazon-linux-2/" in images(template)
    assert "/etc/eks/bootstrap.sh" in str(resources(template, CONFIGURATION) | resources(template, TEMPLATE))
    ours_ = ours()
    assert "/1.36/amazon-linux-2023/arm64/standard/" in images(ours_)
    assert "application/node.eks.aws" in str(resources(ours_, TEMPLATE))


def test_self_managed_nodes_are_not_let_in():
    template = plain_scaling("m7g.large", eks.MachineImageType.AMAZON_LINUX_2)
    assert len(resources(template, SCALING)) == 1
    assert [
        entry for entry in resources(template, ENTRY).values() if entry["Properties"].get("Type") == "EC2_LINUX"
    ] == []
    assert properties(ours(), ENTRY, like="Nodes")["Type"] == "EC2_LINUX"


def test_bottlerocket_is_always_for_x86():
    template = plain_scaling("m7g.large", eks.MachineImageType.BOTTLEROCKET)
    assert "x86_64" in images(template)
    ours_ = ours(nodes=NodeOptions(machine_image="BOTTLEROCKET"))
    assert "aws-k8s-1.36/arm64" in images(ours_)
    assert "x86_64" not in images(ours_)


def test_self_managed_nodes_come_from_a_launch_configuration_without_imdsv2():
    template = plain_scaling("m7g.large", eks.MachineImageType.AMAZON_LINUX_2)
    [configuration] = resources(template, CONFIGURATION).values()
    assert "MetadataOptions" not in configuration["Properties"]
    assert resources(ours(), CONFIGURATION) == {}
    assert properties(ours(), TEMPLATE)["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"] == "required"


def test_anybody_with_a_fargate_profile_could_have_eks_use_the_role():
    stack, cluster = plain()
    cluster.add_fargate_profile("Profile", selectors=[eks.Selector(namespace="shop")])
    [statement] = properties(synth(stack), ROLE, like="ProfilePod")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "eks-fargate-pods.amazonaws.com"}
    assert "Condition" not in statement
    mine = new_stack()
    fargate(mine)
    [statement] = properties(synth(mine), ROLE, like="PodExecutionRole")["AssumeRolePolicyDocument"]["Statement"]
    assert "aws:SourceArn" in statement["Condition"]["ArnLike"]


@pytest.mark.parametrize("kind", [GROUP, PROFILE])
def test_none_of_ours_needs_a_function_or_a_custom_resource(kind: str):
    stack = new_stack()
    fargate(stack)
    managed(stack)
    template = synth(stack)
    assert resources(template, kind)
    types = {entry["Type"] for entry in template["Resources"].values()}
    assert not {one for one in types if one == "AWS::Lambda::Function" or one.startswith("Custom::")}
