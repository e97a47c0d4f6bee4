"""A capacity that is about to be removed stays in the cluster until its tasks run elsewhere."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    ConstructError,
    Ec2Capacity,
    FargateCapacity,
    GroupScaling,
    ManagedInstancesCapacity,
    ScheduledJob,
)
from tests.toolkit import (
    IMAGE,
    Template,
    backend,
    capacity,
    new_stack,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
)

GROUP = "AWS::AutoScaling::AutoScalingGroup"
ASSOCIATION = "AWS::ECS::ClusterCapacityProviderAssociations"


def moved_to_fargate(**options: Any) -> Template:
    stack = new_stack()
    capacity(stack, **options)
    backend(stack, cluster=own_cluster(stack), capacity=[FargateCapacity()])
    return synth(stack)


def test_it_stays_in_the_cluster_and_shrinks_to_nothing():
    before, after = moved_to_fargate(min_instances=2), moved_to_fargate(min_instances=2, retired=True)
    assert [properties(each, GROUP)["MinSize"] for each in (before, after)] == ["2", "0"]
    assert properties(after, ASSOCIATION) == properties(before, ASSOCIATION)
    (provider,) = resources(after, "AWS::ECS::CapacityProvider")
    assert {"Ref": provider} in properties(after, ASSOCIATION)["CapacityProviders"]


def test_a_group_that_scales_itself_shrinks_too():
    template = moved_to_fargate(scaling=GroupScaling(), retired=True)
    assert properties(template, GROUP)["MinSize"] == "0"


def test_a_service_waits_for_the_association_that_still_has_it():
    template = moved_to_fargate(retired=True)
    service = resource(template, "AWS::ECS::Service")
    (association,) = resources(template, ASSOCIATION)
    assert association in service["DependsOn"]


@pytest.fixture
def stack() -> cdk.Stack:
    return new_stack()


def retired(stack: cdk.Stack, kind: str) -> Ec2Capacity | ManagedInstancesCapacity:
    if kind == "EC2":
        return capacity(stack, retired=True)
    return ManagedInstancesCapacity(stack, "Instances", cluster=own_cluster(stack), retired=True)


@pytest.mark.parametrize("kind", ["EC2", "MANAGED"])
def test_no_service_may_name_it(stack: cdk.Stack, kind: str):
    share = retired(stack, kind).share()
    with pytest.raises(ConstructError) as raised:
        backend(stack, cluster=own_cluster(stack), capacity=[share])
    (problem,) = raised.value.problems
    assert (problem.option, problem.practice) == ("capacity[0]", "capacity-retired-first")
    assert str(problem.what) == ("Shop/Instances is retired: it stays in the cluster until its tasks run elsewhere")


@pytest.mark.parametrize("kind", ["EC2", "MANAGED"])
def test_no_job_may_name_it(stack: cdk.Stack, kind: str):
    share = retired(stack, kind).share()
    with pytest.raises(ConstructError) as raised:
        ScheduledJob(
            stack,
            "Job",
            cluster=own_cluster(stack),
            image=IMAGE,
            schedule="rate(1 hour)",
            capacity=[share],
        )
    assert [problem.practice for problem in raised.value.problems] == ["capacity-retired-first"]
