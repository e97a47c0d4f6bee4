"""A change that running tasks would not follow makes a deployment, and nothing else makes one."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers import (
    BlueGreen,
    CodeDeployBlueGreen,
    DaemonService,
    Disabled,
    ExternalService,
    FargateCapacity,
    ManagedInstancesCapacity,
    PlacementConstraint,
    PlacementStrategy,
    Rolling,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    capacity,
    cluster,
    container,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    synth,
    web,
)

WRITABLE = Disabled(REASON)


def nonce(**options: Any) -> str:
    stack = new_stack()
    backend(stack, **options)
    return nonce_in(stack)


def nonce_on_ec2(**options: Any) -> str:
    stack = new_stack()
    backend(stack, **on_ec2(stack, "bridge", 8080) | options)
    return nonce_in(stack)


def nonce_in(stack: Any) -> str:
    forced = properties(synth(stack), "AWS::ECS::Service")["ForceNewDeployment"]
    assert forced["EnableForceNewDeployment"] is True
    text: str = forced["ForceNewDeploymentNonce"]
    return text


@pytest.mark.parametrize(
    "options",
    [
        {"capacity": [FargateCapacity.spot()]},
        {"capacity": [FargateCapacity(base=1)]},
        {"capacity": [FargateCapacity(weight=2)]},
        {"capacity": [FargateCapacity(), FargateCapacity.spot()]},
    ],
)
def test_another_capacity_is_deployed(options: dict[str, Any]):
    assert nonce(**options) != nonce()


def test_exec_is_deployed():
    writable = container(readonly_root_filesystem=WRITABLE)
    assert nonce(container=writable, enable_execute_command=True) != nonce(container=writable)


@pytest.mark.parametrize(
    "options",
    [
        {"placement_strategies": [PlacementStrategy.random()]},
        {"placement_constraints": [PlacementConstraint.distinct_instance()]},
    ],
)
def test_another_placement_is_deployed(options: dict[str, Any]):
    assert nonce_on_ec2(**options) != nonce_on_ec2()


@pytest.mark.parametrize(
    "options",
    [
        {"desired_count": 5},
        {"cpu": 512, "memory_limit_mib": 1024},
        {"deployment": Rolling(min_healthy_percent=50)},
        {"capacity": [FargateCapacity()]},
    ],
)
def test_what_ecs_deploys_anyway_or_tasks_need_not_know_is_not(options: dict[str, Any]):
    assert nonce(**options) == nonce()


def test_two_syntheses_of_one_input_agree_about_a_provider_whose_name_is_not_known_yet():
    stack = new_stack()
    for number in range(3):
        capacity(stack, f"Other{number}", cluster=own_cluster(stack))
    backend(stack, **on_ec2(stack, "bridge", 8080))
    assert nonce_in(stack) == nonce_on_ec2()


def test_two_capacities_of_one_kind_are_told_apart():
    stack = new_stack()
    other = capacity(stack, "Other", cluster=own_cluster(stack))
    backend(stack, **on_ec2(stack, "bridge", 8080, capacity=[other.share()]))
    assert nonce_in(stack) != nonce_on_ec2()


def test_every_platform_has_it():
    stack = new_stack()
    managed = ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack))
    backend(stack, cluster=own_cluster(stack), capacity=[managed.share()])
    assert nonce_in(stack)
    stack = new_stack()
    DaemonService(stack, "Daemon", cluster=capacity(stack) and own_cluster(stack), image=IMAGE)
    assert nonce_in(stack)
    stack = new_stack()
    ExternalService(stack, "External", cluster=cluster(stack), image=IMAGE)
    assert nonce_in(stack)
    stack = new_stack()
    web(stack, deployment=BlueGreen())
    assert nonce_in(stack)


def test_code_deploy_takes_none():
    stack = new_stack()
    web(stack, deployment=CodeDeployBlueGreen())
    service = properties(synth(stack), "AWS::ECS::Service")
    assert service["DeploymentController"] == {"Type": "CODE_DEPLOY"}
    assert "ForceNewDeployment" not in service


def test_no_service_has_an_empty_strategy():
    """AWS refuses `[]` where there was a strategy; a service that says nothing has no such property."""
    stack = new_stack()
    ExternalService(stack, "External", cluster=cluster(stack), image=IMAGE)
    assert "CapacityProviderStrategy" not in properties(synth(stack), "AWS::ECS::Service")
    stack = new_stack()
    backend(stack)
    assert "CapacityProviderStrategy" not in properties(synth(stack), "AWS::ECS::Service")
    stack = new_stack()
    backend(stack, capacity=[FargateCapacity()])
    assert properties(synth(stack), "AWS::ECS::Service")["CapacityProviderStrategy"] == [
        {"Base": 0, "CapacityProvider": "FARGATE", "Weight": 1}
    ]
