"""Machines outside AWS: their networks, their credentials, and what joins them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cdk_containers import EksCluster, RolesAnywhere
from tests.eks.nodes.making import ENTRY, ROLE, hybrid, problem
from tests.toolkit import Template, eks_cluster, network, new_stack, properties, resources, synth

AUTHORITY = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/0123"
BUNDLE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def made(**options: Any) -> Template:
    stack = new_stack()
    hybrid(stack, **options)
    return synth(stack)


def output(template: Template, like: str) -> str:
    [value] = [entry["Value"] for name, entry in template["Outputs"].items() if like in name]
    parts = value["Fn::Join"][1] if isinstance(value, dict) else [value]
    return "".join(part if isinstance(part, str) else str(next(iter(part.values()))) for part in parts)


def trust(template: Template) -> Any:
    return properties(template, ROLE, like="MachinesNodeRole")["AssumeRolePolicyDocument"]["Statement"]


def allowed(template: Template) -> set[str]:
    [policy] = properties(template, ROLE, like="MachinesNodeRole")["Policies"]
    found = set()
    for statement in policy["PolicyDocument"]["Statement"]:
        action = statement["Action"]
        found |= {action} if isinstance(action, str) else set(action)
    return found


def test_systems_manager_gives_out_the_role_for_this_account_only():
    [statement] = trust(made())
    assert statement["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "aws:SourceArn" in statement["Condition"]["ArnEquals"]


def test_machines_may_join_pull_images_and_leave():
    template = made()
    assert {"eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity", "ssm:DeregisterManagedInstance"} <= allowed(
        template
    )
    policies = str(properties(template, ROLE, like="MachinesNodeRole")["ManagedPolicyArns"])
    assert "AmazonEC2ContainerRegistryPullOnly" in policies
    assert "WorkerNode" not in policies


def test_machines_are_let_in_as_hybrid_nodes():
    assert properties(made(), ENTRY, like="Machines")["Type"] == "HYBRID_LINUX"


def test_the_commands_come_out_of_the_stack():
    template = made(registration_limit=20)
    assert "--registration-limit 20" in output(template, "Activation")
    assert "MachinesNodeRole" in output(template, "Activation")
    assert output(template, "Join").startswith("nodeadm install 1.36 --credential-provider ssm && nodeadm init")
    config = json.loads(output(template, "NodeConfig"))
    assert config["spec"]["cluster"]["name"].startswith("Shop-Eks")
    assert config["spec"]["hybrid"] == {"ssm": {"activationId": "ACTIVATION_ID", "activationCode": "ACTIVATION_CODE"}}


@pytest.mark.parametrize(
    ("credentials", "kind"),
    [
        (RolesAnywhere(authority=AUTHORITY), "AWS_ACM_PCA"),
        (RolesAnywhere(authority=BUNDLE), "CERTIFICATE_BUNDLE"),
    ],
)
def test_a_certificate_gives_out_the_role_in_a_session_with_its_name(credentials: RolesAnywhere, kind: str):
    template = made(credentials=credentials)
    assert properties(template, "AWS::RolesAnywhere::TrustAnchor")["Source"]["SourceType"] == kind
    assume, identity = trust(template)
    assert assume["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert assume["Condition"]["StringEquals"] == {"sts:RoleSessionName": "${aws:PrincipalTag/x509Subject/CN}"}
    for statement in (assume, identity):
        assert "TrustAnchorArn" in str(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
    profile = properties(template, "AWS::RolesAnywhere::Profile")
    assert profile["AcceptRoleSessionName"] is True
    assert profile["DurationSeconds"] == 3600
    config = json.loads(output(template, "NodeConfig"))["spec"]["hybrid"]["iamRolesAnywhere"]
    assert set(config) == {"nodeName", "trustAnchorArn", "profileArn", "roleArn"}
    assert "iam-ra" in output(template, "Join")
    assert not any("Activation" in name for name in template["Outputs"])
    assert not any(action.startswith("ssm:") for action in allowed(template))


def test_a_cluster_knows_its_networks_and_lets_them_to_its_api():
    stack = new_stack()
    eks_cluster(stack, remote_node_networks=["10.80.0.0/16"], remote_pod_networks=["10.85.0.0/16"])
    template = synth(stack)
    cluster = properties(template, "AWS::EKS::Cluster")
    assert cluster["RemoteNetworkConfig"] == {
        "RemoteNodeNetworks": [{"Cidrs": ["10.80.0.0/16"]}],
        "RemotePodNetworks": [{"Cidrs": ["10.85.0.0/16"]}],
    }
    group = properties(template, "AWS::EC2::SecurityGroup", like="RemoteNetworks")
    assert {(rule["CidrIp"], rule["FromPort"]) for rule in group["SecurityGroupIngress"]} == {
        ("10.80.0.0/16", 443),
        ("10.85.0.0/16", 443),
    }
    assert len(cluster["ResourcesVpcConfig"]["SecurityGroupIds"]) == 1


def test_a_cluster_without_machines_outside_has_none_of_that():
    stack = new_stack()
    eks_cluster(stack)
    template = synth(stack)
    assert "RemoteNetworkConfig" not in properties(template, "AWS::EKS::Cluster")
    assert resources(template, "AWS::EC2::SecurityGroup") == {}


@pytest.mark.parametrize(
    ("nodes", "pods", "option"),
    [
        (["8.8.0.0/16"], [], "remote_node_networks[0]"),
        (["ten"], [], "remote_node_networks[0]"),
        (["10.80.0.0/16", "10.80.1.0/24"], [], "remote_node_networks[1]"),
        (["10.80.0.0/16"], ["10.80.128.0/17"], "remote_pod_networks[0]"),
        (["172.20.0.0/16"], [], "remote_node_networks[0]"),
        ([], ["10.85.0.0/16"], "remote_pod_networks"),
        ([f"10.{number}.0.0/16" for number in range(80, 96)], [], "remote_node_networks"),
    ],
)
def test_networks_that_cannot_be_told_apart_are_one_clear_error(nodes: list[str], pods: list[str], option: str):
    found = problem(
        eks_cluster,
        new_stack(),
        remote_node_networks=nodes,
        remote_pod_networks=pods,
    )
    assert (found.option, found.practice) == (option, "eks-hybrid-networks")


def test_a_cluster_that_knows_no_network_outside_refuses_machines():
    stack = new_stack()
    found = problem(hybrid, stack, cluster=eks_cluster(stack))
    assert (found.option, found.practice) == ("cluster", "eks-hybrid-networks")


def test_machines_join_a_cluster_of_another_app():
    stack = new_stack()
    shared = EksCluster.from_attributes(
        stack,
        "Shared",
        cluster_name="shared",
        version="1.36",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
    )
    hybrid(stack, cluster=shared)
    assert properties(synth(stack), ENTRY)["ClusterName"] == "shared"


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"registration_limit": 0}, "registration_limit"),
        ({"registration_limit": 1001}, "registration_limit"),
        ({"registration_limit": 5, "credentials": RolesAnywhere(authority=AUTHORITY)}, "registration_limit"),
        ({"credentials": RolesAnywhere(authority="")}, "credentials.authority"),
        ({"credentials": RolesAnywhere(authority="a key")}, "credentials.authority"),
        ({"credentials": RolesAnywhere(authority="arn:aws:acm:eu-west-1:1:a/b")}, "credentials.authority"),
        ({"credentials": "SSM"}, "credentials"),
    ],
)
def test_wrong_input_is_one_clear_error(options: dict[str, Any], option: str):
    assert problem(hybrid, new_stack(), **options).option == option
