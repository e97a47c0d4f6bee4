"""What CDK made where a construct of ours belongs: the error says how to bring it in, in words that exist."""

from __future__ import annotations

import importlib
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_logs
from aws_cdk import aws_servicediscovery as servicediscovery

import cdk_containers
from cdk_containers import AlbExposure, Cluster, ConstructError, ServiceConnect, TaskOptions
from cdk_containers.core.inputs.ways_in import _WAYS, way_in
from tests.toolkit import IMAGE, backend, container, network, new_stack, properties, synth

INTERNAL = {"Capacity", "Exposure", "Image", "Service"}
"""Types that are bases of public ones."""


@pytest.mark.parametrize("ours", _WAYS)
def test_every_way_starts_from_what_cdk_has_and_leads_to_what_we_have(ours: str):
    assert ours in cdk_containers.__all__ or ours in INTERNAL
    for theirs, way in _WAYS[ours].items():
        module, name = theirs.split(".")
        known = importlib.import_module(f"aws_cdk.{module}")
        assert hasattr(known, name) or hasattr(known, f"I{name}"), theirs
        for called in re.findall(r"(?<![\w.])([A-Z]\w+)\.(from_attributes|FARGATE|EC2)\b", way):
            assert hasattr(getattr(cdk_containers, called[0]), called[1]), way
        for option in re.findall(r"given\.(\w+)", way):
            kinds = [getattr(known, kind) for kind in (name, f"I{name}") if hasattr(known, kind)]
            assert any(hasattr(kind, option) for kind in kinds), f"{theirs} has no {option}"


def problem_of(stack: cdk.Stack | None = None, **given: Any) -> Any:
    with pytest.raises(ConstructError) as caught:
        backend(stack or new_stack(), **given)
    [problem] = caught.value.problems
    return problem


def test_a_cluster_made_or_imported():
    stack = new_stack()
    vpc = network(stack).vpc
    made = ecs.Cluster(stack, "Made", vpc=vpc)
    imported = ecs.Cluster.from_cluster_attributes(stack, "Imported", cluster_name="shop", vpc=vpc)
    for given, name in ((made, "aws_cdk.aws_ecs.Cluster"), (imported, "ICluster")):
        problem = problem_of(cluster=given)
        assert problem.option == "cluster"
        assert name in problem.what
        assert problem.allowed.startswith("Cluster.from_attributes(scope, id, cluster_name=given.cluster_name, ")


def test_what_it_says_works():
    stack = new_stack()
    given = ecs.Cluster(stack, "Made", vpc=network(stack).vpc)
    backend(
        stack,
        cluster=Cluster.from_attributes(stack, "Shop", cluster_name=given.cluster_name, network=given.vpc),
    )
    made = properties(synth(stack), "AWS::ECS::Service")
    assert made["LaunchType"] == "FARGATE"
    assert "Ref" in made["Cluster"]


def test_load_balancers_namespaces_repositories_log_groups_and_strategies():
    stack = new_stack()
    vpc = network(stack).vpc
    balancer = elbv2.ApplicationLoadBalancer(stack, "Balancer", vpc=vpc)
    http = servicediscovery.HttpNamespace(stack, "Http", name="shop.internal")
    dns = servicediscovery.PrivateDnsNamespace(stack, "Dns", name="shop.local", vpc=vpc)
    imported = ecr.Repository.from_repository_name(stack, "Imported", "shop")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"exposure": AlbExposure(port=80, load_balancer=balancer)}, "ApplicationLoadBalancer.from_attributes("),  # type: ignore[arg-type]
        ({"service_connect": ServiceConnect(namespace=http)}, "Namespace.from_attributes("),  # type: ignore[arg-type]
        ({"service_connect": ServiceConnect(namespace=dns)}, "network=…"),  # type: ignore[arg-type]
        ({"image": ecr.Repository(stack, "Images")}, "Repository.from_attributes("),
        ({"image": imported}, "Repository.from_attributes("),
        ({"task": TaskOptions(logs=aws_logs.LogGroup(stack, "Logs"))}, "ContainerLogs(log_group=given)"),  # type: ignore[arg-type]
        ({"capacity": [ecs.CapacityProviderStrategy(capacity_provider="shop")]}, "Ec2Capacity.from_attributes("),
        ({"container": container(ports=[ecs.PortMapping(container_port=80)])}, "Port(number=…"),
    ]
    for given, way in cases:
        assert way in problem_of(stack, **given).allowed


def test_where_there_is_no_way_the_types_are_named():
    vpc = network(new_stack()).vpc
    problem = problem_of(cluster=vpc)
    assert problem.allowed == "Cluster or None"
    assert problem.what.startswith("a value of type IVpc instead of")
    assert way_in(IMAGE, ["Cluster"]) is None
    assert way_in(ec2.Port.tcp(80), ["Port"]) is None
