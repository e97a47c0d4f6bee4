"""EKS clusters as the emulated account has them, and their manifests filled with what was deployed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator import templates
from tests.emulator.clusters import images
from tests.emulator.life import Life

pytestmark = pytest.mark.emulator

NODES = ("eks-nodes", "eks-storage", "eks-hybrid")
CLUSTERS = {*NODES, "eks-fargate", "eks-auto"}

MOMENTS = ("deployed", "updated")

FIRST = {"eks-pod-identity-agent", "kube-proxy", "vpc-cni"}
"""What nodes need to join, and came before them."""

ADD_ONS = {
    "eks-nodes": {*FIRST, "amazon-cloudwatch-observability", "coredns", "metrics-server"},
    "eks-storage": {
        *FIRST,
        "aws-ebs-csi-driver",
        "aws-efs-csi-driver",
        "aws-fsx-csi-driver",
        "coredns",
        "metrics-server",
        "netapp_trident-operator",
    },
    "eks-hybrid": {*FIRST, "coredns", "metrics-server"},
    "eks-fargate": {"coredns"},
    "eks-auto": {"metrics-server"},
}

# Service accounts that get their role by Pod Identity; those of add-ons came with them.
ACCOUNTS = {
    "eks-nodes": {
        *("kube-system/aws-load-balancer-controller", "kube-system/aws-node", "amazon-cloudwatch/cloudwatch-agent"),
        *("shop/backend", "shop/heartbeat", "shop/nightly", "shop/packer", "shop/web"),
    },
    "eks-storage": {
        *("kube-system/aws-node", "kube-system/ebs-csi-controller-sa"),
        *("kube-system/efs-csi-controller-sa", "kube-system/fsx-csi-controller-sa"),
    },
    "eks-hybrid": {"kube-system/aws-node"},
    "eks-fargate": set(),
    "eks-auto": {"shop/web"},
}

# Service accounts that get their role by the cluster's OIDC provider, by the construct of the role.
WEB_IDENTITIES = {
    "eks-fargate": {"kube-system:aws-load-balancer-controller", "shop:web"},
    "eks-storage": {"trident:trident-controller"},
}

Found = dict[str, Any]


def clusters(life: Life) -> dict[str, Found]:
    return life.clusters["deployed"]


def of_kind(life: Life, stack: str, kind: str, moment: str = "deployed") -> dict[str, Found]:
    """Give the objects of a kind that kubectl would apply to a cluster, by their names."""
    return {it["metadata"]["name"]: it for it in life.manifests[moment][stack] if it["kind"] == kind}


def trust(life: Life, role: str) -> Found:
    """Give the only statement of a role's trust."""
    (statement,) = life.seen["trust"][role]
    found: Found = statement
    return found


def test_each_cluster_is_private_encrypted_and_logged(life: Life) -> None:
    made = life.inventories["deployed"]
    assert set(clusters(life)) == CLUSTERS
    for found in (it["cluster"] for it in clusters(life).values()):
        network = found["resourcesVpcConfig"]
        assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, False)
        assert set(network["subnetIds"]) < set(made["AWS::EC2::Subnet"])
        (encryption,) = found["encryptionConfig"]
        assert encryption["resources"] == ["secrets"]
        assert encryption["provider"]["keyArn"].split("/")[-1] in made["AWS::KMS::Key"]
        (logging,) = found["logging"]["clusterLogging"]
        kinds = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
        assert (logging["enabled"], logging["types"]) == (True, kinds)
        assert f"/aws/eks/{found['name']}/cluster" in made["AWS::Logs::LogGroup"]
        assert (found["version"], found["upgradePolicy"]["supportType"]) == ("1.35", "STANDARD")
        assert found["deletionProtection"] is (life.environment == "prod")
        assert trust(life, found["roleArn"])["Principal"] == {"Service": "eks.amazonaws.com"}


def test_only_access_entries_let_people_in(life: Life) -> None:
    for stack, found in clusters(life).items():
        access = found["cluster"]["accessConfig"]
        assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
        (administrator,) = (it for it in found["entries"].values() if "-Administrator" in it["principalArn"])
        (policy,) = administrator["policies"]
        assert policy["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
        assert policy["accessScope"]["type"] == "cluster"
        assert administrator["principalArn"] in life.inventories["deployed"]["AWS::IAM::Role"]
        others = {it["type"] for it in found["entries"].values() if it is not administrator}
        assert others == {"eks-nodes": {"STANDARD", "EC2_LINUX"}, "eks-hybrid": {"HYBRID_LINUX"}}.get(stack, set())


def test_a_team_sees_its_namespace_and_restarts_by_a_role_of_kubernetes(life: Life) -> None:
    (team,) = (it for it in clusters(life)["eks-nodes"]["entries"].values() if "shop-team" in it["principalArn"])
    (policy,) = team["policies"]
    assert policy["policyArn"].endswith("/AmazonEKSViewPolicy")
    assert policy["accessScope"] == {"type": "namespace", "namespaces": ["shop"]}
    (subject,) = of_kind(life, "eks-nodes", "RoleBinding")["restart"]["subjects"]
    assert team["kubernetesGroups"] == [subject["name"]]


@pytest.mark.parametrize("stack", NODES)
def test_managed_nodes_start_from_a_launch_template_of_the_account(life: Life, stack: str) -> None:
    (found,) = clusters(life)[stack]["nodegroups"]
    used = found["launchTemplate"]
    template = life.capacity["launch templates"][used["id"]]
    assert used["version"] == "1"
    assert template["InstanceType"] == ("m7i.large" if stack == "eks-storage" else "m7g.large")
    assert found["amiType"] == f"AL2023_{'x86_64' if stack == 'eks-storage' else 'ARM_64'}_STANDARD"
    assert (template["MetadataOptions"]["HttpTokens"], template["MetadataOptions"]["HttpPutResponseHopLimit"]) == (
        "required",
        1,
    )
    assert template["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert found["version"] == clusters(life)[stack]["cluster"]["version"]
    assert found["scalingConfig"] == {"minSize": 2, "maxSize": 6 if stack == "eks-nodes" else 4}
    assert found["subnets"] == clusters(life)[stack]["cluster"]["resourcesVpcConfig"]["subnetIds"]
    assert found["nodeRepairConfig"] == {"enabled": True}
    assert trust(life, found["nodeRole"])["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_spot_nodes_of_ones_own_know_their_cluster_and_may_join_it(life: Life) -> None:
    found = clusters(life)["eks-nodes"]
    name = found["cluster"]["name"]
    assert set(life.capacity["nodes"]) == {"eks-nodes/SpotNodes"}
    group = life.capacity["nodes"]["eks-nodes/SpotNodes"]
    assert {it["Key"]: it["Value"] for it in group["Tags"]}[f"kubernetes.io/cluster/{name}"] == "owned"
    policy = group["MixedInstancesPolicy"]
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 0
    assert [it["InstanceType"] for it in policy["LaunchTemplate"]["Overrides"]] == [
        "m7i.large",
        "m6i.large",
        "m7i-flex.large",
    ]
    template = life.capacity["launch templates"][
        policy["LaunchTemplate"]["LaunchTemplateSpecification"]["LaunchTemplateId"]
    ]
    settings = base64.b64decode(template["UserData"]).decode().splitlines()
    assert f'cluster-name = "{name}"' in settings
    assert f'api-server = "{found["cluster"]["endpoint"]}"' in settings
    assert f'cluster-certificate = "{found["cluster"]["certificateAuthority"]["data"]}"' in settings
    (entry,) = (it for it in found["entries"].values() if it["type"] == "EC2_LINUX")
    assert trust(life, entry["principalArn"])["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert template["IamInstanceProfile"]["Arn"] in life.inventories["deployed"]["AWS::IAM::InstanceProfile"]


def test_fargate_runs_the_pods_of_two_namespaces(life: Life) -> None:
    found = clusters(life)["eks-fargate"]
    assert found["nodegroups"] == []
    assert sorted(it["selectors"][0]["namespace"] for it in found["profiles"]) == ["kube-system", "shop"]
    for profile in found["profiles"]:
        assert profile["subnets"] == found["cluster"]["resourcesVpcConfig"]["subnetIds"]
        statement = trust(life, profile["podExecutionRoleArn"])
        assert statement["Principal"] == {"Service": "eks-fargate-pods.amazonaws.com"}
        source = statement["Condition"]["ArnLike"]["aws:SourceArn"]
        assert profile["fargateProfileArn"].startswith(source.removesuffix("*"))


def test_auto_mode_has_nodes_load_balancers_and_disks(life: Life) -> None:
    found = clusters(life)["eks-auto"]
    compute = found["cluster"]["computeConfig"]
    assert (compute["enabled"], compute["nodePools"]) == (True, ["general-purpose", "system"])
    assert found["cluster"]["kubernetesNetworkConfig"]["elasticLoadBalancing"]["enabled"] is True
    assert found["cluster"]["storageConfig"]["blockStorage"]["enabled"] is True
    assert trust(life, compute["nodeRoleArn"])["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert found["nodegroups"] == found["profiles"] == []


def test_machines_outside_aws_are_on_networks_that_the_cluster_knows(life: Life) -> None:
    found = clusters(life)["eks-hybrid"]
    remote = found["cluster"]["remoteNetworkConfig"]
    assert remote["remoteNodeNetworks"] == [{"cidrs": ["192.168.0.0/22"]}]
    assert remote["remotePodNetworks"] == [{"cidrs": ["192.168.64.0/18"]}]
    (group,) = found["cluster"]["resourcesVpcConfig"]["securityGroupIds"]
    assert group in life.inventories["deployed"]["AWS::EC2::SecurityGroup"]
    (entry,) = (it for it in found["entries"].values() if it["type"] == "HYBRID_LINUX")
    assert trust(life, entry["principalArn"])["Principal"] == {"Service": "ssm.amazonaws.com"}


def test_each_cluster_has_its_add_ons(life: Life) -> None:
    assert {stack: set(it["addons"]) for stack, it in clusters(life).items()} == ADD_ONS


def test_pod_identity_gives_each_service_account_a_role_that_trusts_its_cluster_alone(life: Life) -> None:
    assert {stack: set(it["associations"]) for stack, it in clusters(life).items()} == ACCOUNTS
    for stack, found in clusters(life).items():
        for account, association in found["associations"].items():
            statement = trust(life, association["roleArn"])
            assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
            assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
            assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] == found["cluster"]["arn"]
            tags = statement["Condition"]["StringEquals"]
            named = (
                tags["aws:RequestTag/kubernetes-namespace"],
                tags["aws:RequestTag/kubernetes-service-account"],
            )
            assert "/".join(named) == account
            if account.startswith("shop/"):
                assert account.split("/")[1] in of_kind(life, stack, "ServiceAccount")
            else:
                owned = "ownerArn" in association
                assert owned or account == "kube-system/aws-load-balancer-controller"


def web_identities(life: Life, issuer: str) -> Iterator[tuple[str, str]]:
    """Give the service accounts that an issuer vouches for, and the roles that believe it."""
    for role, statements in life.seen["trust"].items():
        for statement in statements:
            conditions = statement.get("Condition", {}).get("StringEquals", {})
            if f"{issuer}:sub" in conditions:
                assert statement["Principal"]["Federated"].endswith(f":oidc-provider/{issuer}")
                assert conditions[f"{issuer}:aud"] == "sts.amazonaws.com"
                yield conditions[f"{issuer}:sub"].removeprefix("system:serviceaccount:"), role


def test_where_pod_identity_does_not_work_the_clusters_oidc_provider_does(life: Life) -> None:
    providers = {it.split(":oidc-provider/")[1] for it in life.inventories["deployed"]["AWS::IAM::OIDCProvider"]}
    issuers = {
        stack: it["cluster"]["identity"]["oidc"]["issuer"].removeprefix("https://")
        for stack, it in clusters(life).items()
    }
    assert {stack for stack, issuer in issuers.items() if issuer in providers} == set(WEB_IDENTITIES)
    assert len(providers) == len(WEB_IDENTITIES)
    found = {stack: dict(web_identities(life, issuers[stack])) for stack in WEB_IDENTITIES}
    assert {stack: set(it) for stack, it in found.items()} == WEB_IDENTITIES
    account = of_kind(life, "eks-fargate", "ServiceAccount")["web"]
    role = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert role == found["eks-fargate"]["shop:web"]


@pytest.mark.parametrize("stack", ["eks-nodes", "eks-fargate", "eks-auto"])
def test_a_target_group_behind_the_public_load_balancer_is_bound_to_the_service(life: Life, stack: str) -> None:
    (binding,) = of_kind(life, stack, "TargetGroupBinding").values()
    target_group = binding["spec"]["targetGroupARN"]
    assert target_group in life.inventories["deployed"]["AWS::ElasticLoadBalancingV2::TargetGroup"]
    assert binding["spec"]["serviceRef"]["name"] in of_kind(life, stack, "Service")
    rules = [it for it in life.seen["forwards"].values() if target_group in [group["TargetGroupArn"] for group in it]]
    assert len(rules) == 1


def test_volumes_and_classes_name_the_storage_that_was_made(life: Life) -> None:
    stored = life.seen["storage"]
    files = life.inventories["deployed"]["AWS::EFS::FileSystem"]
    classes = of_kind(life, "eks-storage", "StorageClass")
    key = clusters(life)["eks-storage"]["cluster"]["encryptionConfig"][0]["provider"]["keyArn"]
    assert classes["ebs"]["parameters"]["kmsKeyId"] == key
    assert any(it.endswith(f"/{classes['efs']['parameters']['fileSystemId']}") for it in files)
    volumes = of_kind(life, "eks-storage", "PersistentVolume")
    handle = volumes["shop-files"]["spec"]["csi"]["volumeHandle"]
    points = [f"{it['FileSystemId']}::{it['AccessPointId']}" for it in stored["access points"]]
    assert handle in points
    lustre = stored["FSx"]["LUSTRE"]
    mounted = volumes["shop-scratch"]["spec"]["csi"]
    assert mounted["volumeHandle"] == lustre["FileSystemId"]
    assert mounted["volumeAttributes"] == {
        "dnsname": lustre["DNSName"],
        "mountname": lustre["LustreConfiguration"]["MountName"],
    }
    (machine,) = stored["virtual machines"]
    (backend,) = of_kind(life, "eks-storage", "TridentBackendConfig").values()
    assert machine["FileSystemId"] == stored["FSx"]["ONTAP"]["FileSystemId"]
    assert backend["spec"]["aws"]["fsxFilesystemID"] == machine["FileSystemId"]
    assert backend["spec"]["svm"] == machine["Name"]
    assert {it["KmsKeyId"] for it in stored["FSx"].values()} == {key}


@pytest.mark.parametrize("stack", ["eks-nodes", "eks-fargate", "eks-auto"])
def test_an_update_gives_the_manifests_another_image_and_count(life: Life, stack: str) -> None:
    before, after = (of_kind(life, stack, "Deployment", moment) for moment in MOMENTS)
    was, now = (images(life.manifests[moment][stack]) for moment in MOMENTS)
    own = {"backend", "web"} & set(now)
    assert {was[name].rsplit(":")[-1] for name in own} == {"1.0.0"}
    assert {now[name].rsplit(":")[-1] for name in own} == {"1.1.0"}
    assert {name for name in now if was[name] != now[name]} == own
    counts = {name: (before[name]["spec"].get("replicas"), it["spec"].get("replicas")) for name, it in after.items()}
    changed = {name for name, (first, second) in counts.items() if first != second}
    fixed = {"eks-nodes": {"backend"}}.get(stack, {"web"})
    assert changed == (fixed if life.environment == "dev" else set())
    others = [[it for it in life.manifests[when][stack] if it["kind"] != "Deployment"] for when in MOMENTS]
    assert others[0] == others[1]


def test_an_update_of_images_leaves_the_clusters_alone(life: Life) -> None:
    changed = {stack for stack, _, _ in templates.changed(life.first, life.second)}
    assert not changed & CLUSTERS
    assert life.clusters["updated"] == clusters(life)


def test_nothing_is_left_of_the_clusters(life: Life) -> None:
    assert life.clusters["destroyed"] == {}
    left = life.inventories["destroyed"]
    assert not [kind for kind, names in left.items() if names and kind.startswith("AWS::EKS::")]
    assert left["AWS::IAM::OIDCProvider"] == []
    kept = left["AWS::FSx::FileSystem"]
    assert kept == (life.inventories["deployed"]["AWS::FSx::FileSystem"] if life.environment == "prod" else [])
