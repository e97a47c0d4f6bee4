"""What belongs to a service is found by reference and by name, through clusters, strategies and load balancers."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.reading import parse
from cdk_containers.checks.rules import service_parts
from cdk_containers.checks.templates import CannotTell, Estate, Resource

BY_REFERENCE = """
Cluster: {Type: AWS::ECS::Cluster}
Group: {Type: AWS::AutoScaling::AutoScalingGroup}
Provider:
  Type: AWS::ECS::CapacityProvider
  Properties: {AutoScalingGroupProvider: {AutoScalingGroupArn: !Ref Group}}
Associations:
  Type: AWS::ECS::ClusterCapacityProviderAssociations
  Properties:
    Cluster: !Ref Cluster
    CapacityProviders: [!Ref Provider]
    DefaultCapacityProviderStrategy: [{CapacityProvider: !Ref Provider, Weight: 1}]
Task:
  Type: AWS::ECS::TaskDefinition
  Properties: {ContainerDefinitions: [{Name: web, Image: web}]}
Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
Listener:
  Type: AWS::ElasticLoadBalancingV2::Listener
  Properties: {LoadBalancerArn: !Ref Balancer}
Rule:
  Type: AWS::ElasticLoadBalancingV2::ListenerRule
  Properties: {ListenerArn: !Ref Listener, Actions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
NextTargets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
Service:
  Type: AWS::ECS::Service
  Properties:
    Cluster: !GetAtt Cluster.Arn
    TaskDefinition: !Ref Task
    LoadBalancers:
      - TargetGroupArn: !Ref Targets
        AdvancedConfiguration: {AlternateTargetGroupArn: !Ref NextTargets}
Scaling:
  Type: AWS::ApplicationAutoScaling::ScalableTarget
  Properties: {ServiceNamespace: ecs, ResourceId: !Sub 'service/${Cluster}/${Service.Name}'}
"""

BY_NAME = """
Cluster:
  Type: AWS::ECS::Cluster
  Properties: {ClusterName: shop, DefaultCapacityProviderStrategy: [{CapacityProvider: machines}]}
Provider:
  Type: AWS::ECS::CapacityProvider
  Properties: {Name: machines, AutoScalingGroupProvider: {AutoScalingGroupArn: !ImportValue group}}
Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: web}}
Service:
  Type: AWS::ECS::Service
  Properties: {Cluster: shop, ServiceName: !Sub '${AWS::StackName}-web', TaskDefinition: 'web:3'}
Other:
  Type: AWS::ECS::Service
  Properties: {Cluster: shop, ServiceName: !Sub '${AWS::StackName}-other', TaskDefinition: web}
Scaling:
  Type: AWS::ApplicationAutoScaling::ScalableTarget
  Properties: {ServiceNamespace: ecs, ResourceId: !Join [/, [service, !Ref Cluster, !Sub '${AWS::StackName}-web']]}
"""


def resources(text: str) -> dict[str, Resource]:
    estate = Estate()
    estate.add("example.yaml", {"Resources": parse(text).source})
    return {it.logical_id: it for it in estate.resources}


def service(**properties: Any) -> Resource:
    estate = Estate()
    declared = {"Type": "AWS::ECS::Service", "Properties": properties}
    return estate.add("example.yaml", {"Resources": {"Service": declared}}).resources["Service"]


@pytest.mark.parametrize("text", [BY_REFERENCE, BY_NAME], ids=["by reference", "by name"])
def test_what_a_service_names(text: str):
    found = resources(text)
    assert service_parts.task_definition(found["Service"]) is found["Task"]
    assert found["Service"] in service_parts.services_of(found["Task"])
    assert service_parts.cluster_of(found["Service"]) is found["Cluster"]
    assert service_parts.capacity_providers_of(found["Service"]) == [found["Provider"]]
    assert service_parts.capacities(found["Service"]) == {"EC2 instances"}
    assert service_parts.scalable_targets(found["Service"]) == [found["Scaling"]]


def test_scaling_of_another_service_is_not_its_own():
    found = resources(BY_NAME)
    assert service_parts.scalable_targets(found["Other"]) == []
    assert service_parts.scaled_service(found["Scaling"]) is found["Service"]


def test_the_way_from_a_load_balancer_to_its_service():
    found = resources(BY_REFERENCE)
    assert service_parts.target_groups_of(found["Service"]) == [found["Targets"], found["NextTargets"]]
    assert service_parts.services_behind(found["NextTargets"]) == [found["Service"]]
    assert service_parts.listeners_of(found["Targets"]) == [found["Listener"]]
    assert service_parts.listeners_of(found["NextTargets"]) == []
    assert service_parts.load_balancer_of(found["Listener"]) is found["Balancer"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"LaunchType": "FARGATE", "Cluster": "elsewhere"}, {"Fargate"}),
        ({"LaunchType": "EXTERNAL"}, {"external instances"}),
        ({"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT"}]}, {"Fargate"}),
    ],
)
def test_what_tasks_run_on(properties: dict[str, Any], expected: set[str]):
    assert service_parts.capacities(service(**properties)) == expected


@pytest.mark.parametrize(
    "properties",
    [
        {"Cluster": "elsewhere"},
        {"Cluster": {"Ref": "AWS::StackName"}},
        {"CapacityProviderStrategy": [{"CapacityProvider": "elsewhere"}]},
        {"LaunchType": {"Fn::ImportValue": "launch-type"}},
    ],
)
def test_what_another_stack_decides_is_not_guessed(properties: dict[str, Any]):
    with pytest.raises(CannotTell):
        service_parts.capacities(service(**properties))


@pytest.mark.parametrize(
    ("properties", "mode"),
    [
        ({}, "bridge"),
        ({"RequiresCompatibilities": ["FARGATE"]}, "awsvpc"),
        ({"NetworkMode": "host", "RequiresCompatibilities": ["EC2"]}, "host"),
    ],
)
def test_network_mode(properties: dict[str, Any], mode: str):
    assert service_parts.network_mode(service(**properties)) == mode


def test_in_an_account_a_service_runs_its_own_revision_and_has_its_own_scaling():
    """Two clusters have a service of one name, and it runs two revisions of one family."""
    estate = Estate()
    types = {
        "task": "AWS::ECS::TaskDefinition",
        "service": "AWS::ECS::Service",
        "target": service_parts.SCALABLE_TARGET,
    }
    shown = {
        f"{kind}{number}": {"Type": types[kind], "Properties": properties}
        for number in (1, 2)
        for kind, properties in {
            "task": {"Family": "web"},
            "service": {"ServiceName": "web", "TaskDefinition": f"arn:aws:ecs:::task-definition/web:{number}"},
            "target": {"ServiceNamespace": "ecs", "ResourceId": f"service/cluster{number}/web"},
        }.items()
    }
    resources = estate.add("account", {"Resources": shown}).resources
    for number in (1, 2):
        resources[f"task{number}"].identifiers = frozenset({f"arn:aws:ecs:::task-definition/web:{number}"})
        resources[f"service{number}"].identifiers = frozenset({f"service/cluster{number}/web"})
    for number in (1, 2):
        service_ = resources[f"service{number}"]
        assert service_parts.task_definition(service_) is resources[f"task{number}"]
        assert service_parts.scalable_targets(service_) == [resources[f"target{number}"]]
        assert service_parts.services_of(resources[f"task{number}"]) == [service_]
