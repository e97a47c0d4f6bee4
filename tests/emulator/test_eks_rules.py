"""The emulator's EKS refuses what AWS refuses, or the order of a deployment would prove nothing, and it upgrades."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.cdk_cli import ACCOUNT, Emulator, run_emulator
from tests.emulator.test_small_stacks import Resources, refused, role, stack, update

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-rules")]

ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
MAIN = {"clusterName": "main"}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with run_emulator(tmp_path_factory.mktemp("emulator-eks")) as running:
        eks = running.client("eks")
        create_cluster(running, "empty")
        create_cluster(running, "main", deletionProtection=True)
        for name in ("vpc-cni", "kube-proxy"):
            eks.create_addon(**MAIN, addonName=name)
        nodes = {"nodegroupName": "nodes", "nodeRole": f"{ROLE}-nodes", "subnets": subnets(running)}
        eks.create_nodegroup(**MAIN, **nodes)
        yield running


@pytest.fixture
def eks(emulator: Emulator) -> Any:
    return emulator.client("eks")


def subnets(emulator: Emulator) -> list[str]:
    """Give two subnets of the default network, which are in two zones."""
    found = emulator.client("ec2").describe_subnets()["Subnets"]
    return [it["SubnetId"] for it in sorted(found, key=lambda it: str(it["AvailabilityZone"]))[:2]]


def create_cluster(emulator: Emulator, name: str, **options: Any) -> None:
    network = {"subnetIds": subnets(emulator)}
    emulator.client("eks").create_cluster(name=name, roleArn=ROLE, resourcesVpcConfig=network, **options)


def test_a_cluster_needs_two_zones(emulator: Emulator, eks: Any) -> None:
    network = {"subnetIds": subnets(emulator)[:1]}
    with pytest.raises(ClientError, match="at least two different AZs"):
        eks.create_cluster(name="small", roleArn=ROLE, resourcesVpcConfig=network)


def test_nodes_are_not_ready_without_the_add_ons_of_the_network(emulator: Emulator, eks: Any) -> None:
    with pytest.raises(ClientError, match=r"not ready without \['kube-proxy', 'vpc-cni'\]"):
        eks.create_nodegroup(clusterName="empty", nodegroupName="a", nodeRole=ROLE, subnets=subnets(emulator))


def test_an_add_on_with_pods_needs_nodes(eks: Any) -> None:
    with pytest.raises(ClientError, match="no nodes available"):
        eks.create_addon(clusterName="empty", addonName="coredns")
    assert eks.list_addons(clusterName="empty")["addons"] == []


def test_an_add_on_with_a_role_needs_the_agent_of_pod_identity(eks: Any) -> None:
    driver = {**MAIN, "addonName": "aws-ebs-csi-driver"}
    roles = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": ROLE}]
    with pytest.raises(ClientError, match="no credentials without eks-pod-identity-agent"):
        eks.create_addon(**driver, podIdentityAssociations=roles)
    eks.create_addon(**MAIN, addonName="eks-pod-identity-agent")
    made = eks.create_addon(**driver, podIdentityAssociations=roles)["addon"]
    (own,) = eks.list_pod_identity_associations(**MAIN, namespace="kube-system")["associations"]
    assert (own["ownerArn"], own["associationArn"]) == (made["addonArn"], made["podIdentityAssociations"][0])
    eks.delete_addon(**driver)
    assert eks.list_pod_identity_associations(**MAIN)["associations"] == []


def test_a_service_account_has_one_role(eks: Any) -> None:
    association = {"clusterName": "main", "namespace": "shop", "serviceAccount": "web", "roleArn": ROLE}
    eks.create_pod_identity_association(**association)
    with pytest.raises(ClientError, match="shop/web has an association"):
        eks.create_pod_identity_association(**association)
    (found,) = eks.list_pod_identity_associations(**MAIN)["associations"]
    eks.delete_pod_identity_association(**MAIN, associationId=found["associationId"])


def test_a_principal_has_one_access_entry(eks: Any) -> None:
    eks.create_access_entry(**MAIN, principalArn=ROLE)
    with pytest.raises(ClientError, match="already has"):
        eks.create_access_entry(**MAIN, principalArn=ROLE)
    with pytest.raises(ClientError, match="EKS made the access entry"):
        eks.create_access_entry(**MAIN, principalArn=f"{ROLE}-nodes")


def test_nodes_get_no_access_policies(eks: Any) -> None:
    entry = {**MAIN, "principalArn": f"{ROLE}-own-nodes"}
    eks.create_access_entry(**entry, type="EC2_LINUX")
    with pytest.raises(ClientError, match="takes no policies"):
        eks.associate_access_policy(**entry, policyArn=POLICY, accessScope={"type": "cluster"})


def test_a_protected_cluster_stays_and_so_does_one_with_nodes(eks: Any) -> None:
    with pytest.raises(ClientError, match="has deletion protection"):
        eks.delete_cluster(name="main")
    eks.update_cluster_config(name="main", deletionProtection=False)
    with pytest.raises(ClientError, match="has nodegroups attached"):
        eks.delete_cluster(name="main")


# ---- stacks


def cluster(version: str = "1.34", logs: tuple[str, ...] = ()) -> Resources:
    def subnet(zone: str, block: str) -> tuple[str, dict[str, Any]]:
        return "AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block, "AvailabilityZone": zone}

    given = {
        "Name": "small",
        "Version": version,
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "ResourcesVpcConfig": {"SubnetIds": [{"Ref": "A"}, {"Ref": "B"}], "EndpointPublicAccess": False},
        "Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": it} for it in logs]}},
    }
    return {
        "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "A": subnet("us-east-1a", "10.0.0.0/24"),
        "B": subnet("us-east-1b", "10.0.1.0/24"),
        "Role": role("eks.amazonaws.com"),
        "Cluster": ("AWS::EKS::Cluster", given),
    }


def in_cluster(kind: str, **options: Any) -> tuple[str, dict[str, Any]]:
    return f"AWS::EKS::{kind}", {"ClusterName": {"Ref": "Cluster"}, **options}


def nodes(most: int, version: str = "1.34") -> Resources:
    network = {
        "Cni": in_cluster("Addon", AddonName="vpc-cni", ConfigurationValues=f'{{"most":{most}}}'),
        "Proxy": in_cluster("Addon", AddonName="kube-proxy"),
    }
    options = {"NodeRole": {"Fn::GetAtt": ["Role", "Arn"]}, "Subnets": [{"Ref": "A"}, {"Ref": "B"}]}
    scaling = {"MinSize": 1, "MaxSize": most}
    # The emulator begins at the end.
    return {"Nodes": in_cluster("Nodegroup", Version=version, ScalingConfig=scaling, **options), **network}


def test_a_cluster_and_its_nodes_are_upgraded_in_place(emulator: Emulator, eks: Any) -> None:
    with stack(emulator, {**cluster(logs=("api",)), **nodes(2)}) as made:
        before = eks.describe_cluster(name="small")["cluster"]
        name = made["Nodes"].split("/")[1]
        was = eks.describe_nodegroup(clusterName="small", nodegroupName=name)["nodegroup"]
        update(emulator, {**cluster("1.35", ("api", "audit")), **nodes(5, "1.35")})
        after = eks.describe_cluster(name="small")["cluster"]
        now = eks.describe_nodegroup(clusterName="small", nodegroupName=name)["nodegroup"]
        assert (before["version"], after["version"]) == ("1.34", "1.35")
        assert after["logging"]["clusterLogging"][0]["types"] == ["api", "audit"]
        same = ("arn", "createdAt", "endpoint", "resourcesVpcConfig", "roleArn")
        assert {it: before[it] for it in same} == {it: after[it] for it in same}
        assert (was["nodegroupArn"], was["createdAt"]) == (now["nodegroupArn"], now["createdAt"])
        assert (now["version"], now["scalingConfig"]["maxSize"]) == ("1.35", 5)
        configured = eks.describe_addon(clusterName="small", addonName="vpc-cni")["addon"]["configurationValues"]
        assert configured == '{"most":5}'


def test_the_order_of_a_template_is_no_order(emulator: Emulator) -> None:
    first = nodes(2)
    last = {"Nodes": first.pop("Nodes")}
    refused(emulator, {**cluster(), **first, **last}, "nodes are not ready without")


def test_a_version_cannot_be_left_out(emulator: Emulator) -> None:
    with (
        stack(emulator, cluster("1.33")),
        pytest.raises(ClientError, match=r"Unsupported Kubernetes minor version update: 1\.35"),
    ):
        update(emulator, cluster("1.35"))


def test_policies_of_an_access_entry_come_and_go(emulator: Emulator, eks: Any) -> None:
    def entry(*names: str) -> Resources:
        policies = [
            {"PolicyArn": f"arn:aws:eks::aws:cluster-access-policy/{it}", "AccessScope": {"Type": "cluster"}}
            for it in names
        ]
        return {**cluster(), "Entry": in_cluster("AccessEntry", PrincipalArn=ROLE, AccessPolicies=policies)}

    with stack(emulator, entry("AmazonEKSViewPolicy")):
        update(emulator, entry("AmazonEKSEditPolicy"))
        key = {"clusterName": "small", "principalArn": ROLE}
        (found,) = eks.list_associated_access_policies(**key)["associatedAccessPolicies"]
        assert found["policyArn"].endswith("/AmazonEKSEditPolicy")


def test_a_log_group_that_comes_after_its_cluster_is_too_late(emulator: Emulator) -> None:
    group = ("AWS::Logs::LogGroup", {"LogGroupName": {"Fn::Sub": "/aws/eks/${Cluster}/cluster"}})
    refused(emulator, {**cluster(logs=("api",)), "Logs": group}, "ResourceAlreadyExists")


def test_a_file_system_stays_as_long_as_it_has_a_storage_virtual_machine(emulator: Emulator) -> None:
    resources: Resources = {
        "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "Subnet": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}),
        "Files": (
            "AWS::FSx::FileSystem",
            {"FileSystemType": "ONTAP", "StorageCapacity": 1024, "SubnetIds": [{"Ref": "Subnet"}]},
        ),
        "Machine": ("AWS::FSx::StorageVirtualMachine", {"FileSystemId": {"Ref": "Files"}, "Name": "pods"}),
    }
    with (
        stack(emulator, resources) as made,
        pytest.raises(ClientError, match=r"has storage virtual machines: \['pods'\]"),
    ):
        emulator.client("fsx").delete_file_system(FileSystemId=made["Files"])
