"""Identities of pods: roles, what they trust, and service accounts."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_containers import ConstructError, Disabled, EksCluster, WorkloadIdentity
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of, manifests_of
from tests.toolkit import REASON, eks_cluster, network, new_stack, resources, synth

ROLE = "arn:aws:iam::111111111111:role/shop"
PROVIDER = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF"


def identity(cluster: EksCluster, scope: Any = None, **options: Any) -> WorkloadIdentity:
    given = {"cluster": cluster, "namespace": "shop", "service_account": "web"} | options
    return WorkloadIdentity(scope or cdk.Stack.of(cluster), "Identity", **given)


def imported(stack: cdk.Stack, **options: Any) -> EksCluster:
    return EksCluster.from_attributes(
        stack,
        "Imported",
        cluster_name="shop",
        version="1.36",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
        **options,
    )


def the_role(stack: cdk.Stack) -> dict[str, Any]:
    [found] = [entry for name, entry in resources(synth(stack), "AWS::IAM::Role").items() if "Identity" in name]
    return found


def problems_of(error: pytest.ExceptionInfo[ConstructError]) -> list[tuple[str, str | None]]:
    return [(problem.option, problem.practice) for problem in error.value.problems]


# ---- Pod Identity


def test_pod_identity_ties_a_new_role_to_the_service_account():
    stack = new_stack()
    made = identity(eks_cluster(stack))
    [association] = resources(synth(stack), "AWS::EKS::PodIdentityAssociation").values()
    given = association["Properties"]
    assert (given["Namespace"], given["ServiceAccount"]) == ("shop", "web")
    assert given["RoleArn"] == stack.resolve(made.role.role_arn)
    assert "Ref" in given["ClusterName"], "the cluster comes first"


def test_the_role_trusts_these_pods_of_this_cluster_only():
    stack = new_stack()
    cluster = eks_cluster(stack)
    identity(cluster)
    [statement] = the_role(stack)["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"},
            "aws:RequestTag/kubernetes-namespace": "shop",
            "aws:RequestTag/kubernetes-service-account": "web",
        },
        "ArnEquals": {"aws:SourceArn": stack.resolve(cluster.cluster_arn)},
    }


def test_the_service_account_goes_into_the_manifests_without_a_token_for_the_api():
    cluster = eks_cluster(new_stack())
    identity(cluster)
    [manifest] = files_of(cluster)["service-account-shop-web"]
    assert manifest == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "web", "namespace": "shop"},
        "automountServiceAccountToken": False,
    }
    check([manifest])


def test_the_service_account_can_be_somebody_elses():
    cluster = eks_cluster(new_stack())
    made = identity(cluster, create_service_account=False)
    assert made.manifest["metadata"]["name"] == "web"
    assert "service-account-shop-web" not in files_of(cluster)


def test_a_role_that_exists_is_used_as_it_is():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", ROLE)
    identity(eks_cluster(stack), role=role)
    template = synth(stack)
    [association] = resources(template, "AWS::EKS::PodIdentityAssociation").values()
    assert association["Properties"]["RoleArn"] == ROLE
    assert [name for name in resources(template, "AWS::IAM::Role") if "Identity" in name] == []


def test_two_service_accounts_of_one_role_are_both_trusted():
    stack = new_stack()
    role = iam.Role(stack, "Shared", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    cluster = eks_cluster(stack)
    for name in ("web", "worker"):
        WorkloadIdentity(stack, name, cluster=cluster, namespace="shop", service_account=name, role=role)
    [found] = [entry for name, entry in resources(synth(stack), "AWS::IAM::Role").items() if "Shared" in name]
    statements = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    key = "aws:RequestTag/kubernetes-service-account"
    named = [entry["Condition"]["StringEquals"][key] for entry in statements if "Condition" in entry]
    assert named == ["web", "worker"]


def test_the_longest_names_have_a_file():
    cluster = eks_cluster(new_stack())
    identity(cluster, namespace="n" * 63, service_account="a" * 253)
    check(manifests_of(cluster))


# ---- IRSA


def test_on_fargate_the_role_trusts_the_token_of_the_service_account():
    stack = new_stack()
    made = identity(eks_cluster(stack, compute="FARGATE"))
    assert made.mode == "IRSA"
    template, variables = the_role(stack)["Properties"]["AssumeRolePolicyDocument"]["Fn::Sub"]
    [statement] = json.loads(template)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Federated": "${Provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "${Issuer}:aud": "sts.amazonaws.com",
                "${Issuer}:sub": "system:serviceaccount:shop:web",
            }
        },
    }
    [name] = resources(synth(stack), "AWS::IAM::OIDCProvider")
    provider = {"Fn::GetAtt": [name, "Arn"]}
    assert variables["Provider"] == provider
    assert variables["Issuer"] == {"Fn::Select": [1, {"Fn::Split": [":oidc-provider/", provider]}]}
    assert resources(synth(stack), "AWS::EKS::PodIdentityAssociation") == {}


def test_the_service_account_names_the_role_by_a_whole_value():
    stack = new_stack()
    cluster = eks_cluster(stack)
    made = identity(cluster, platform="WINDOWS")
    annotation = made.manifest["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert annotation == made.role.role_arn
    check(manifests_of(cluster))


def test_several_identities_share_the_provider_of_the_cluster():
    stack = new_stack()
    cluster = eks_cluster(stack)
    for name in ("web", "worker"):
        WorkloadIdentity(stack, name, cluster=cluster, namespace="shop", service_account=name, mode="IRSA")
    assert len(resources(synth(stack), "AWS::IAM::OIDCProvider")) == 1


@pytest.mark.parametrize("platform", ["LINUX", "WINDOWS", "FARGATE"])
def test_no_lambda_and_no_custom_resource(platform: Any):
    stack = new_stack()
    identity(eks_cluster(stack), platform=platform)
    types = {entry["Type"] for entry in synth(stack)["Resources"].values()}
    assert "AWS::IAM::Role" in types
    assert [type_ for type_ in types if "Lambda" in type_ or "Custom" in type_] == []


# ---- stacks and accounts


def test_an_identity_in_another_stack_than_the_cluster():
    app = cdk.App()
    platform, shop = cdk.Stack(app, "Platform"), cdk.Stack(app, "Shop")
    cluster = eks_cluster(platform)
    identity(cluster, shop)
    WorkloadIdentity(shop, "Windows", cluster=cluster, namespace="shop", service_account="win", platform="WINDOWS")
    app.synth()
    assert [stack.stack_name for stack in shop.dependencies] == ["Platform"]
    assert platform.dependencies == []


def test_a_cluster_that_exists():
    stack = new_stack()
    identity(imported(stack, installed=["POD_IDENTITY_AGENT"]))
    [association] = resources(synth(stack), "AWS::EKS::PodIdentityAssociation").values()
    assert association["Properties"]["ClusterName"] == "shop"


def test_a_cluster_that_exists_with_its_provider():
    stack = new_stack()
    identity(imported(stack, oidc_provider_arn=PROVIDER), mode="IRSA")
    _, variables = the_role(stack)["Properties"]["AssumeRolePolicyDocument"]["Fn::Sub"]
    assert variables == {"Provider": PROVIDER, "Issuer": "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF"}


# ---- wrong input


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"namespace": "Shop"}, "namespace"),
        ({"namespace": "shop.front"}, "namespace"),
        ({"namespace": "a" * 64}, "namespace"),
        ({"namespace": ""}, "namespace"),
        ({"service_account": "web_front"}, "service_account"),
        ({"service_account": "a" * 254}, "service_account"),
        ({"service_account": "-web"}, "service_account"),
    ],
)
def test_names_that_kubernetes_refuses(options: dict[str, str], wrong: str):
    with pytest.raises(ConstructError) as error:
        identity(eks_cluster(new_stack()), **options)
    assert [problem.option for problem in error.value.problems] == [wrong]


def test_all_problems_come_together():
    with pytest.raises(ConstructError) as error:
        identity(
            eks_cluster(new_stack(), compute="FARGATE"),
            namespace="Shop",
            service_account="Web",
            mode="POD_IDENTITY",
        )
    assert problems_of(error) == [
        ("namespace", None),
        ("service_account", None),
        ("mode", "eks-workload-identity"),
    ]


@pytest.mark.parametrize("platform", ["WINDOWS", "FARGATE"])
def test_pod_identity_where_it_does_not_work(platform: Any):
    with pytest.raises(ConstructError, match=r"EKS Pod Identity does not work on (Fargate|Windows)"):
        identity(eks_cluster(new_stack()), platform=platform, mode="POD_IDENTITY")


def test_nodes_in_a_cluster_of_fargate_only():
    with pytest.raises(ConstructError) as error:
        identity(eks_cluster(new_stack(), compute="FARGATE"), platform="LINUX")
    assert problems_of(error) == [("platform", "eks-workload-identity")]


def test_a_second_identity_for_a_service_account():
    stack = new_stack()
    cluster = eks_cluster(stack)
    identity(cluster)
    with pytest.raises(ConstructError, match="already has an identity, and EKS accepts only one: Shop/Identity"):
        WorkloadIdentity(stack, "Second", cluster=cluster, namespace="shop", service_account="web")
    WorkloadIdentity(stack, "Third", cluster=cluster, namespace="checkout", service_account="web")


def test_a_cluster_without_the_agent():
    off = Disabled(REASON)
    cluster = eks_cluster(new_stack(), default_add_ons={"eks-pod-identity-agent": off, "vpc-cni": off})
    with pytest.raises(ConstructError, match="no EKS Pod Identity Agent"):
        identity(cluster)
    assert identity(cluster, mode="IRSA").mode == "IRSA"


def test_an_imported_cluster_of_which_nobody_knows_enough():
    stack = new_stack()
    cluster = imported(stack)
    with pytest.raises(ConstructError, match=r"installed=\['POD_IDENTITY_AGENT'\]"):
        identity(cluster)
    with pytest.raises(ConstructError, match=r"oidc_provider_arn=…"):
        identity(cluster, mode="IRSA")


def test_a_role_of_the_app_cannot_trust_tokens():
    stack = new_stack()
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    with pytest.raises(ConstructError) as error:
        identity(eks_cluster(stack), role=role, mode="IRSA")
    assert problems_of(error) == [("role", "eks-workload-identity")]
