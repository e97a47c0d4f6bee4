"""What CDK's own kubectl provider and manifests leave wrong, and ours do not."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer

from cdk_containers import ConstructError, EksCluster, KubectlProvider
from tests.toolkit import REASON, network, resources, synth

MANIFEST = "Custom::AWSCDK-EKS-KubernetesResource"


def of_cdk(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what CDK sends for an object."""
    stack = cdk.Stack(cdk.App(), "Plain")
    provider = eks.KubectlProvider.from_kubectl_provider_attributes(stack, "Provider", service_token="arn")  # noqa: S106
    cluster = eks.Cluster.from_cluster_attributes(stack, "Eks", cluster_name="shop", kubectl_provider=provider)
    eks.KubernetesManifest(stack, "Manifest", cluster=cluster, manifest=[manifest])
    [made] = resources(synth(stack), MANIFEST).values()
    [sent] = json.loads(made["Properties"]["Manifest"])
    return sent


def imported(scope: cdk.Stack) -> EksCluster:
    return EksCluster.from_attributes(
        scope,
        "Shared",
        cluster_name="shared",
        version="1.36",
        network=network(scope),
        security_group_id="sg-0123456789abcdef0",
    )


def config_map(**data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}, "data": data}


def test_values_that_no_file_can_have_are_lost_by_cdk_and_refused_by_us() -> None:
    assert of_cdk(config_map(a=["x", None], b=None, c=1.0))["data"] == {"a": ["x"], "c": 1}
    cluster = imported(cdk.Stack(cdk.App(), "Shop"))
    with pytest.raises(ConstructError) as caught:
        cluster.add_manifests("a", [config_map(a=["x", None], b=None, c=1.0)])
    assert [problem.option for problem in caught.value.problems] == [
        "manifests[0].data.a[1]",
        "manifests[0].data.b",
        "manifests[0].data.c",
    ]


def test_a_secret_is_sent_by_cdk_and_refused_by_us() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"password": "open"}}
    assert of_cdk(secret)["stringData"] == {"password": "open"}
    with pytest.raises(ConstructError, match="eks-no-secret-manifests"):
        imported(cdk.Stack(cdk.App(), "Shop")).add_manifests("a", [secret])


def test_an_imported_cluster_has_no_kubectl_with_cdk_and_has_it_with_ours() -> None:
    stack = cdk.Stack(cdk.App(), "Plain")
    options = eks.KubectlProviderOptions(kubectl_layer=KubectlV36Layer(stack, "Kubectl"))
    plain = eks.Cluster.from_cluster_attributes(stack, "Eks", cluster_name="shop", kubectl_provider_options=options)
    assert plain.kubectl_provider is None
    with pytest.raises(RuntimeError, match="Kubectl Provider is not defined"):
        eks.KubernetesManifest(stack, "Manifest", cluster=plain, manifest=[config_map(a="b")])

    app = cdk.App()
    cluster = imported(cdk.Stack(app, "Shop"))
    cluster.add_manifests("a", [config_map(a="b")])
    provider = KubectlProvider(cdk.Stack(app, "Apply"), "Kubectl", cluster=cluster, reason=REASON)
    assert len(resources(synth(provider), MANIFEST)) == 1
