from typing import Any

import pytest

from cdk_containers import AccessEntry, AddOn, ConstructError, EksCluster
from tests.toolkit import ADMIN, network, new_stack, properties, resources, synth

ISSUER = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"


def existing(stack: Any, **options: Any) -> EksCluster:
    return EksCluster.from_attributes(
        stack,
        "Shared",
        **{
            "cluster_name": "shared",
            "version": "1.35",
            "network": network(stack),
            "security_group_id": "sg-0123456789abcdef0",
        }
        | options,
    )


def test_nothing_is_made_for_a_cluster_that_exists():
    stack = new_stack()
    made = existing(stack)
    assert made.is_imported
    assert not synth(stack).get("Resources")
    assert (made.cluster_name, made.version, made.compute) == ("shared", "1.35", "NODES")
    assert made.cluster_arn.endswith(":cluster/shared")
    assert made.oidc_provider is None
    assert made.oidc_provider_arn is None
    assert not made.has_pod_identity


def test_constructs_of_cdk_see_a_cluster_that_exists():
    made = existing(new_stack(), endpoint="https://ABC.gr7.eu-west-1.eks.amazonaws.com")
    assert made.cluster.cluster_name == "shared"
    assert made.cluster.cluster_endpoint == made.endpoint == "https://ABC.gr7.eu-west-1.eks.amazonaws.com"
    assert existing(new_stack()).endpoint == ""


def test_what_is_installed_is_known():
    stack = new_stack()
    made = existing(
        stack,
        oidc_provider_arn=ISSUER,
        installed=["POD_IDENTITY_AGENT", "LOAD_BALANCER_CONTROLLER", "METRICS_SERVER", "EXTERNAL_SECRETS"],
    )
    assert made.oidc_provider_arn == ISSUER
    assert made.has_pod_identity
    assert made.facts.load_balancer_controller
    assert made.facts.metrics_server
    assert made.facts.secrets == "EXTERNAL_SECRETS"
    assert not made.facts.network_policy
    assert not made.facts.keda


def test_auto_mode_has_its_parts_in_any_case():
    made = existing(new_stack(), compute="AUTO")
    assert made.has_pod_identity
    assert made.facts.load_balancer_controller


def test_access_entries_and_add_ons_in_a_cluster_that_exists():
    stack = new_stack()
    made = existing(stack)
    AccessEntry(stack, "Entry", cluster=made, principal=ADMIN)
    AddOn(stack, "Agent", cluster=made, name="eks-pod-identity-agent")
    template = synth(stack)
    assert properties(template, "AWS::EKS::AccessEntry")["ClusterName"] == "shared"
    assert properties(template, "AWS::EKS::Addon")["ClusterName"] == "shared"
    assert made.has_pod_identity
    assert not resources(template, "AWS::EKS::Cluster")


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"version": "1.99"}, "version"),
        ({"cluster_name": "shared cluster"}, "cluster_name"),
        ({"security_group_id": "shared-sg"}, "security_group_id"),
        ({"oidc_provider_arn": "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "oidc_provider_arn"),
        ({"oidc_provider_arn": "arn:aws:iam::111111111111:role/shared"}, "oidc_provider_arn"),
        ({"endpoint": "ABC.gr7.eu-west-1.eks.amazonaws.com"}, "endpoint"),
        ({"service_cidr": "8.8.0.0/16"}, "service_cidr"),
        ({"installed": ["ISTIO"]}, "installed[0]"),
        ({"compute": "EC2"}, "compute"),
    ],
)
def test_bad_attributes(given: dict[str, Any], option: str):
    with pytest.raises(ConstructError) as error:
        existing(new_stack(), **given)
    assert [problem.option for problem in error.value.problems] == [option]
