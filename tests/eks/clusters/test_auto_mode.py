from typing import Any

import pytest
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam

from cdk_containers import AccessEntry, AddOn, AddOnOptions, AutoMode, ConstructError
from tests.toolkit import Template, eks_cluster, new_stack, opt_outs, properties, resources, synth


def auto_template(**options: Any) -> Template:
    stack = new_stack()
    eks_cluster(stack, auto_mode=AutoMode(**options))
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return auto_template()


def test_compute_storage_and_load_balancing_are_on_together(default: Template):
    cluster = properties(default, "AWS::EKS::Cluster")
    assert cluster["ComputeConfig"]["Enabled"] is True
    assert cluster["ComputeConfig"]["NodePools"] == ["general-purpose", "system"]
    assert cluster["StorageConfig"] == {"BlockStorage": {"Enabled": True}}
    assert cluster["KubernetesNetworkConfig"]["ElasticLoadBalancing"] == {"Enabled": True}
    assert cluster["BootstrapSelfManagedAddons"] is False


def test_the_roles_have_what_auto_mode_needs(default: Template):
    role = properties(default, "AWS::IAM::Role", like="EksRole")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    for policy in ("BlockStoragePolicy", "ClusterPolicy", "ComputePolicy", "LoadBalancingPolicy", "NetworkingPolicy"):
        assert f"AmazonEKS{policy}" in str(role["ManagedPolicyArns"])
    node = properties(default, "AWS::IAM::Role", like="NodeRole")
    assert node["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert "AmazonEKSWorkerNodeMinimalPolicy" in str(node)
    assert "AmazonEC2ContainerRegistryPullOnly" in str(node)


def test_what_is_built_in_is_no_add_on(default: Template):
    [add_on] = resources(default, "AWS::EKS::Addon").values()
    assert add_on["Properties"]["AddonName"] == "metrics-server"
    assert "DependsOn" not in add_on, "Auto Mode starts nodes for it"
    assert not opt_outs(default)


def test_facts_and_network_policies_of_auto_mode():
    made = eks_cluster(new_stack(), auto_mode=AutoMode())
    assert made.compute == made.facts.compute == "AUTO"
    assert made.facts.load_balancer_controller
    assert made.facts.network_policy
    assert made.has_pod_identity
    assert made.prefix_delegation
    assert made.pod_identity_agent is None
    [(name, [config])] = made.manifests.files.items()
    assert name == "network-policy"
    assert config["data"] == {"enable-network-policy-controller": "true"}


@pytest.mark.parametrize("name", ["vpc-cni", "coredns", "kube-proxy", "eks-pod-identity-agent"])
def test_an_add_on_for_what_is_built_in(name: str):
    stack = new_stack()
    made = eks_cluster(stack, auto_mode=AutoMode())
    with pytest.raises(ConstructError, match="EKS Auto Mode has this built in"):
        AddOn(stack, "AddOn", cluster=made, name=name)


def test_nodes_of_yours_beside_auto_mode_keep_their_add_ons():
    def cluster_and_nodes(**options: Any) -> Template:
        stack = new_stack()
        made = eks_cluster(stack, **options)
        group = eks.CfnNodegroup(
            stack,
            "Nodes",
            cluster_name=made.cluster.cluster_name,
            node_role="arn:aws:iam::111111111111:role/node",
            subnets=["subnet-0aaaaaaaaaaaaaaa1"],
        )
        made.add_nodes(group)
        return synth(stack)

    kept = ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent")
    before = resources(cluster_and_nodes(), "AWS::EKS::Addon")
    moved = cluster_and_nodes(auto_mode=AutoMode(), default_add_ons={name: AddOnOptions() for name in kept})
    after = resources(moved, "AWS::EKS::Addon")
    assert before.keys() == after.keys(), "no add-on is deleted under the pods that use it"
    assert [entry["Properties"] for entry in before.values()] == [entry["Properties"] for entry in after.values()]


def test_a_cluster_without_pools_lets_nodes_of_node_classes_in():
    template = auto_template(node_pools=[])
    config = properties(template, "AWS::EKS::Cluster")["ComputeConfig"]
    assert config == {"Enabled": True, "NodePools": []}
    entry = properties(template, "AWS::EKS::AccessEntry", like="NodeAccess")
    assert entry["Type"] == "EC2"
    assert "AmazonEKSAutoNodePolicy" in str(entry["AccessPolicies"])
    assert not resources(template, "AWS::EKS::Addon"), "nothing would run its pods"


def test_eks_makes_the_entry_of_its_own_pools():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Node", "arn:aws:iam::111111111111:role/node")
    made = eks_cluster(stack, auto_mode=AutoMode(node_role=role))
    assert made.auto_mode_node_role is role
    with pytest.raises(ConstructError, match=r"Shop/Eks \(EC2\)"):
        AccessEntry(stack, "Entry", cluster=made, principal=role, type="EC2")
    template = synth(stack)
    assert properties(template, "AWS::EKS::Cluster")["ComputeConfig"]["NodeRoleArn"] == role.role_arn
    assert len(resources(template, "AWS::EKS::AccessEntry")) == 1
