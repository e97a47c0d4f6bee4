"""What CDK's own AlbController does, and a controller of ours does not."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer

from cdk_containers import LoadBalancerController
from tests.toolkit import Template, eks_cluster, new_stack, synth


@pytest.fixture(scope="module")
def theirs() -> Template:
    stack = new_stack(region="ap-south-1")
    eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.V1_36,
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1),
        kubectl_provider_options=eks.KubectlProviderOptions(kubectl_layer=KubectlV36Layer(stack, "Layer")),
        alb_controller=eks.AlbControllerOptions(version=eks.AlbControllerVersion.V3_2_2),
    )
    return synth(stack)


@pytest.fixture(scope="module")
def ours() -> tuple[Template, dict[str, Any]]:
    stack = new_stack(region="ap-south-1")
    made = LoadBalancerController(stack, "Controller", cluster=eks_cluster(stack))
    return synth(stack), made.chart_values


def code(template: Template) -> list[str]:
    types = [entry["Type"] for entry in template["Resources"].values()]
    return [type_ for type_ in types if "Lambda::Function" in type_ or type_.startswith("Custom::")]


def test_its_image_comes_from_one_region_whatever_the_cluster_is_in(theirs: Template):
    [chart] = [entry for entry in theirs["Resources"].values() if entry["Type"] == "Custom::AWSCDK-EKS-HelmChart"]
    assert "602401143452.dkr.ecr.us-west-2" in str(chart["Properties"]["Values"])


def test_it_takes_lambda_functions_and_custom_resources(theirs: Template):
    assert len(code(theirs)) >= 4


def test_it_may_change_the_load_balancers_of_all_clusters(theirs: Template):
    assert '"aws:ResourceTag/elbv2.k8s.aws/cluster": "false"' in str(theirs).replace("'", '"')


def test_ours_takes_its_image_from_a_registry_of_every_region(ours: tuple[Template, dict[str, Any]]):
    assert ours[1]["image"]["repository"].startswith("public.ecr.aws/")
    assert ours[1]["region"] == "ap-south-1"


def test_ours_takes_no_code_and_is_limited_to_its_cluster(ours: tuple[Template, dict[str, Any]]):
    template, values = ours
    assert code(template) == []
    text = str(template).replace("'", '"')
    assert f'"aws:ResourceTag/elbv2.k8s.aws/cluster": "{values["clusterName"]}"' in text
    assert '"aws:ResourceTag/elbv2.k8s.aws/cluster": "false"' not in text
