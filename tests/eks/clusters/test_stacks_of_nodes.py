"""Clusters whose nodes and add-ons are in several stacks: no cycle, and what waits is where it can wait."""

from collections.abc import Iterator

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks

from cdk_containers import AddOn, AutoMode, ConstructError, EksCluster
from tests.toolkit import Template, eks_cluster, resources, synth


def nodes(scope: cdk.Stack, cluster: EksCluster, id: str = "Nodes") -> eks.CfnNodegroup:  # noqa: A002
    group = eks.CfnNodegroup(
        scope,
        id,
        cluster_name=cluster.cluster.cluster_name,
        node_role="arn:aws:iam::111111111111:role/node",
        subnets=["subnet-0aaaaaaaaaaaaaaa1"],
    )
    cluster.add_nodes(group)
    return group


def names(template: Template) -> Iterator[str]:
    for entry in resources(template, "AWS::EKS::Addon").values():
        yield entry["Properties"]["AddonName"]


@pytest.fixture
def app() -> cdk.App:
    return cdk.App()


def test_dns_is_made_in_the_stack_of_the_first_nodes(app: cdk.App):
    platform, first, second = (cdk.Stack(app, name) for name in ("Platform", "First", "Second"))
    cluster = eks_cluster(platform)
    nodes(first, cluster)
    nodes(second, cluster)
    assert list(names(synth(platform))) == ["eks-pod-identity-agent", "vpc-cni", "kube-proxy"]
    assert list(names(synth(first))) == ["coredns", "metrics-server"]
    assert not list(names(synth(second)))
    assert all(entry["DependsOn"] == ["Nodes"] for entry in resources(synth(first), "AWS::EKS::Addon").values())
    assert first.dependencies == second.dependencies == [platform]


def test_an_add_on_beside_the_nodes(app: cdk.App):
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    cluster = eks_cluster(platform)
    AddOn(team, "Early", cluster=cluster, name="aws-ebs-csi-driver")
    nodes(team, cluster)
    AddOn(team, "Late", cluster=cluster, name="aws-efs-csi-driver")
    found = resources(synth(team), "AWS::EKS::Addon")
    waiting = {entry["Properties"]["AddonName"]: entry["DependsOn"] for entry in found.values()}
    assert waiting["aws-ebs-csi-driver"] == waiting["aws-efs-csi-driver"] == ["Nodes"]


def test_an_add_on_in_a_third_stack_comes_after_the_nodes(app: cdk.App):
    platform, team, other = (cdk.Stack(app, name) for name in ("Platform", "Team", "Other"))
    cluster = eks_cluster(platform)
    nodes(team, cluster)
    AddOn(other, "AddOn", cluster=cluster, name="aws-ebs-csi-driver")
    assert set(other.dependencies) == {platform, team}
    assert list(names(synth(other))) == ["aws-ebs-csi-driver"]


@pytest.mark.parametrize("nodes_first", [False, True])
def test_an_add_on_that_needs_nodes_before_their_stack_is_there(app: cdk.App, *, nodes_first: bool):
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    cluster = eks_cluster(platform)
    steps = [
        lambda: AddOn(platform, "AddOn", cluster=cluster, name="aws-ebs-csi-driver"),
        lambda: nodes(team, cluster),
    ]
    first, second = reversed(steps) if nodes_first else steps
    first()
    with pytest.raises(ConstructError, match="Platform/AddOn is in another stack, and it waits for nodes"):
        second()


def test_an_add_on_beside_the_cluster_when_some_nodes_are_there_too(app: cdk.App):
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    cluster = eks_cluster(platform)
    AddOn(platform, "AddOn", cluster=cluster, name="aws-ebs-csi-driver")
    nodes(platform, cluster)
    nodes(team, cluster)
    AddOn(platform, "Other", cluster=cluster, name="aws-efs-csi-driver")
    assert team.dependencies == [platform]
    assert "aws-efs-csi-driver" in list(names(synth(platform)))


def test_what_nodes_wait_for_cannot_come_after_them(app: cdk.App):
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    cluster = eks_cluster(platform)
    nodes(platform, cluster)
    with pytest.raises(ConstructError, match="Team/AddOn is in another stack, and nodes wait for it"):
        AddOn(team, "AddOn", cluster=cluster, name="my-cni", phase="BEFORE_NODES")


def test_auto_mode_brings_nodes_for_add_ons_anywhere(app: cdk.App):
    platform, team = cdk.Stack(app, "Platform"), cdk.Stack(app, "Team")
    cluster = eks_cluster(platform, auto_mode=AutoMode())
    AddOn(platform, "AddOn", cluster=cluster, name="aws-efs-csi-driver")
    nodes(team, cluster)
    assert list(names(synth(platform))) == ["metrics-server", "aws-efs-csi-driver"]
    assert team.dependencies == [platform]


def test_a_stage_has_a_cluster_of_its_own_name(app: cdk.App):
    made = [
        eks_cluster(cdk.Stack(cdk.Stage(app, name), "Platform", env=cdk.Environment(region=region)))
        for name, region in (("Dublin", "eu-west-1"), ("Oregon", "us-west-2"))
    ]
    assert made[0].cluster_name != made[1].cluster_name
