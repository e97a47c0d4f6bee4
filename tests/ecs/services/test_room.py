"""Whether all instances of a capacity hold the tasks of a service, and a second version beside them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import AlbExposure, BlueGreen, ConstructError, Ec2Capacity, PlacementConstraint, Rolling
from cdk_containers.model.instances import misspelt_instance_type
from tests.toolkit import (
    backend,
    capacity,
    certificate,
    container,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    synth,
    web,
)

SERVICE = "AWS::ECS::Service"


def gpu(stack: cdk.Stack, max_instances: int, **options: Any) -> None:
    made = capacity(stack, instance_types=["g5.xlarge"], max_instances=max_instances)
    backend(
        stack,
        cluster=own_cluster(stack),
        capacity=[made.share()],
        container=container(gpus=1),
        cpu=1024,
        memory_limit_mib=4096,
        **options,
    )


def wrong(make: Any) -> str:
    with pytest.raises(ConstructError) as caught:
        make()
    [problem] = caught.value.problems
    assert (problem.option, problem.practice) == ("capacity", "task-fits-instance")
    return f"{problem.what}: {problem.given}"


def test_a_full_instance_takes_no_second_version():
    said = wrong(lambda: gpu(new_stack(), 1, desired_count=1))
    assert said.startswith("the instances are full")
    assert "1 task, and room for 1 (1 × 1 on Instances)" in said


@pytest.mark.parametrize(
    ("max_instances", "options"),
    [(2, {}), (1, {"deployment": Rolling(min_healthy_percent=0, max_healthy_percent=100)})],
)
def test_room_for_one_more_or_one_that_may_stop_is_enough(max_instances: int, options: dict[str, Any]):
    stack = new_stack()
    gpu(stack, max_instances, desired_count=1, **options)
    assert properties(synth(stack), SERVICE)["DesiredCount"] == 1


def test_instances_that_hold_too_few_tasks():
    assert wrong(lambda: gpu(new_stack(), 2, desired_count=4)).startswith("the instances cannot hold all tasks")


def test_a_deployment_that_shifts_traffic_needs_room_for_both_versions():
    def shifted(max_instances: int) -> None:
        stack = new_stack()
        made = capacity(stack, instance_types=["g5.xlarge"], max_instances=max_instances)
        web(
            stack,
            cluster=own_cluster(stack),
            capacity=[made.share()],
            container=container(gpus=1, ports=[8080]),
            cpu=1024,
            memory_limit_mib=4096,
            desired_count=2,
            deployment=BlueGreen(),
            exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        )

    assert wrong(lambda: shifted(3)).startswith("the instances cannot hold two versions")
    shifted(4)


def test_one_task_on_each_instance():
    def spread(max_instances: int) -> None:
        stack = new_stack()
        made = capacity(stack, max_instances=max_instances)
        backend(
            stack,
            cluster=own_cluster(stack),
            capacity=[made.share()],
            container=container(),
            desired_count=2,
            placement_constraints=[PlacementConstraint.distinct_instance()],
        )

    assert wrong(lambda: spread(2)).startswith("the instances are full")
    spread(3)


@pytest.mark.parametrize("expression", ["attribute:ecs.availability-zone in [eu-west-1a, eu-west-1b]"])
def test_what_is_bound_to_zones_is_not_moved_between_them(expression: str):
    def rebalancing(constraint: str) -> str:
        stack = new_stack()
        constraints = [PlacementConstraint.member_of(constraint)]
        backend(stack, **on_ec2(stack), placement_constraints=constraints)
        said: str = properties(synth(stack), SERVICE)["AvailabilityZoneRebalancing"]
        return said

    assert rebalancing(expression) == "DISABLED"
    assert rebalancing("attribute:ecs.instance-type =~ m7i.*") == "ENABLED"


@pytest.mark.parametrize("name", ["m7i.lage", "m7i.2xlarg", "m7i", "m7i.", "large", "M7I.large", "m7i.large "])
def test_a_name_that_no_type_can_have(name: str):
    assert misspelt_instance_type(name) is not None
    stack = new_stack()
    with pytest.raises(ConstructError, match="not an instance type"):
        Ec2Capacity(stack, "Instances", cluster=own_cluster(stack), instance_types=[name], max_instances=1)


@pytest.mark.parametrize("name", ["m7i.large", "m99x.large", "m7i.7xlarge", "u7inh-32tb.480xlarge", "m8g.metal-48xl"])
def test_a_type_may_be_newer_than_the_facts(name: str):
    assert misspelt_instance_type(name) is None


def test_the_nearest_types_are_told():
    assert "m7i.large" in str(misspelt_instance_type("m7i.lage"))
