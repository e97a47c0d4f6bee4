"""Blue/green, linear and canary as values: what is wrong with them, and in which steps they take over."""

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    BlueGreen,
    Canary,
    CodeDeployBlueGreen,
    ConstructError,
    DeploymentHook,
    DeploymentPause,
    Disabled,
    Linear,
)
from cdk_containers.deployments import Deployment
from tests.subjects.making import alarm
from tests.toolkit import IMAGE, REASON, hook_function, new_stack, properties, synth, web

MINUTE = timedelta(minutes=1)


def deployed(deployment: Deployment) -> dict[str, Any]:
    stack = new_stack()
    web(stack, deployment=deployment)
    found: dict[str, Any] = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]
    return found


def shifts(deployment: Deployment) -> list[tuple[float, int]]:
    """Return the steps of a deployment, in percent and minutes."""
    return [(shift.percent, shift.bake_seconds // 60) for shift in deployment.rollout_steps.shifts]  # type: ignore[union-attr]


def problem_of(deployment: Deployment) -> Any:
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        web(stack, deployment=deployment)
    [problem] = raised.value.problems
    assert stack.node.try_find_child("Web") is None
    return problem


# ---- what ECS is told


def test_all_of_the_traffic_goes_over_at_once():
    found = deployed(BlueGreen())
    assert found["Strategy"] == "BLUE_GREEN"
    assert found["BakeTimeInMinutes"] == 10
    assert not found.keys() & {"LinearConfiguration", "CanaryConfiguration", "LifecycleHooks"}


def test_the_traffic_goes_over_in_steps():
    found = deployed(Linear())
    assert found["Strategy"] == "LINEAR"
    assert found["LinearConfiguration"] == {"StepPercent": 20, "StepBakeTimeInMinutes": 6}
    assert found["BakeTimeInMinutes"] == 10


def test_a_share_goes_over_first():
    found = deployed(Canary(canary_percent=2.5, canary_bake_time=15 * MINUTE, bake_time=0 * MINUTE))
    assert found["Strategy"] == "CANARY"
    assert found["CanaryConfiguration"] == {"CanaryPercent": 2.5, "CanaryBakeTimeInMinutes": 15}
    assert found["BakeTimeInMinutes"] == 0


@pytest.mark.parametrize("deployment", [BlueGreen(), Linear(), Canary()], ids=lambda value: type(value).__name__)
def test_no_task_of_the_old_version_stops_and_there_is_no_circuit_breaker(deployment: Deployment):
    found = deployed(deployment)
    assert (found["MinimumHealthyPercent"], found["MaximumPercent"]) == (100, 200)
    assert "DeploymentCircuitBreaker" not in found
    assert "circuit_breaker" not in type(deployment).__dataclass_fields__


def test_cdk_leaves_out_the_bake_time_and_halves_the_service():
    """Why both are always written: without a bake time the old version stays for 36 hours."""
    stack = new_stack()
    plain_service(stack, deployment_strategy=ecs.DeploymentStrategy.BLUE_GREEN)
    found = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]
    assert "BakeTimeInMinutes" not in found
    assert found["MinimumHealthyPercent"] == 50


def plain_service(stack: cdk.Stack, **options: Any) -> ecs.FargateService:
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE))
    return ecs.FargateService(stack, "Service", cluster=cluster, task_definition=task, **options)


# ---- in which steps


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [
        (BlueGreen(), [(100, 10)]),
        (BlueGreen(bake_time=30 * MINUTE), [(100, 30)]),
        (Canary(), [(10, 10), (100, 10)]),
        (Canary(canary_percent=0.1, canary_bake_time=20 * MINUTE, bake_time=5 * MINUTE), [(0.1, 20), (100, 5)]),
        (Linear(step_percent=25, step_bake_time=2 * MINUTE), [(25, 2), (50, 2), (75, 2), (100, 10)]),
        (Linear(step_percent=40, step_bake_time=2 * MINUTE), [(40, 2), (80, 2), (100, 10)]),
        (Linear(step_percent=100), [(100, 10)]),
        (CodeDeployBlueGreen(), [(100, 10)]),
        (CodeDeployBlueGreen(traffic="CANARY_10PERCENT_15MINUTES"), [(10, 15), (100, 10)]),
    ],
)
def test_the_steps_in_which_it_takes_over(deployment: Deployment, expected: list[tuple[float, int]]):
    assert shifts(deployment) == expected


def test_codedeploy_takes_ten_steps():
    steps = shifts(CodeDeployBlueGreen(traffic="LINEAR_10PERCENT_EVERY_3MINUTES", termination_wait=60 * MINUTE))
    assert steps == [*((10.0 * step, 3) for step in range(1, 10)), (100, 60)]


def test_tenths_of_a_percent_add_up():
    steps = shifts(Linear(step_percent=3.3))
    assert len(steps) == 31
    assert steps[-2][0] == 99.0


def test_a_step_that_is_known_at_deployment_only_reaches_the_template():
    stack = new_stack()
    step = cdk.CfnParameter(stack, "Given", type="Number").value_as_number
    web(stack, deployment=Linear(step_percent=step))
    found = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]
    assert found["LinearConfiguration"]["StepPercent"] == {"Ref": "Given"}


# ---- what is wrong


@pytest.mark.parametrize(
    ("deployment", "option", "allowed", "practice"),
    [
        (Canary(canary_percent=0), "canary_percent", "0.1–100.0, in steps of 0.1", "traffic-shift"),
        (Canary(canary_percent=100.1), "canary_percent", "0.1–100.0, in steps of 0.1", "traffic-shift"),
        (Canary(canary_percent=0.15), "canary_percent", "0.1–100.0, in steps of 0.1", "traffic-shift"),
        (Canary(canary_percent=float("nan")), "canary_percent", "0.1–100.0, in steps of 0.1", "traffic-shift"),
        (Linear(step_percent=2.9), "step_percent", "3.0–100.0, in steps of 0.1", "traffic-shift"),
        (Linear(step_percent=0), "step_percent", "3.0–100.0, in steps of 0.1", "traffic-shift"),
        (Linear(step_percent=101), "step_percent", "3.0–100.0, in steps of 0.1", "traffic-shift"),
        (BlueGreen(bake_time=1441 * MINUTE), "bake_time", "0–1440 minutes", "bake-time"),
        (BlueGreen(bake_time=-1 * MINUTE), "bake_time", "0–1440 minutes", "bake-time"),
        (BlueGreen(bake_time=timedelta(seconds=90)), "bake_time", "whole minutes", "bake-time"),
        (BlueGreen(bake_time=cdk.Duration.seconds(61)), "bake_time", "whole minutes", "bake-time"),
        (Linear(step_bake_time=1441 * MINUTE), "step_bake_time", "0–1440 minutes", "bake-time"),
        (Canary(canary_bake_time=timedelta(seconds=1)), "canary_bake_time", "whole minutes", "bake-time"),
        (CodeDeployBlueGreen(termination_wait=2881 * MINUTE), "termination_wait", "0–2880 minutes", "code-deploy"),
        (CodeDeployBlueGreen(approval_wait=0 * MINUTE), "approval_wait", "1–2880 minutes", "code-deploy"),
        (BlueGreen(alarm_rollback=Disabled("")), "alarm_rollback.reason", "a reviewer", None),
    ],
)
def test_wrong_input(deployment: Deployment, option: str, allowed: str, practice: str | None):
    problem = problem_of(deployment)
    assert (problem.option, problem.practice) == (f"deployment.{option}", practice)
    assert allowed in problem.allowed


@pytest.mark.parametrize(
    "deployment",
    [
        Canary(canary_percent=0.1),
        Canary(canary_percent=100),
        Linear(step_percent=3),
        BlueGreen(bake_time=1440 * MINUTE),
    ],
)
def test_the_bounds_themselves_are_taken(deployment: Deployment):
    assert deployed(deployment)["Strategy"] in ("CANARY", "LINEAR", "BLUE_GREEN")


def test_cloudformation_would_not_wait_for_so_many_steps():
    problem = problem_of(Linear(step_percent=10, step_bake_time=220 * MINUTE, bake_time=10 * MINUTE))
    assert problem.option == "deployment.bake_time"
    assert problem.given == "1990 min in all"
    deployed(Linear(step_percent=10, step_bake_time=218 * MINUTE, bake_time=10 * MINUTE))


def test_alarms_that_nothing_watches_are_a_mistake():
    stack = new_stack()
    with pytest.raises(
        ConstructError, match=r"deployment\.alarms: alarms are set, but alarm_rollback is off, so nothing watches them"
    ):
        web(stack, deployment=BlueGreen(alarms=alarm(stack), alarm_rollback=Disabled(REASON)))


# ---- hooks


@pytest.mark.parametrize(
    ("given", "option", "what"),
    [
        ({"function": None}, "function", "None instead of IFunction"),
        ({"stages": []}, "stages", "there is none"),
        ({"stages": ["BAKE_TIME"]}, "stages[0]", "not a valid choice"),
        ({"stages": ["PRE_SCALE_UP", "PRE_SCALE_UP"]}, "stages", "named twice"),
        ({"details": {"at": MINUTE}}, "details", "not JSON"),
    ],
)
def test_a_hook_that_cannot_be_called(given: dict[str, Any], option: str, what: str):
    stack = new_stack()
    hook = DeploymentHook(**{"function": hook_function(stack), "stages": ["PRE_SCALE_UP"]} | given)
    with pytest.raises(ConstructError) as raised:
        web(stack, deployment=BlueGreen(hooks=[hook]))
    [problem] = raised.value.problems
    assert problem.option == f"deployment.hooks[0].{option}"
    assert what in problem.what


@pytest.mark.parametrize("stage", ["TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"])
def test_a_deployment_cannot_wait_while_traffic_is_on_its_way(stage: Any):
    problem = problem_of(BlueGreen(hooks=[DeploymentPause(stages=[stage])]))
    assert problem.option == "deployment.hooks[0].stages[0]"
    stack = new_stack()
    web(stack, deployment=BlueGreen(hooks=[DeploymentHook(function=hook_function(stack), stages=[stage])]))
    [hook] = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]["LifecycleHooks"]
    assert hook["LifecycleStages"] == [stage]


@pytest.mark.parametrize("timeout", [0 * MINUTE, 1981 * MINUTE])
def test_a_deployment_waits_no_longer_than_cloudformation(timeout: timedelta):
    problem = problem_of(BlueGreen(hooks=[DeploymentPause(stages=["POST_SCALE_UP"], timeout=timeout)]))
    assert (problem.option, problem.allowed) == ("deployment.hooks[0].timeout", "1–1980 minutes")


def test_one_hook_twice():
    stack = new_stack()
    hooks = [DeploymentHook(function=hook_function(stack), stages=["PRE_SCALE_UP"]) for _ in range(2)]
    with pytest.raises(ConstructError, match=r"deployment\.hooks\[1\]: ECS would call this hook twice"):
        web(stack, deployment=BlueGreen(hooks=hooks))


def test_ten_pauses_and_ten_hooks_are_all_that_ecs_takes():
    stack = new_stack()
    functions = [hook_function(stack, f"Hook{index}") for index in range(11)]
    hooks = [DeploymentHook(function=function, stages=["PRE_SCALE_UP"]) for function in functions]
    pause = DeploymentPause(stages=["PRE_SCALE_UP"])
    with pytest.raises(ConstructError, match=r"deployment\.hooks: more than ECS accepts of DeploymentHook"):
        web(stack, deployment=BlueGreen(hooks=[*hooks, pause]))
    web(stack, deployment=BlueGreen(hooks=[*hooks[:10], pause]))
    assert len(properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]["LifecycleHooks"]) == 11
