"""Traffic that a deployment shifts between two target groups of VPC Lattice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    AlbExposure,
    BackendService,
    BlueGreen,
    Canary,
    ConstructError,
    LatticeExposure,
    Linear,
    Rolling,
    plan_rollout,
)
from cdk_containers.ecs.services.rollout_warnings import rollout_timings
from cdk_containers.load_balancing import LatticeRoute
from tests.subjects.making import service_network
from tests.toolkit import IMAGE, backend, certificate, new_stack, properties, resource, resources, synth

PREFIX = "AWS::VpcLattice::"
shifting = pytest.mark.parametrize("deployment", [BlueGreen(), Linear(), Canary()], ids=lambda one: type(one).__name__)


def orders(stack: cdk.Stack, deployment: Any = None, **given: Any) -> BackendService:
    exposure = LatticeExposure(port=8080, service_network=service_network(stack), **given)
    return backend(stack, "Orders", image=IMAGE, exposure=exposure, deployment=deployment)


@shifting
def test_ecs_knows_both_groups_and_the_rule_whose_weights_it_moves(deployment: Any):
    stack = new_stack()
    orders(stack, deployment)
    template = synth(stack)
    blue, green = sorted(resources(template, f"{PREFIX}TargetGroup"), key=lambda name: "Green" in name)
    [rule] = resources(template, f"{PREFIX}Rule")
    service = properties(template, "AWS::ECS::Service")
    [configuration] = service["VpcLatticeConfigurations"]
    assert configuration["TargetGroupArn"] == {"Fn::GetAtt": [blue, "Arn"]}
    assert configuration["AdvancedConfiguration"] == {
        "AlternateTargetGroupArn": {"Fn::GetAtt": [green, "Arn"]},
        "ProductionListenerRule": {"Fn::GetAtt": [rule, "Arn"]},
    }
    assert service["DeploymentConfiguration"]["Strategy"] != "ROLLING"
    assert rule in resource(template, "AWS::ECS::Service")["DependsOn"]


def test_all_traffic_is_on_one_group_before_the_first_shift():
    stack = new_stack()
    orders(stack, BlueGreen())
    rule = properties(synth(stack), f"{PREFIX}Rule")
    assert [group["Weight"] for group in rule["Action"]["Forward"]["TargetGroups"]] == [100, 0]
    assert rule["Match"] == {"HttpMatch": {"PathMatch": {"Match": {"Prefix": "/"}}}}


def test_both_groups_are_alike():
    stack = new_stack()
    orders(stack, BlueGreen(), protocol_version="HTTP2", health_check_path="/healthz")
    one, other = resources(synth(stack), f"{PREFIX}TargetGroup").values()
    assert one["Properties"] == other["Properties"]


def test_test_traffic_is_told_by_headers_before_all_else():
    stack = new_stack()
    orders(stack, BlueGreen(), test_headers={"x-test": "true"})
    template = synth(stack)
    rules = [entry["Properties"] for entry in resources(template, f"{PREFIX}Rule").values()]
    test, production = sorted(rules, key=lambda rule: "HeaderMatches" not in str(rule))
    assert test["Match"] == {"HttpMatch": {"HeaderMatches": [{"Name": "x-test", "Match": {"Exact": "true"}}]}}
    assert test["Priority"] < production["Priority"]
    advanced = properties(template, "AWS::ECS::Service")["VpcLatticeConfigurations"][0]["AdvancedConfiguration"]
    assert "TestRule" in str(advanced["TestListenerRule"])


def test_the_role_of_load_balancers_is_made_for_load_balancers_alone():
    stack = new_stack()
    orders(stack, BlueGreen())
    assert "AmazonECSInfrastructureRolePolicyForVpcLattice" in str(synth(stack))
    assert "AmazonECSInfrastructureRolePolicyForLoadBalancers" not in str(synth(stack))
    both = new_stack()
    exposures = [
        LatticeExposure(port=8080, service_network=service_network(both)),
        AlbExposure(port=8080, certificate=certificate(both)),
    ]
    backend(both, "Orders", image=IMAGE, exposure=exposures, deployment=BlueGreen())
    assert "AmazonECSInfrastructureRolePolicyForLoadBalancers" in str(synth(both))


def test_each_group_has_its_own_alarm():
    stack = new_stack()
    service = orders(stack, Canary())
    assert len(service.routes[0].figures("server_errors", period=60)) == 2
    assert len([name for name in service.alarms if "Error" in name]) == 2


def test_a_rolling_deployment_has_one_group_and_no_rule():
    stack = new_stack()
    service = orders(stack, Rolling())
    template = synth(stack)
    assert len(resources(template, f"{PREFIX}TargetGroup")) == 1
    assert resources(template, f"{PREFIX}Rule") == {}
    assert "AdvancedConfiguration" not in str(properties(template, "AWS::ECS::Service"))
    [route] = service.routes
    assert isinstance(route, LatticeRoute)
    assert route.alternate_target_group is None


def test_ecs_waits_for_vpc_lattice_and_the_model_knows():
    stack = new_stack()
    service = orders(stack, Canary(canary_bake_time=timedelta(minutes=10), bake_time=timedelta(minutes=10)))
    timings = rollout_timings(service._given)
    assert (timings.registration_seconds, timings.weight_change_seconds) == (180, 90)
    rollout = plan_rollout(Canary(), tasks=2, timings=timings)
    assert rollout.first_traffic_after_seconds == timings.healthy_after_seconds + 180
    assert rollout.all_traffic_after_seconds - rollout.first_traffic_after_seconds == 90 + 600


@pytest.mark.parametrize(
    ("headers", "option"),
    [
        ({}, "exposure.test_headers"),
        ({f"x-{number}": "1" for number in range(6)}, "exposure.test_headers"),
        ({"x test": "1"}, "exposure.test_headers"),
        ({"x-test": ""}, "exposure.test_headers['x-test']"),
    ],
)
def test_headers_that_vpc_lattice_does_not_compare_are_refused(headers: dict[str, str], option: str):
    with pytest.raises(ConstructError) as error:
        orders(new_stack(), BlueGreen(), test_headers=headers)
    assert [problem.option for problem in error.value.problems] == [option]


def test_a_rolling_deployment_has_nothing_to_test():
    with pytest.raises(ConstructError) as error:
        orders(new_stack(), Rolling(), test_headers={"x-test": "true"})
    assert [problem.option for problem in error.value.problems] == ["exposure.test_headers"]


@pytest.mark.parametrize("seconds", [30, 601])
def test_a_connection_may_be_silent_for_one_to_ten_minutes(seconds: int):
    with pytest.raises(ConstructError) as error:
        orders(new_stack(), idle_timeout=timedelta(seconds=seconds))
    assert [problem.option for problem in error.value.problems] == ["exposure.idle_timeout"]
    stack = new_stack()
    orders(stack, idle_timeout=timedelta(minutes=10))
    assert properties(synth(stack), f"{PREFIX}Service")["IdleTimeoutSeconds"] == 600
