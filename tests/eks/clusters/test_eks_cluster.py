from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk.assertions import Annotations, Match
from cdk_nag import AwsSolutionsChecks

from cdk_containers import AddOnOptions, AutoMode, Disabled, EksCluster, Logs, Network, PublicAccess
from tests.toolkit import (
    ADMIN,
    REASON,
    Template,
    eks_cluster,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
)

OFF = Disabled(REASON)


def nodes(scope: cdk.Stack, cluster: EksCluster, id: str = "Nodes") -> eks.CfnNodegroup:  # noqa: A002
    """Make nodes as the library sees them."""
    group = eks.CfnNodegroup(
        scope,
        id,
        cluster_name=cluster.cluster.cluster_name,
        node_role="arn:aws:iam::111111111111:role/node",
        subnets=["subnet-0aaaaaaaaaaaaaaa1"],
    )
    cluster.add_nodes(group)
    return group


def cluster_template(**options: Any) -> Template:
    stack = new_stack()
    nodes(stack, eks_cluster(stack, **options))
    return synth(stack)


def the_cluster(**options: Any) -> dict[str, Any]:
    return properties(cluster_template(**options), "AWS::EKS::Cluster")


def add_ons(template: Template) -> dict[str, dict[str, Any]]:
    return {
        entry["Properties"]["AddonName"]: entry["Properties"] | {"DependsOn": entry.get("DependsOn", [])}
        for entry in resources(template, "AWS::EKS::Addon").values()
    }


@pytest.fixture(scope="module")
def default() -> Template:
    return cluster_template()


@pytest.fixture(scope="module")
def cluster(default: Template) -> dict[str, Any]:
    return properties(default, "AWS::EKS::Cluster")


# ---- defaults


def test_the_api_has_an_address_in_the_network_alone(cluster: dict[str, Any]):
    assert cluster["ResourcesVpcConfig"] == {
        "EndpointPrivateAccess": True,
        "EndpointPublicAccess": False,
        "SubnetIds": ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
    }


def test_secrets_are_encrypted_with_a_key_that_is_rotated_and_stays(default: Template, cluster: dict[str, Any]):
    [encryption] = cluster["EncryptionConfig"]
    [(name, key)] = resources(default, "AWS::KMS::Key").items()
    assert encryption == {"Provider": {"KeyArn": {"Fn::GetAtt": [name, "Arn"]}}, "Resources": ["secrets"]}
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_whole_control_plane_writes_to_a_log_group_that_is_there_first(default: Template, cluster: dict[str, Any]):
    [(name, group)] = resources(default, "AWS::Logs::LogGroup").items()
    assert [entry["Type"] for entry in cluster["Logging"]["ClusterLogging"]["EnabledTypes"]] == [
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    ]
    assert group["Properties"] == {
        "LogGroupName": f"/aws/eks/{cluster['Name']}/cluster",
        "RetentionInDays": 365,
    }
    assert group["DeletionPolicy"] == "RetainExceptOnCreate", "a deployment that fails must not leave the name taken"
    assert resource(default, "AWS::EKS::Cluster")["DependsOn"] == [name]


def test_nobody_has_rights_but_who_is_named(default: Template, cluster: dict[str, Any]):
    assert cluster["AccessConfig"] == {
        "AuthenticationMode": "API",
        "BootstrapClusterCreatorAdminPermissions": False,
    }
    entry = properties(default, "AWS::EKS::AccessEntry")
    assert (entry["PrincipalArn"], entry["Type"]) == (ADMIN, "STANDARD")
    [policy] = entry["AccessPolicies"]
    assert policy["AccessScope"] == {"Type": "cluster"}
    assert policy["PolicyArn"]["Fn::Join"][1][-1] == ":eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def test_it_is_protected_supported_and_may_leave_a_zone(cluster: dict[str, Any]):
    assert cluster["DeletionProtection"] is True
    assert cluster["UpgradePolicy"] == {"SupportType": "STANDARD"}
    assert cluster["ZonalShiftConfig"] == {"Enabled": True}
    assert cluster["KubernetesNetworkConfig"] == {"IpFamily": "ipv4", "ServiceIpv4Cidr": "172.20.0.0/16"}
    assert cluster["BootstrapSelfManagedAddons"] is False


def test_a_template_has_no_function_and_no_custom_resource(default: Template):
    types = {entry["Type"] for entry in default["Resources"].values()}
    assert "AWS::EKS::Cluster" in types
    assert not {
        type_ for type_ in types if type_.startswith(("AWS::Lambda", "Custom::", "AWS::CloudFormation::Custom"))
    }


def test_nodes_wait_for_their_network_and_dns_waits_for_nodes(default: Template):
    found = add_ons(default)
    assert list(found) == ["eks-pod-identity-agent", "vpc-cni", "kube-proxy", "coredns", "metrics-server"]
    names = {entry["Properties"]["AddonName"]: name for name, entry in resources(default, "AWS::EKS::Addon").items()}
    first = {names[name] for name in ("eks-pod-identity-agent", "vpc-cni", "kube-proxy")}
    assert set(resource(default, "AWS::EKS::Nodegroup")["DependsOn"]) == first
    assert found["coredns"]["DependsOn"] == found["metrics-server"]["DependsOn"] == ["Nodes"]
    assert found["vpc-cni"]["DependsOn"] == [names["eks-pod-identity-agent"]]
    assert {entry["ResolveConflicts"] for entry in found.values()} == {"OVERWRITE"}
    assert not any("AddonVersion" in entry for entry in found.values()), "EKS chooses; nothing is looked up"


def test_the_network_of_pods_has_a_role_of_its_own_and_not_that_of_nodes(default: Template):
    cni = add_ons(default)["vpc-cni"]
    assert cni["ConfigurationValues"] == (
        '{"enableNetworkPolicy":"true","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}'
    )
    [association] = cni["PodIdentityAssociations"]
    assert association["ServiceAccount"] == "aws-node"
    role = default["Resources"][association["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == "aws-node"
    assert "AmazonEKS_CNI_Policy" in str(role["ManagedPolicyArns"])


def test_facts_tell_what_is_there():
    made = eks_cluster(new_stack())
    assert made.facts.metrics_server
    assert made.facts.network_policy
    assert not made.facts.load_balancer_controller
    assert made.prefix_delegation
    assert made.has_pod_identity
    off = eks_cluster(
        new_stack(),
        default_add_ons={
            "metrics-server": OFF,
            "vpc-cni": AddOnOptions(
                configuration={"enableNetworkPolicy": "false", "env": {"ENABLE_PREFIX_DELEGATION": "false"}}
            ),
        },
    )
    assert not off.facts.metrics_server
    assert not off.facts.network_policy
    assert not off.prefix_delegation
    assert off.has_pod_identity
    bare = eks_cluster(new_stack(), default_add_ons={"vpc-cni": OFF, "eks-pod-identity-agent": OFF})
    assert not bare.prefix_delegation
    assert not bare.facts.network_policy
    assert not bare.has_pod_identity


def test_the_name_is_known_and_other_than_that_of_a_cluster_beside_it():
    stack = new_stack()
    one, other = eks_cluster(stack), eks_cluster(stack, "Other")
    assert one.cluster_name != other.cluster_name
    assert not cdk.Token.is_unresolved(one.cluster_name)


# ---- the network


def test_subnets_of_our_network_are_tagged_for_load_balancers():
    stack = new_stack()
    EksCluster(stack, "Eks", version="1.36", admins=[ADMIN])
    tags = {
        name: {tag["Key"] for tag in entry["Properties"]["Tags"] if "kubernetes" in tag["Key"]}
        for name, entry in resources(synth(stack), "AWS::EC2::Subnet").items()
    }
    assert len(tags) == 4
    for name, keys in tags.items():
        assert keys == {f"kubernetes.io/role/{'elb' if 'Public' in name else 'internal-elb'}"}


def test_a_network_of_another_stack_is_tagged_without_a_cycle_and_shared_by_clusters():
    app = cdk.App()
    base = cdk.Stack(app, "Base")
    net = Network(base, "Network")
    for name in ("Blue", "Green"):
        EksCluster(cdk.Stack(app, name), "Eks", version="1.36", admins=[ADMIN], network=net)
    subnets = resources(synth(base), "AWS::EC2::Subnet").values()
    assert len(subnets) == 4
    assert all(str(subnet).count("kubernetes.io/role/") == 1 for subnet in subnets)
    assert "kubernetes.io/cluster" not in str(list(subnets))
    assert "Export" in str(synth(base)["Outputs"]), "the clusters refer to the network, and not the other way round"


def test_no_security_group_is_tagged_as_the_clusters():
    template = cluster_template()
    assert "AWS::EKS::Cluster" in str(template)
    assert "kubernetes.io/cluster" not in str(template)


def test_the_control_plane_may_have_subnets_of_its_own():
    stack = new_stack()
    net = Network(stack, "Network", isolated_subnets=True)
    eks_cluster(stack, network=net, control_plane_subnets=ec2.SubnetSelection(subnet_group_name="Isolated"))
    ids = properties(synth(stack), "AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"]
    assert len(ids) == 2
    assert all("Isolated" in str(id_) for id_ in ids)


# ---- other values


def test_the_internet_reaches_the_api_by_name_and_with_a_reason():
    template = cluster_template(public_access=PublicAccess(cidrs=["198.51.100.0/24"], reason=REASON))
    config = properties(template, "AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert (config["EndpointPublicAccess"], config["PublicAccessCidrs"]) == (True, ["198.51.100.0/24"])
    assert config["EndpointPrivateAccess"] is True
    assert opt_outs(template)["AWS::EKS::Cluster"] == {"eks-private-endpoint": REASON}


@pytest.mark.parametrize(
    ("option", "practice", "left"),
    [
        ("encryption_key", "eks-secrets-encryption", {"EncryptionConfig": None}),
        ("control_plane_logs", "eks-control-plane-logs", {"Logging": None}),
        ("support_type", "eks-standard-support", {"UpgradePolicy": {"SupportType": "EXTENDED"}}),
        ("deletion_protection", "eks-deletion-protection", {"DeletionProtection": False}),
        ("zonal_shift", "eks-zonal-shift", {"ZonalShiftConfig": {"Enabled": False}}),
    ],
)
def test_a_default_is_left_with_a_reason(option: str, practice: str, left: dict[str, Any], cluster: dict[str, Any]):
    template = cluster_template(**{option: OFF})
    assert opt_outs(template)["AWS::EKS::Cluster"] == {practice: REASON}
    found = properties(template, "AWS::EKS::Cluster")
    for name, value in left.items():
        assert cluster[name] != value
        assert found.get(name) == value


def test_a_default_add_on_is_left_out_or_told_more():
    template = cluster_template(
        default_add_ons={
            "kube-proxy": OFF,
            "coredns": OFF,
            "vpc-cni": AddOnOptions(version="v1.20.4-eksbuild.1", configuration='{"env": {"WARM_PREFIX_TARGET": "2"}}'),
        }
    )
    found = add_ons(template)
    assert list(found) == ["eks-pod-identity-agent", "vpc-cni", "metrics-server"]
    assert found["vpc-cni"]["AddonVersion"] == "v1.20.4-eksbuild.1"
    assert found["vpc-cni"]["ConfigurationValues"] == (
        '{"enableNetworkPolicy":"true","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"2"}}'
    )
    assert opt_outs(template)["AWS::EKS::Cluster"] == {"eks-managed-add-ons": REASON}


def test_a_key_and_a_log_group_of_yours_are_used():
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/11111111")
    group = aws_logs.LogGroup.from_log_group_name(stack, "Group", "/aws/eks/shop/cluster")
    eks_cluster(stack, cluster_name="shop", encryption_key=key, control_plane_logs=Logs(log_group=group))
    template = synth(stack)
    found = properties(template, "AWS::EKS::Cluster")
    assert found["Name"] == "shop"
    assert found["EncryptionConfig"][0]["Provider"] == {"KeyArn": key.key_arn}
    assert found["Logging"]
    assert not resources(template, "AWS::KMS::Key")
    assert not resources(template, "AWS::Logs::LogGroup")


def test_pods_on_fargate_alone_get_dns_there_after_the_first_profile():
    stack = new_stack()
    made = eks_cluster(stack, compute="FARGATE")
    assert not resources(synth(stack), "AWS::EKS::Addon")
    stack = new_stack()
    made = eks_cluster(stack, compute="FARGATE")
    profile = eks.CfnFargateProfile(
        stack,
        "Profile",
        cluster_name=made.cluster.cluster_name,
        pod_execution_role_arn="arn:aws:iam::111111111111:role/pods",
        selectors=[eks.CfnFargateProfile.SelectorProperty(namespace="kube-system")],
    )
    made.add_nodes(profile)
    found = add_ons(synth(stack))
    assert list(found) == ["coredns"]
    assert found["coredns"]["ConfigurationValues"] == '{"computeType":"Fargate"}'
    assert found["coredns"]["DependsOn"] == ["Profile"]
    assert made.facts.compute == "FARGATE"
    assert not made.facts.metrics_server
    assert not made.has_pod_identity


def test_the_identity_provider_is_made_once_when_it_is_asked_for():
    stack = new_stack()
    made = eks_cluster(stack)
    assert not resources(synth(stack), "AWS::IAM::OIDCProvider")
    stack = new_stack()
    made = eks_cluster(stack)
    assert made.oidc_provider is made.oidc_provider
    assert made.oidc_provider_arn is not None
    provider = properties(synth(stack), "AWS::IAM::OIDCProvider")
    assert provider["ClientIdList"] == ["sts.amazonaws.com"]
    assert provider["Url"]["Fn::GetAtt"][1] == "OpenIdConnectIssuerUrl"


def test_constructs_of_cdk_see_the_cluster():
    stack = new_stack()
    made = eks_cluster(stack)
    seen = made.cluster
    assert made.cluster is seen
    id_ = stack.resolve(seen.cluster_name)["Ref"]
    assert stack.resolve(seen.cluster_endpoint) == {"Fn::GetAtt": [id_, "Endpoint"]} == stack.resolve(made.endpoint)
    data = {"Fn::GetAtt": [id_, "CertificateAuthorityData"]}
    assert stack.resolve(seen.cluster_certificate_authority_data) == data
    assert seen.vpc.vpc_id == made.vpc.vpc_id
    assert id_ in resources(synth(stack), "AWS::EKS::Cluster")


# ---- warnings


def test_a_cluster_that_nobody_may_use_is_warned_of():
    stack = new_stack()
    EksCluster(stack, "Eks", version="1.36", network=network(stack))
    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp(".*no one can use the cluster.*"))
    quiet = new_stack()
    eks_cluster(quiet, admins=OFF)
    Annotations.from_stack(quiet).has_no_warning("*", Match.string_like_regexp(".*nobody may use.*"))
    assert not resources(synth(quiet), "AWS::EKS::AccessEntry")


def test_changing_the_order_of_administrators_changes_no_entry():
    one, other = "arn:aws:iam::111111111111:role/one", "arn:aws:iam::111111111111:role/other"
    first = resources(cluster_template(admins=[one, other]), "AWS::EKS::AccessEntry")
    second = resources(cluster_template(admins=[other, one]), "AWS::EKS::AccessEntry")
    assert len(first) == 2
    assert first == second


@pytest.mark.parametrize("support_type", ["STANDARD", OFF])
def test_the_end_of_support_is_a_warning(support_type: Any, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def ended(version: str, *, standard_only: bool, **_: Any) -> str:
        asked.append((version, standard_only))
        return "support has ended"

    monkeypatch.setattr("cdk_containers.eks.clusters.eks_cluster.support_warning", ended)
    stack = new_stack()
    eks_cluster(stack, version="1.34", support_type=support_type)
    assert asked == [("1.34", support_type == "STANDARD")]
    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp("support has ended.*"))


def test_checkers_find_nothing():
    stack = new_stack(region="eu-west-1")
    made = EksCluster(stack, "Eks", version="1.36", admins=[ADMIN])
    nodes(stack, made)
    EksCluster(stack, "Auto", version="1.36", admins=[ADMIN], network=made.network, auto_mode=AutoMode())
    assert [found.rule_name for found in AwsSolutionsChecks().validate_scope(stack).violations] == []
    bare = new_stack("Bare")
    ec2.CfnVPC(bare, "Vpc", cidr_block="10.0.0.0/16")
    assert AwsSolutionsChecks().validate_scope(bare).violations, "the checker does look"
