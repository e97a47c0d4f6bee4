from functools import partial
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms

from cdk_containers import Cluster, ConstructError, Disabled, FargateCapacity, Logs
from cdk_containers.ecs.clusters import Capacity
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
)


def cluster_template(**options: Any) -> Template:
    stack = new_stack()
    Cluster(stack, "Cluster", network=network(stack), **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return cluster_template()


def strategy(template: Template) -> list[dict[str, Any]]:
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    found: list[dict[str, Any]] = association["DefaultCapacityProviderStrategy"]
    return found


def test_every_container_is_measured(default: Template):
    assert properties(default, "AWS::ECS::Cluster")["ClusterSettings"] == [
        {"Name": "containerInsights", "Value": "enhanced"}
    ]


def test_shells_are_recorded_for_a_year(default: Template):
    configuration = properties(default, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"]
    [group] = resources(default, "AWS::Logs::LogGroup")
    assert configuration["Logging"] == "OVERRIDE"
    assert configuration["LogConfiguration"]["CloudWatchLogGroupName"] == {"Ref": group}
    assert properties(default, "AWS::Logs::LogGroup")["RetentionInDays"] == 365


def test_tasks_run_on_fargate_and_spot_is_one_option_away(default: Template):
    association = properties(default, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert strategy(default) == [{"CapacityProvider": "FARGATE", "Base": 0, "Weight": 1}]
    mixed = cluster_template(capacity=[FargateCapacity(base=2), FargateCapacity.spot(weight=3)])
    assert strategy(mixed) == [
        {"CapacityProvider": "FARGATE", "Base": 2, "Weight": 1},
        {"CapacityProvider": "FARGATE_SPOT", "Base": 0, "Weight": 3},
    ]


def test_a_cluster_without_a_network_gets_one():
    stack = new_stack()
    Cluster(stack, "Cluster")
    template = synth(stack)
    assert len(resources(template, "AWS::EC2::VPC")) == 1
    assert len(resources(template, "AWS::EC2::FlowLog")) == 1


def test_container_insights_can_be_switched_off_with_a_reason(default: Template):
    template = cluster_template(container_insights=Disabled(REASON))
    assert properties(template, "AWS::ECS::Cluster")["ClusterSettings"] == [
        {"Name": "containerInsights", "Value": "disabled"}
    ]
    assert opt_outs(template) == {"AWS::ECS::Cluster": {"container-insights": REASON}}
    assert opt_outs(default) == {}


def test_a_key_encrypts_shells_and_their_record():
    stack = new_stack()
    key = kms.Key(stack, "Key")
    Cluster(stack, "Cluster", network=network(stack), encryption_key=key)
    template = synth(stack)
    configuration = properties(template, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"]
    assert "KmsKeyId" in configuration
    assert configuration["LogConfiguration"]["CloudWatchEncryptionEnabled"] is True
    assert "KmsKeyId" in properties(template, "AWS::Logs::LogGroup")


def test_the_log_of_shells_may_have_a_key_of_its_own():
    stack = new_stack()
    sessions, logs = kms.Key(stack, "Sessions"), kms.Key(stack, "LogKey")
    Cluster(
        stack,
        "Cluster",
        network=network(stack),
        encryption_key=sessions,
        execute_command_logs=Logs(encryption_key=logs),
    )
    group = properties(synth(stack), "AWS::Logs::LogGroup")
    assert group["KmsKeyId"]["Fn::GetAtt"][0].startswith("LogKey")


def test_several_clusters_live_in_one_network():
    stack = new_stack()
    shared = network(stack)
    for name in ("One", "Two"):
        Cluster(stack, name, network=shared, cluster_name=name.lower())
    clusters = resources(synth(stack), "AWS::ECS::Cluster")
    assert {entry["Properties"]["ClusterName"] for entry in clusters.values()} == {"one", "two"}


def test_a_cluster_that_exists_makes_no_resource():
    stack = new_stack()
    existing = Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network(stack))
    assert existing.cluster.cluster_name == "shop"
    assert not synth(stack).get("Resources")


# ---- the association: a service waits for it, which it does not with CDK's own constructs


def test_a_service_waits_for_the_capacity_and_goes_before_it():
    stack = new_stack()
    backend(stack, cluster=Cluster(stack, "Cluster", network=network(stack)))
    template = synth(stack)
    [association] = resources(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association in resource(template, "AWS::ECS::Service")["DependsOn"]


def test_a_service_of_cdk_does_not():
    stack = new_stack()
    cluster = ecs.Cluster(
        stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2), enable_fargate_capacity_providers=True
    )
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE))
    ecs.FargateService(
        stack,
        "Service",
        cluster=cluster,
        task_definition=task,
        min_healthy_percent=100,
        capacity_provider_strategies=[ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)],
    )
    template = synth(stack)
    [association] = resources(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    depends_on = resource(template, "AWS::ECS::Service").get("DependsOn", [])
    assert depends_on, "it waits for the task role"
    assert association not in depends_on


# ---- errors


class OtherCapacity(Capacity):
    """Capacity of a kind that is still to come."""

    __slots__ = ()

    @property
    def provider(self) -> str:
        return "instances"

    @property
    def kind(self) -> str:
        return "EC2"


@pytest.mark.parametrize(
    ("options", "option", "allowed", "practice"),
    [
        ({"capacity": []}, "capacity", "FargateCapacity()", "one-kind-per-strategy"),
        (
            {"capacity": [FargateCapacity(base=1), FargateCapacity.spot(base=1)]},
            "capacity",
            "one share",
            "one-kind-per-strategy",
        ),
        ({"capacity": [FargateCapacity(), FargateCapacity()]}, "capacity", "each once", "one-kind-per-strategy"),
        ({"capacity": [FargateCapacity(weight=0)]}, "capacity", "above 0", "one-kind-per-strategy"),
        ({"capacity": [FargateCapacity(), OtherCapacity()]}, "capacity", "one kind", "one-kind-per-strategy"),
        ({"capacity": [FargateCapacity(base=-1)]}, "capacity[0].base", "0–100000", None),
        ({"capacity": [FargateCapacity(weight=1001)]}, "capacity[0].weight", "0–1000", None),
        ({"capacity": ["FARGATE"]}, "capacity[0]", "Capacity", None),
        ({"container_insights": False}, "container_insights", "ContainerInsights or Disabled", None),
        ({"container_insights": Disabled("no")}, "container_insights.reason", "a reviewer", None),
        ({"cluster_name": ""}, "cluster_name", "255", None),
        ({"cluster_name": "my shop"}, "cluster_name", "255", None),
        ({"network": "vpc-1"}, "network", "Network or IVpc", None),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        Cluster(stack, "Cluster", **{"network": network(stack)} | options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert allowed in problem.allowed
    assert raised.value.path == "Shop/Cluster"
    assert stack.node.try_find_child("Cluster") is None


@pytest.mark.parametrize("exists", [False, True], ids=["new", "existing"])
def test_a_vpc_with_only_public_subnets_is_no_place_for_tasks(exists: bool):  # noqa: FBT001
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)],
    )
    make = partial(Cluster.from_attributes, cluster_name="shop") if exists else Cluster
    with pytest.raises(ConstructError) as raised:
        make(stack, "Cluster", network=vpc)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("network", "private-subnets")
    assert raised.value.path == "Shop/Cluster"
    assert stack.node.try_find_child("Cluster") is None
