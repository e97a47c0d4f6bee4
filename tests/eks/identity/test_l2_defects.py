"""What CDK's own ServiceAccount does, and an identity of ours does not."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer

from cdk_containers import WorkloadIdentity
from tests.toolkit import eks_cluster, new_stack, synth


def l2_cluster(stack: cdk.Stack, *, kubectl: bool) -> eks.Cluster:
    layer = eks.KubectlProviderOptions(kubectl_layer=KubectlV36Layer(stack, "Layer")) if kubectl else None
    return eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.V1_36,
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1),
        kubectl_provider_options=layer,
    )


def made_by_code(stack: cdk.Stack) -> list[str]:
    types = [entry["Type"] for entry in synth(stack)["Resources"].values()]
    return [type_ for type_ in types if "Lambda::Function" in type_ or type_.startswith("Custom::")]


@pytest.mark.parametrize("identity_type", [eks.IdentityType.IRSA, eks.IdentityType.POD_IDENTITY])
def test_the_service_account_of_cdk_needs_a_kubectl_provider(identity_type: eks.IdentityType):
    stack = new_stack()
    with pytest.raises(RuntimeError, match="Kubectl Provider is not defined"):
        l2_cluster(stack, kubectl=False).add_service_account("Web", name="web", identity_type=identity_type)


def test_its_irsa_takes_lambda_functions_and_custom_resources():
    stack = new_stack()
    l2_cluster(stack, kubectl=True).add_service_account("Web", name="web")
    assert "Custom::AWSCDKCfnJson" in made_by_code(stack)


def test_its_pod_identity_trusts_every_cluster_and_service_account():
    stack = new_stack()
    account: Any = l2_cluster(stack, kubectl=True).add_service_account(
        "Web", name="web", identity_type=eks.IdentityType.POD_IDENTITY
    )
    statements = stack.resolve(account.role.assume_role_policy)["Statement"]
    assert [statement.get("Condition") for statement in statements] == [None, None]


@pytest.mark.parametrize("mode", ["IRSA", "POD_IDENTITY"])
def test_ours_takes_neither(mode: Any):
    stack = new_stack()
    made: Any = WorkloadIdentity(
        stack, "Web", cluster=eks_cluster(stack), namespace="shop", service_account="web", mode=mode
    )
    assert made_by_code(stack) == []
    [role] = [entry for name, entry in synth(stack)["Resources"].items() if name.startswith("WebRole")]
    assert "Condition" in str(role["Properties"]["AssumeRolePolicyDocument"])
    assert made.manifest["kind"] == "ServiceAccount"
