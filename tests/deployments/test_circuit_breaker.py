from typing import Any

import pytest

from cdk_containers import CircuitBreaker, ConstructError, Disabled, Rolling
from tests.toolkit import REASON, new_stack, opt_outs, properties, synth, web


def breaker_of(rolling: Rolling) -> dict[str, Any]:
    stack = new_stack()
    web(stack, deployment=rolling)
    deployment = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]
    found: dict[str, Any] = deployment["DeploymentCircuitBreaker"]
    return found


def test_it_breaks_at_three_failures_of_two_tasks_unless_told_otherwise():
    """What ECS does by itself is not written, so that templates of before stay as they are."""
    assert breaker_of(Rolling()) == {"Enable": True, "Rollback": True}


def test_a_threshold_is_written_with_all_that_belongs_to_it():
    assert breaker_of(Rolling(circuit_breaker=CircuitBreaker(threshold=5, threshold_type="COUNT"))) == {
        "Enable": True,
        "Rollback": True,
        "ResetOnHealthyTask": True,
        "ThresholdConfiguration": {"Type": "COUNT", "Value": 5},
    }


def test_failures_of_the_whole_deployment_can_count():
    found = breaker_of(Rolling(circuit_breaker=CircuitBreaker(reset_on_healthy_task=False)))
    assert found["ResetOnHealthyTask"] is False
    assert found["ThresholdConfiguration"] == {"Type": "BOUNDED_PERCENT", "Value": 50}


def test_it_is_switched_off_with_a_reason():
    stack = new_stack()
    web(stack, deployment=Rolling(circuit_breaker=Disabled(REASON)))
    template = synth(stack)
    assert "DeploymentCircuitBreaker" not in properties(template, "AWS::ECS::Service")["DeploymentConfiguration"]
    assert opt_outs(template)["AWS::ECS::Service"] == {"deployment-circuit-breaker": REASON}


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"threshold": 0}, "1–100"),
        ({"threshold": 101}, "1–100"),
        ({"threshold": 101, "threshold_type": "UNBOUNDED_PERCENT"}, "1–100"),
        ({"threshold": 0, "threshold_type": "COUNT"}, "1 or more"),
    ],
)
def test_a_threshold_that_ecs_does_not_take(options: dict[str, Any], allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        web(stack, deployment=Rolling(circuit_breaker=CircuitBreaker(**options)))
    [problem] = raised.value.problems
    assert problem.option == "deployment.circuit_breaker.threshold"
    assert problem.allowed == allowed


def test_a_count_may_be_more_than_a_hundred():
    found = breaker_of(Rolling(circuit_breaker=CircuitBreaker(threshold=150, threshold_type="COUNT")))
    assert found["ThresholdConfiguration"]["Value"] == 150


def test_a_type_that_does_not_exist():
    stack = new_stack()
    with pytest.raises(ConstructError, match=r"circuit_breaker\.threshold_type"):
        web(stack, deployment=Rolling(circuit_breaker=CircuitBreaker(threshold_type="PERCENT")))  # type: ignore[arg-type]


def test_all_that_is_wrong_is_said_at_once():
    stack = new_stack()
    wrong = Rolling(min_healthy_percent=101, circuit_breaker=CircuitBreaker(threshold=0), alarm_rollback=Disabled(""))
    with pytest.raises(ConstructError) as raised:
        web(stack, deployment=wrong)
    assert {problem.option for problem in raised.value.problems} == {
        "deployment.min_healthy_percent",
        "deployment.circuit_breaker.threshold",
        "deployment.alarm_rollback.reason",
    }
