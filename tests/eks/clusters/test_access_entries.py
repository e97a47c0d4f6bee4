import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_containers import AccessEntry, AccessPolicy, ConstructError
from cdk_containers.eks.clusters import claim_principal, node_access_entry
from tests.toolkit import ADMIN, eks_cluster, new_stack, properties, resources, synth

DEVELOPER = "arn:aws:iam::111111111111:role/developer"
NODE = "arn:aws:iam::111111111111:role/node"


def test_a_role_gets_policies_in_namespaces_and_groups():
    stack = new_stack()
    role = iam.Role(stack, "Developer", assumed_by=iam.AccountRootPrincipal())
    AccessEntry(
        stack,
        "Developers",
        cluster=eks_cluster(stack),
        principal=role,
        policies=[
            AccessPolicy(name="AmazonEKSEditPolicy", namespaces=["shop"]),
            AccessPolicy(name="AmazonEKSViewPolicy"),
            AccessPolicy(name="arn:aws:eks::aws:cluster-access-policy/AmazonEKSNewPolicy"),
        ],
        kubernetes_groups=["developers"],
        username="developer:{{SessionName}}",
    )
    entry = properties(synth(stack), "AWS::EKS::AccessEntry", like="Developers")
    assert "Ref" in entry["ClusterName"], "a reference, so that the cluster is there first"
    assert entry["PrincipalArn"]["Fn::GetAtt"][1] == "Arn"
    assert [policy["AccessScope"] for policy in entry["AccessPolicies"]] == [
        {"Type": "namespace", "Namespaces": ["shop"]},
        {"Type": "cluster"},
        {"Type": "cluster"},
    ]
    assert entry["AccessPolicies"][2]["PolicyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSNewPolicy"
    assert (entry["KubernetesGroups"], entry["Username"]) == (["developers"], "developer:{{SessionName}}")


def test_a_role_of_another_account_is_named_by_its_arn():
    stack = new_stack(region="eu-west-1")
    other = "arn:aws:iam::222222222222:role/auditor"
    AccessEntry(stack, "Auditors", cluster=eks_cluster(stack), principal=other)
    assert properties(synth(stack), "AWS::EKS::AccessEntry", like="Auditors")["PrincipalArn"] == other


def test_a_node_class_of_auto_mode_gets_its_policy():
    stack = new_stack()
    AccessEntry(stack, "Gpus", cluster=eks_cluster(stack), principal=NODE, type="EC2")
    entry = properties(synth(stack), "AWS::EKS::AccessEntry", like="Gpus")
    assert entry["Type"] == "EC2"
    [policy] = entry["AccessPolicies"]
    assert "AmazonEKSAutoNodePolicy" in str(policy)


@pytest.mark.parametrize("imported", [False, True])
def test_a_principal_twice_names_both(*, imported: bool):
    stack = new_stack()
    made = eks_cluster(stack)
    principal: iam.IRole | str = ADMIN
    if imported:
        principal = iam.Role.from_role_arn(stack, "Admin", ADMIN)
    with pytest.raises(ConstructError) as error:
        AccessEntry(stack, "Again", cluster=made, principal=principal)
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("principal", "eks-access-entries")
    assert "Shop/Eks/Admin" in problem.what
    assert "Shop/Again" in problem.what
    assert AccessEntry(stack, "Elsewhere", cluster=eks_cluster(stack, "Other", admins=[NODE]), principal=principal)


def test_a_role_that_is_made_is_known_when_it_comes_again():
    stack = new_stack()
    role = iam.Role(stack, "Developer", assumed_by=iam.AccountRootPrincipal())
    made = eks_cluster(stack)
    AccessEntry(stack, "One", cluster=made, principal=role)
    with pytest.raises(ConstructError, match=r"Shop/One.*Shop/Two"):
        AccessEntry(stack, "Two", cluster=made, principal=role.role_arn)


# ---- what nodes ask


def test_nodes_that_share_a_role_share_an_entry():
    stack = new_stack()
    made = eks_cluster(stack)
    one = node_access_entry(stack, "One", cluster=made, role_arn=NODE, type="EC2_LINUX")
    assert node_access_entry(stack, "Two", cluster=made, role_arn=NODE, type="EC2_LINUX") is one
    found = list(resources(synth(stack), "AWS::EKS::AccessEntry").values())
    assert [entry["Properties"]["Type"] for entry in found] == ["STANDARD", "EC2_LINUX"]
    with pytest.raises(ConstructError, match=r"Shop/One \(EC2_LINUX\).*Shop/Three"):
        node_access_entry(stack, "Three", cluster=made, role_arn=NODE, type="EC2_WINDOWS")
    with pytest.raises(ConstructError, match=r"Shop/One \(EC2_LINUX\)"):
        AccessEntry(stack, "People", cluster=made, principal=NODE)


def test_an_entry_that_eks_makes_is_known():
    stack = new_stack()
    made = eks_cluster(stack)
    claim_principal(made, NODE, path="Shop/Managed", type="EC2_LINUX")
    claim_principal(made, NODE, path="Shop/AlsoManaged", type="EC2_LINUX")
    assert node_access_entry(stack, "Self", cluster=made, role_arn=NODE, type="EC2_LINUX") is None
    with pytest.raises(ConstructError, match=r"Shop/Managed \(EC2_LINUX\)"):
        AccessEntry(stack, "People", cluster=made, principal=NODE)
    with pytest.raises(ConstructError, match=r"Shop/Eks/Admin\w+ \(STANDARD\)"):
        claim_principal(made, ADMIN, path="Shop/Managed", type="EC2_LINUX")


# ---- several stacks


def test_a_team_lets_its_role_into_the_cluster_of_a_platform():
    app = cdk.App()
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    made = eks_cluster(platform)
    role = iam.Role(team, "Developer", assumed_by=iam.AccountRootPrincipal())
    AccessEntry(team, "Entry", cluster=made, principal=role)
    entry = properties(synth(team), "AWS::EKS::AccessEntry")
    assert "Fn::ImportValue" in entry["ClusterName"]
    assert team.dependencies == [platform]
    assert len(resources(synth(platform), "AWS::EKS::AccessEntry")) == 1


def test_an_administrator_of_another_stack_keeps_its_entry():
    app = cdk.App()
    people, platform = cdk.Stack(app, "People"), cdk.Stack(app, "Platform")
    role = iam.Role(people, "Admin", assumed_by=iam.AccountRootPrincipal())
    eks_cluster(platform, admins=[role, DEVELOPER])
    entries = resources(synth(platform), "AWS::EKS::AccessEntry")
    assert "Fn::ImportValue" in str(entries)
    assert platform.dependencies == [people]
    again = cdk.App()
    people, platform = cdk.Stack(again, "People"), cdk.Stack(again, "Platform")
    role = iam.Role(people, "Admin", assumed_by=iam.AccountRootPrincipal())
    eks_cluster(platform, admins=[DEVELOPER, role])
    assert resources(synth(platform), "AWS::EKS::AccessEntry") == entries
