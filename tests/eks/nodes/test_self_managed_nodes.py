"""Nodes in your own Auto Scaling group: how they boot, join, mix types and are replaced."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2

from cdk_containers import (
    ConstructError,
    Disabled,
    EksCluster,
    NodeOptions,
    Spot,
    Taint,
    instance_type,
    pods_per_instance,
)
from tests.eks.nodes.making import ENTRY, ROLE, SCALING, TEMPLATE, problem, self_managed
from tests.toolkit import (
    REASON,
    Template,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
)

LABELED = NodeOptions(
    labels={"team": "shop", "tier": "web"},
    taints=[Taint(key="dedicated", value="video"), Taint(key="dedicated", effect="NoExecute")],
)


def made(**options: Any) -> Template:
    stack = new_stack()
    self_managed(stack, **options)
    return synth(stack)


def data(template: Template) -> Any:
    return properties(template, TEMPLATE)["LaunchTemplateData"]


def user_data(template: Template) -> str:
    """Return the user data, with `<attribute>` in the place of what the cluster answers."""
    given = data(template)["UserData"]["Fn::Base64"]
    parts = given["Fn::Join"][1] if isinstance(given, dict) else [given]
    return "".join(part if isinstance(part, str) else f"<{part['Fn::GetAtt'][1]}>" for part in parts)


def node_config(template: Template) -> Any:
    head, _, rest = user_data(template).partition("Content-Type: application/node.eks.aws\n\n")
    assert head.startswith("Content-Type: multipart/mixed")
    body, _, end = rest.partition("\n--+AWS+CDK")
    assert end
    return json.loads(body)


def test_amazon_linux_is_told_all_that_nodeadm_would_have_to_ask_for():
    config = node_config(made(nodes=LABELED))
    assert (config["apiVersion"], config["kind"]) == ("node.eks.aws/v1alpha1", "NodeConfig")
    assert config["spec"]["cluster"].pop("name").startswith("Shop-Eks")
    assert config["spec"]["cluster"] == {
        "apiServerEndpoint": "<Endpoint>",
        "certificateAuthority": "<CertificateAuthorityData>",
        "cidr": "172.20.0.0/16",
    }
    kubelet = config["spec"]["kubelet"]
    assert kubelet["flags"] == ["--node-labels=team=shop,tier=web"]
    assert kubelet["config"]["registerWithTaints"] == [
        {"key": "dedicated", "value": "video", "effect": "NoSchedule"},
        {"key": "dedicated", "value": "", "effect": "NoExecute"},
    ]


def test_pods_get_time_to_end_when_a_node_is_taken_away():
    config = node_config(made())["spec"]["kubelet"]["config"]
    assert config["shutdownGracePeriod"] == "120s"
    assert config["shutdownGracePeriodCriticalPods"] == "30s"


def test_bottlerocket_reads_settings_and_asks_nobody_for_the_address_of_dns():
    settings = tomllib.loads(user_data(made(nodes=NodeOptions(machine_image="BOTTLEROCKET", **labeled()))))
    kubernetes = settings["settings"]["kubernetes"]
    assert kubernetes["api-server"] == "<Endpoint>"
    assert kubernetes["cluster-certificate"] == "<CertificateAuthorityData>"
    assert kubernetes["cluster-dns-ip"] == "172.20.0.10"
    assert kubernetes["shutdown-grace-period"] == "120s"
    assert kubernetes["node-labels"] == {"team": "shop", "tier": "web"}
    assert kubernetes["node-taints"] == {"dedicated": ["video:NoSchedule", ":NoExecute"]}


def labeled() -> dict[str, Any]:
    return {"labels": LABELED.labels, "taints": LABELED.taints}


@pytest.mark.parametrize(
    ("types", "image", "parameter"),
    [
        (["m7g.large"], "AL2023", "eks/optimized-ami/1.36/amazon-linux-2023/arm64/standard/recommended/image_id"),
        (["m7i.large"], "AL2023", "eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended/image_id"),
        (["g5.xlarge"], "AL2023", "eks/optimized-ami/1.36/amazon-linux-2023/x86_64/nvidia/recommended/image_id"),
        (["g5g.xlarge"], "AL2023", "eks/optimized-ami/1.36/amazon-linux-2023/arm64/nvidia/recommended/image_id"),
        (["trn1.2xlarge"], "AL2023", "eks/optimized-ami/1.36/amazon-linux-2023/x86_64/neuron/recommended/image_id"),
        (["m7g.large"], "BOTTLEROCKET", "bottlerocket/aws-k8s-1.36/arm64/latest/image_id"),
        (["m7i.large"], "BOTTLEROCKET", "bottlerocket/aws-k8s-1.36/x86_64/latest/image_id"),
        (["g5g.xlarge"], "BOTTLEROCKET", "bottlerocket/aws-k8s-1.36-nvidia/arm64/latest/image_id"),
    ],
)
def test_the_newest_image_for_types_and_version_is_taken(types: list[str], image: Any, parameter: str):
    template = made(instance_types=types, nodes=NodeOptions(machine_image=image))
    values = {entry["Default"] for entry in template["Parameters"].values() if "Default" in entry}
    assert f"/aws/service/{parameter}" in values
    assert "Parameter" in data(template)["ImageId"]["Ref"]


def test_nodes_may_be_older_than_their_cluster():
    template = made(version="1.35")
    assert "/1.35/" in str(template["Parameters"])
    assert problem(self_managed, new_stack(), version="1.31").practice == "eks-node-version"


def test_nodes_are_let_in_before_they_start():
    template = made()
    entry = properties(template, ENTRY, like="Nodes")
    assert entry["Type"] == "EC2_LINUX"
    assert "NodesNodeRole" in str(entry["PrincipalArn"])
    assert "NodesAccessEntry" in str(resource(template, SCALING)["DependsOn"])


def test_what_pods_need_comes_before_nodes():
    template = made()
    assert "VpcCni" in str(resource(template, SCALING)["DependsOn"])
    assert "NodesGroup" in str(resource(template, "AWS::EKS::Addon", like="Coredns")["DependsOn"])


def test_nodes_are_in_the_security_group_of_the_cluster_alone():
    template = made()
    [interface] = data(template)["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False
    assert "ClusterSecurityGroupId" in str(interface["Groups"])
    assert len(interface["Groups"]) == 1
    assert resources(template, "AWS::EC2::SecurityGroup") == {}


def test_nodes_answer_metadata_requests_to_themselves_and_encrypt_their_volumes():
    template = made()
    assert data(template)["MetadataOptions"]["HttpTokens"] == "required"
    assert data(template)["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert data(template)["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert "KeyName" not in data(template)
    assert resources(template, "AWS::AutoScaling::LaunchConfiguration") == {}


def test_a_cluster_with_prefixes_says_how_many_pods_a_node_holds():
    assert node_config(made())["spec"]["kubelet"]["config"]["maxPods"] == 110
    large = made(instance_types=["m7g.16xlarge", "m7g.large"])
    assert node_config(large)["spec"]["kubelet"]["config"]["maxPods"] == 110
    assert node_config(made(instance_types=["m7g.16xlarge"]))["spec"]["kubelet"]["config"]["maxPods"] == 250


def imported(stack: Any, **options: Any) -> EksCluster:
    attributes = {
        "cluster_name": "shared",
        "version": "1.36",
        "network": network(stack),
        "security_group_id": "sg-0123456789abcdef0",
        "endpoint": "https://shared.eks.amazonaws.com",
        "certificate_authority_data": "Q0E=",
    }
    return EksCluster.from_attributes(stack, "Shared", **attributes | options)


def test_without_prefixes_the_image_counts_the_pods():
    stack = new_stack()
    nodes = self_managed(stack, cluster=imported(stack))
    config = node_config(synth(stack))["spec"]["kubelet"]["config"]
    assert "shutdownGracePeriod" in config
    assert "maxPods" not in config
    [facts] = nodes.cluster.nodes
    assert facts.max_pods is None
    assert pods_per_instance(instance_type("m7g.large"), managed=False) == 29


def test_nodes_join_a_cluster_of_another_app():
    stack = new_stack()
    self_managed(stack, cluster=imported(stack))
    template = synth(stack)
    assert node_config(template)["spec"]["cluster"]["apiServerEndpoint"] == "https://shared.eks.amazonaws.com"
    assert properties(template, ENTRY)["ClusterName"] == "shared"
    assert data(template)["NetworkInterfaces"][0]["Groups"] == ["sg-0123456789abcdef0"]


@pytest.mark.parametrize("missing", ["endpoint", "certificate_authority_data"])
def test_nodes_that_could_not_find_the_cluster_are_an_error(missing: str):
    stack = new_stack()
    found = problem(self_managed, stack, cluster=imported(stack, **{missing: None}))
    assert (found.option, missing in found.allowed) == ("cluster", True)


def test_types_and_prices_are_mixed():
    group = properties(
        made(instance_types=["m7g.large", "m6g.large"], spot=Spot(on_demand_base=1, on_demand_percent=20)), SCALING
    )
    policy = group["MixedInstancesPolicy"]
    assert policy["InstancesDistribution"]["OnDemandBaseCapacity"] == 1
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 20
    assert policy["InstancesDistribution"]["SpotAllocationStrategy"] == "price-capacity-optimized"
    assert [one["InstanceType"] for one in policy["LaunchTemplate"]["Overrides"]] == ["m7g.large", "m6g.large"]
    assert group["CapacityRebalance"] is True


def test_one_type_on_demand_needs_no_mix():
    group = properties(made(), SCALING)
    assert "LaunchTemplate" in group
    assert "MixedInstancesPolicy" not in group


def test_a_new_template_replaces_nodes_with_the_new_ones_first():
    refresh = resource(made(), SCALING)["UpdatePolicy"]["AutoScalingInstanceRefresh"]
    assert refresh["Strategy"] == "Rolling"
    assert refresh["Preferences"]["MinHealthyPercentage"] == 100
    assert refresh["Preferences"]["MaxHealthyPercentage"] == 200


def test_no_deployment_undoes_what_an_autoscaler_did():
    group = properties(made(), SCALING)
    assert (group["MinSize"], group["MaxSize"]) == ("1", "6")
    assert "DesiredCapacity" not in group


def test_an_autoscaler_finds_the_group_and_knows_a_node_before_there_is_one():
    group = properties(made(nodes=LABELED), SCALING)
    tags = {tag["Key"]: (tag["Value"], tag["PropagateAtLaunch"]) for tag in group["Tags"]}
    [owned] = [value for key, value in tags.items() if key.startswith("kubernetes.io/cluster/")]
    assert owned == ("owned", True)
    assert tags["k8s.io/cluster-autoscaler/enabled"] == ("true", False)
    assert tags["k8s.io/cluster-autoscaler/node-template/label/team"] == ("shop", False)
    assert tags["k8s.io/cluster-autoscaler/node-template/taint/dedicated"][0].endswith("NoExecute")


def test_nodes_do_not_grow_old_unless_there_is_a_reason():
    assert properties(made(), SCALING)["MaxInstanceLifetime"] == 14 * 86_400
    assert properties(made(max_instance_lifetime=timedelta(days=7)), SCALING)["MaxInstanceLifetime"] == 7 * 86_400
    template = made(max_instance_lifetime=Disabled(REASON))
    assert "MaxInstanceLifetime" not in properties(template, SCALING)
    assert opt_outs(template)[SCALING] == {"instance-lifetime": REASON}


def test_the_role_is_the_kubelets():
    policies = str(properties(made(), ROLE, like="NodesNodeRole")["ManagedPolicyArns"])
    assert "AmazonEKSWorkerNodeMinimalPolicy" in policies
    assert "CNI" not in policies
    with pytest.raises(ConstructError, match="WorkloadIdentity"):
        _ = self_managed(new_stack()).grant_principal


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"min_nodes": 7}, "max_nodes"),
        ({"instance_types": ["m7g.large", "m7i.large"]}, "instance_types"),
        ({"spot": Spot(on_demand_percent=120)}, "spot.on_demand_percent"),
        ({"max_instance_lifetime": timedelta(hours=1)}, "max_instance_lifetime"),
        ({"nodes": NodeOptions(machine_image="AL2")}, "nodes.machine_image"),  # type: ignore[arg-type]
        ({"subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)}, "subnets"),
    ],
)
def test_wrong_input_is_one_clear_error(options: dict[str, Any], option: str):
    assert problem(self_managed, new_stack(), **options).option == option
