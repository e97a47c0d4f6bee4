"""Managed node groups: what they start, how many, and what a second deployment changes."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

from cdk_containers import ConstructError, Disabled, EksCluster, NodeOptions, Taint
from tests.eks.nodes.making import GROUP, ROLE, TEMPLATE, managed, problem, problems
from tests.toolkit import REASON, Template, eks_cluster, new_stack, opt_outs, properties, resource, resources, synth


def template_data(template: Template) -> Any:
    return properties(template, TEMPLATE)["LaunchTemplateData"]


def group(**options: Any) -> Any:
    stack = new_stack()
    managed(stack, **options)
    return properties(synth(stack), GROUP)


def test_nodes_answer_metadata_requests_to_themselves_and_encrypt_their_volumes():
    stack = new_stack()
    managed(stack)
    data = template_data(synth(stack))
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    [volume] = data["BlockDeviceMappings"]
    assert volume["DeviceName"] == "/dev/xvda"
    assert volume["Ebs"] == {"DeleteOnTermination": True, "Encrypted": True, "VolumeSize": 50, "VolumeType": "gp3"}
    assert "KeyName" not in data


def test_eks_chooses_image_role_and_network_so_the_launch_template_has_none():
    stack = new_stack()
    managed(stack)
    data = template_data(synth(stack))
    assert "InstanceType" in data
    assert {"ImageId", "IamInstanceProfile", "NetworkInterfaces", "SecurityGroupIds", "UserData"} & data.keys() == set()


def test_bottlerocket_keeps_containers_on_a_volume_of_their_own():
    stack = new_stack()
    managed(stack, nodes=NodeOptions(machine_image="BOTTLEROCKET", root_volume_gib=80))
    volumes = template_data(synth(stack))["BlockDeviceMappings"]
    assert {volume["DeviceName"]: volume["Ebs"]["VolumeSize"] for volume in volumes} == {
        "/dev/xvda": 4,
        "/dev/xvdb": 80,
    }


@pytest.mark.parametrize(
    ("types", "image", "ami"),
    [
        (["m7g.large"], "AL2023", "AL2023_ARM_64_STANDARD"),
        (["m7i.large", "m6i.large"], "AL2023", "AL2023_x86_64_STANDARD"),
        (["g5.xlarge"], "AL2023", "AL2023_x86_64_NVIDIA"),
        (["g5g.xlarge"], "AL2023", "AL2023_ARM_64_NVIDIA"),
        (["inf2.xlarge"], "AL2023", "AL2023_x86_64_NEURON"),
        (["m7g.large"], "BOTTLEROCKET", "BOTTLEROCKET_ARM_64"),
        (["m7i.large"], "BOTTLEROCKET", "BOTTLEROCKET_x86_64"),
        (["g5.xlarge"], "BOTTLEROCKET", "BOTTLEROCKET_x86_64_NVIDIA"),
        (["m99g.large"], "AL2023", "AL2023_ARM_64_STANDARD"),
    ],
)
def test_the_image_follows_from_the_instance_types(types: list[str], image: Any, ami: str):
    assert group(instance_types=types, nodes=NodeOptions(machine_image=image))["AmiType"] == ami


def test_no_deployment_undoes_what_an_autoscaler_did():
    assert group()["ScalingConfig"] == {"MinSize": 1, "MaxSize": 6}


def test_a_number_is_in_the_template_where_it_is_asked_for_or_fixed():
    assert group(desired_nodes=3)["ScalingConfig"]["DesiredSize"] == 3
    assert group(min_nodes=2, max_nodes=2)["ScalingConfig"] == {"MinSize": 2, "MaxSize": 2, "DesiredSize": 2}


def create_only() -> set[str]:
    """The properties whose change makes EKS build another node group, as the registry of CloudFormation says."""
    return {"AmiType", "CapacityType", "ClusterName", "InstanceTypes", "NodegroupName", "NodeRole", "Subnets"}


@pytest.mark.parametrize(
    "change",
    [
        {"instance_types": ["m7g.xlarge"]},
        {"max_nodes": 9},
        {"nodes": NodeOptions(root_volume_gib=90)},
        {"nodes": NodeOptions(labels={"team": "shop"}, taints=[Taint(key="dedicated")])},
        {"release_version": "1.36.1-20261101"},
    ],
)
def test_what_changes_often_is_changed_in_place(change: dict[str, Any]):
    before, after = new_stack(), new_stack()
    managed(before)
    managed(after, **change)
    [first, second] = [synth(before), synth(after)]
    assert first != second
    for name in create_only():
        assert properties(first, GROUP).get(name) == properties(second, GROUP).get(name), name
    assert "NodegroupName" not in properties(first, GROUP)  # a name would stand in the way of a new group


def test_several_types_are_the_groups_and_one_is_the_launch_templates():
    stack = new_stack()
    managed(stack, instance_types=["m7g.large", "m6g.large"])
    template = synth(stack)
    assert properties(template, GROUP)["InstanceTypes"] == ["m7g.large", "m6g.large"]
    assert "InstanceType" not in template_data(template)


def test_nodes_follow_the_version_of_the_cluster_unless_another_is_said():
    assert group()["Version"] == "1.36"
    assert group(version="1.34")["Version"] == "1.34"


@pytest.mark.parametrize("version", ["1.37", "1.32", "latest"])
def test_nodes_are_not_newer_than_the_cluster_or_too_old(version: str):
    found = problem(managed, new_stack(), version=version)
    assert (found.option, found.practice, found.allowed) == ("version", "eks-node-version", "1.33 to 1.36")


def test_a_release_of_another_version_is_refused():
    assert problem(managed, new_stack(), release_version="1.35.1-20261101").option == "release_version"


def test_an_update_replaces_a_third_and_evicts_no_protected_pod():
    made = group()
    assert made["UpdateConfig"] == {"MaxUnavailablePercentage": 33}
    assert made["ForceUpdateEnabled"] is False
    assert made["NodeRepairConfig"] == {"Enabled": True}


def test_repair_is_switched_off_with_a_reason():
    stack = new_stack()
    managed(stack, node_repair=Disabled(REASON))
    template = synth(stack)
    assert properties(template, GROUP)["NodeRepairConfig"] == {"Enabled": False}
    assert opt_outs(template)[GROUP] == {"eks-node-repair": REASON}


def test_labels_and_taints_come_in_the_words_of_eks():
    made = group(
        spot=True,
        nodes=NodeOptions(
            labels={"team": "shop"},
            taints=[Taint(key="dedicated", value="video", effect="NoExecute"), Taint(key="gpu")],
        ),
    )
    assert made["Labels"] == {"team": "shop"}
    assert made["CapacityType"] == "SPOT"
    assert made["Taints"] == [
        {"Key": "dedicated", "Value": "video", "Effect": "NO_EXECUTE"},
        {"Key": "gpu", "Effect": "NO_SCHEDULE"},
    ]


def test_the_role_holds_what_the_kubelet_needs_and_not_the_policy_of_the_cni():
    stack = new_stack()
    managed(stack)
    policies = str(properties(synth(stack), ROLE, like="NodeRole")["ManagedPolicyArns"])
    assert "AmazonEKSWorkerNodeMinimalPolicy" in policies
    assert "AmazonEC2ContainerRegistryPullOnly" in policies
    assert "CNI" not in policies
    assert "Policies" not in properties(synth(stack), ROLE, like="NodeRole")


def test_session_manager_is_let_in_when_it_is_asked_for_and_reads_no_parameters():
    stack = new_stack()
    managed(stack, nodes=NodeOptions(session_manager=True))
    [policy] = properties(synth(stack), ROLE, like="NodeRole")["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert "ssmmessages:OpenDataChannel" in statement["Action"]
    assert not any("GetParameter" in action for action in statement["Action"])


def orders(stack: cdk.Stack) -> dynamodb.Table:
    return dynamodb.Table(
        stack, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )


def test_a_grant_to_nodes_is_an_error_and_says_to_whom():
    stack = new_stack()
    nodes = managed(stack)
    with pytest.raises(ConstructError, match="WorkloadIdentity") as caught:
        _ = nodes.grant_principal
    assert caught.value.problems[0].practice == "eks-node-role"
    with pytest.raises(RuntimeError, match="eks-node-role"):
        orders(stack).grant_read_data(nodes)


def test_a_grant_to_the_role_of_nodes_is_found_at_synthesis():
    stack = new_stack()
    synth_is_fine = new_stack()
    managed(synth_is_fine)
    assert resources(synth(synth_is_fine), GROUP)
    orders(stack).grant_read_data(managed(stack).node_role)
    with pytest.raises(RuntimeError, match="eks-node-role"):
        synth(stack)


def test_a_key_is_opened_for_the_group():
    stack = new_stack()
    managed(stack, nodes=NodeOptions(encryption_key=kms.Key(stack, "VolumeKey")))
    template = synth(stack)
    assert "KmsKeyId" in template_data(template)["BlockDeviceMappings"][0]["Ebs"]
    assert "AWSServiceRoleForAutoScaling" in str(properties(template, "AWS::KMS::Key", like="VolumeKey")["KeyPolicy"])


def test_nodes_go_where_they_are_told():
    subnets = ec2.SubnetSelection(availability_zones=["eu-west-1a"], subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
    assert group(subnets=subnets)["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1"]
    assert len(group()["Subnets"]) == 2


def test_nodes_are_not_put_into_public_subnets():
    subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    assert problem(managed, new_stack(), subnets=subnets).option == "subnets"


# ---- order and stacks


def test_what_pods_need_comes_before_nodes_and_what_needs_nodes_after():
    stack = new_stack()
    managed(stack)
    template = synth(stack)
    add_on = "AWS::EKS::Addon"
    assert "VpcCni" in str(resource(template, GROUP)["DependsOn"])
    assert "NodesGroup" in str(resource(template, add_on, like="Coredns")["DependsOn"])
    assert "NodesGroup" not in str(resource(template, add_on, like="VpcCni"))


def two_stacks() -> tuple[cdk.Stack, cdk.Stack, EksCluster]:
    app = cdk.App()
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    return platform, team, eks_cluster(platform)


@pytest.mark.parametrize("first_in", ["Platform", "Team"])
def test_nodes_are_in_a_stack_of_their_own_without_a_cycle(first_in: str):
    platform, team, cluster = two_stacks()
    if first_in == "Platform":
        managed(platform, "First", cluster=cluster)
    managed(team, cluster=cluster)
    assert len(resources(synth(team), GROUP)) == 1
    assert platform in team.dependencies
    assert team not in platform.dependencies


def test_nodes_in_a_stack_that_the_clusters_waits_for_are_one_clear_error():
    platform, team, cluster = two_stacks()
    platform.add_stack_dependency(team)
    with pytest.raises(ConstructError) as caught:
        managed(team, cluster=cluster)
    assert [one.option for one in caught.value.problems] == ["cluster"]


# ---- bad input


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"min_nodes": 7}, "max_nodes"),
        ({"max_nodes": 0, "min_nodes": 0}, "max_nodes"),
        ({"min_nodes": -1}, "min_nodes"),
        ({"desired_nodes": 9}, "desired_nodes"),
        ({"desired_nodes": 0}, "desired_nodes"),
        ({"max_unavailable_percent": 0}, "max_unavailable_percent"),
        ({"instance_types": []}, "instance_types"),
        ({"instance_types": ["m7g.larg"]}, "instance_types"),
        ({"instance_types": ["m7g.large", "m7i.large"]}, "instance_types"),
        ({"instance_types": ["g5.xlarge", "m7i.large"]}, "instance_types"),
        ({"instance_types": ["m4.large"]}, "instance_types"),
        ({"instance_types": ["inf2.xlarge"], "nodes": NodeOptions(machine_image="BOTTLEROCKET")}, "instance_types"),
        ({"nodes": NodeOptions(root_volume_gib=8)}, "nodes.root_volume_gib"),
        ({"nodes": NodeOptions(machine_image="AL2")}, "nodes.machine_image"),  # type: ignore[arg-type]
        ({"nodes": NodeOptions(machine_image="AL2_x86_64_GPU")}, "nodes.machine_image"),  # type: ignore[arg-type]
        ({"nodes": NodeOptions(labels={"team!": "a"})}, "nodes.labels"),
        ({"nodes": NodeOptions(labels={"team": "a b"})}, "nodes.labels['team']"),
        ({"nodes": NodeOptions(labels={"node-role.kubernetes.io/worker": ""})}, "nodes.labels"),
        ({"nodes": NodeOptions(taints=[Taint(key="a/b/c")])}, "nodes.taints[0].key"),
        ({"nodes": NodeOptions(taints=[Taint(key="a"), Taint(key="a", value="b")])}, "nodes.taints"),
    ],
)
def test_wrong_input_is_one_clear_error(options: dict[str, Any], option: str):
    assert problem(managed, new_stack(), **options).option == option


def test_everything_that_is_wrong_is_said_at_once():
    found = problems(
        managed, new_stack(), min_nodes=9, max_nodes=2, nodes=NodeOptions(root_volume_gib=1), max_unavailable_percent=0
    )
    assert {one.option for one in found} == {"max_nodes", "nodes.root_volume_gib", "max_unavailable_percent"}


def test_an_old_type_is_taken_with_a_reason():
    stack = new_stack()
    managed(stack, instance_types=["m4.large"], nodes=NodeOptions(nitro_only=Disabled(REASON)))
    assert opt_outs(synth(stack))[GROUP] == {"nitro-instances": REASON}


def test_numbers_that_are_known_at_deployment_are_not_checked():
    stack = new_stack()
    most = cdk.CfnParameter(stack, "Most", type="Number").value_as_number
    managed(stack, max_nodes=most)
    assert properties(synth(stack), GROUP)["ScalingConfig"]["MaxSize"] == {"Ref": "Most"}


def test_a_cluster_knows_its_nodes():
    stack = new_stack()
    cluster = eks_cluster(stack)
    managed(stack, nodes=NodeOptions(labels={"team": "shop"}))
    [facts] = cluster.nodes
    assert (facts.name, facts.instance_types, facts.architecture) == ("Nodes", ("m7g.large",), "ARM64")
    assert (facts.gpu, facts.capacity_type, facts.labels) == (False, "ON_DEMAND", {"team": "shop"})
