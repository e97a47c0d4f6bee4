"""What aws_eks_v2 does by itself, beside what our constructs make of it."""

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam

from cdk_containers import AddOn
from tests.toolkit import Template, eks_cluster, network, new_stack, properties, resources, synth

VERSION = eks.KubernetesVersion.V1_35


@pytest.fixture(scope="module")
def l2() -> Template:
    stack = new_stack()
    cluster = eks.Cluster(
        stack,
        "Cluster",
        version=VERSION,
        vpc=network(stack).vpc,
        vpc_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)],
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        default_capacity=0,
    )
    eks.Addon(stack, "AddOn", cluster=cluster, addon_name="aws-ebs-csi-driver")
    return synth(stack)


@pytest.fixture(scope="module")
def ours() -> Template:
    stack = new_stack()
    cluster = eks_cluster(stack)
    policy = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEBSCSIDriverPolicyV2")
    AddOn(
        stack,
        "AddOn",
        cluster=cluster,
        name="aws-ebs-csi-driver",
        service_accounts={"ebs-csi-controller-sa": [policy]},
    )
    return synth(stack)


def cluster(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::EKS::Cluster")


def test_the_api_is_open_to_the_world(l2: Template, ours: Template):
    assert cluster(l2)["ResourcesVpcConfig"]["EndpointPublicAccess"] is True
    assert "PublicAccessCidrs" not in cluster(l2)["ResourcesVpcConfig"]
    assert cluster(ours)["ResourcesVpcConfig"]["EndpointPublicAccess"] is False


def test_nothing_is_logged_and_no_log_group_has_an_end(l2: Template, ours: Template):
    assert "Logging" not in cluster(l2)
    assert not resources(l2, "AWS::Logs::LogGroup")
    assert cluster(ours)["Logging"]
    assert properties(ours, "AWS::Logs::LogGroup")["RetentionInDays"] == 365


@pytest.mark.parametrize("name", ["DeletionProtection", "UpgradePolicy", "ZonalShiftConfig", "EncryptionConfig"])
def test_what_the_l2_does_not_say(l2: Template, ours: Template, name: str):
    assert name not in cluster(l2)
    assert name in cluster(ours)


def test_an_add_on_has_no_role_and_waits_for_nothing(l2: Template, ours: Template):
    theirs = properties(l2, "AWS::EKS::Addon", like="AddOn")
    assert not theirs.keys() & {"PodIdentityAssociations", "ServiceAccountRoleArn", "ResolveConflicts"}
    own = properties(ours, "AWS::EKS::Addon", like="AddOn")
    assert own["PodIdentityAssociations"][0]["ServiceAccount"] == "ebs-csi-controller-sa"
    assert own["ResolveConflicts"] == "OVERWRITE"


def test_a_cluster_of_fargate_alone_takes_a_lambda_function():
    stack = new_stack()
    with pytest.raises(RuntimeError):
        eks.FargateCluster(stack, "Cluster", version=VERSION, vpc=network(stack).vpc)
    stack = new_stack()
    made = eks_cluster(stack, compute="FARGATE")
    made.add_nodes(
        eks.CfnFargateProfile(
            stack,
            "Profile",
            cluster_name=made.cluster.cluster_name,
            pod_execution_role_arn="arn:aws:iam::111111111111:role/pods",
            selectors=[eks.CfnFargateProfile.SelectorProperty(namespace="kube-system")],
        )
    )
    template = synth(stack)
    assert properties(template, "AWS::EKS::Addon")["ConfigurationValues"] == '{"computeType":"Fargate"}'
    assert not resources(template, "AWS::Lambda::Function")


def test_a_second_entry_for_a_principal_is_found_by_eks_only():
    stack = new_stack()
    plain = eks.Cluster(stack, "Cluster", version=VERSION, vpc=network(stack).vpc)
    for name in ("One", "Two"):
        plain.grant_cluster_admin(name, "arn:aws:iam::111111111111:role/admin")
    found = [entry["Properties"]["PrincipalArn"] for entry in resources(synth(stack), "AWS::EKS::AccessEntry").values()]
    assert found.count("arn:aws:iam::111111111111:role/admin") == 2  # ours: test_access_entries


def test_the_agent_of_pod_identity_may_be_there_twice():
    stack = new_stack()
    plain = eks.Cluster(
        stack,
        "Cluster",
        version=VERSION,
        vpc=network(stack).vpc,
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        default_capacity=0,
    )
    assert plain.eks_pod_identity_agent is not None
    eks.Addon(stack, "Again", cluster=plain, addon_name="eks-pod-identity-agent")
    found = [entry["Properties"]["AddonName"] for entry in resources(synth(stack), "AWS::EKS::Addon").values()]
    assert found.count("eks-pod-identity-agent") == 2  # ours: tests/eks/add_ons/test_add_on.py


def test_the_network_of_pods_has_the_role_of_the_nodes(ours: Template):
    assert properties(ours, "AWS::EKS::Addon", like="VpcCni")["PodIdentityAssociations"]
