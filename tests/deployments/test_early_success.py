"""Rolling deployments that count as successful before the service is stable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_containers import (
    AlbExposure,
    CircuitBreaker,
    ConstructError,
    EarlySuccess,
    Rolling,
    RolloutTimings,
    plan_rollout,
)
from tests.toolkit import certificate, new_stack, properties, synth, web


def criteria(**options: Any) -> Any:
    stack = new_stack()
    web(stack, deployment=Rolling(**options))
    return properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"].get("EarlySuccessCriteria")


def test_it_is_off_unless_asked_for():
    assert criteria() is None
    assert criteria(early_success=EarlySuccess()) == {
        "Enable": True,
        "HealthyPercent": 100,
        "SourceServiceRevisionCleanup": "DEFERRED",
    }


@pytest.mark.parametrize(
    ("given", "least", "allowed"),
    [(101, 100, "0–100"), (-1, 0, "0–100"), (90, 100, "100 or more, or a lower min_healthy_percent")],
)
def test_what_ecs_refuses_is_refused(given: int, least: int, allowed: str):
    with pytest.raises(ConstructError) as error:
        web(
            new_stack(),
            deployment=Rolling(min_healthy_percent=least, early_success=EarlySuccess(healthy_percent=given)),
        )
    [problem] = error.value.problems
    assert problem.option == "deployment.early_success.healthy_percent"
    assert problem.allowed == allowed


def test_it_goes_with_the_thresholds_of_a_circuit_breaker():
    stack = new_stack()
    breaker = CircuitBreaker(threshold=5, threshold_type="COUNT")
    web(stack, deployment=Rolling(circuit_breaker=breaker, early_success=EarlySuccess()))
    made = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]
    assert made["DeploymentCircuitBreaker"]["ThresholdConfiguration"] == {"Type": "COUNT", "Value": 5}
    assert made["EarlySuccessCriteria"]["Enable"] is True


class TestModel:
    def test_a_deployment_ends_as_soon_as_all_new_tasks_are_healthy(self):
        timings = RolloutTimings()
        late = plan_rollout(Rolling(), tasks=4)
        early = plan_rollout(Rolling(early_success=EarlySuccess()), tasks=4)
        assert late.succeeded_after_seconds == late.completed_after_seconds
        assert early.succeeded_after_seconds == timings.healthy_after_seconds
        assert early.completed_after_seconds == late.completed_after_seconds

    def test_a_share_is_enough(self):
        bounds = {"min_healthy_percent": 50, "max_healthy_percent": 150}
        half = plan_rollout(Rolling(**bounds, early_success=EarlySuccess(healthy_percent=50)), tasks=4)
        whole = plan_rollout(Rolling(**bounds, early_success=EarlySuccess()), tasks=4)
        assert half.succeeded_after_seconds < whole.succeeded_after_seconds
        assert half.at(half.succeeded_after_seconds).healthy_new >= 2

    def test_old_tasks_can_be_waited_for(self):
        waiting = plan_rollout(Rolling(early_success=EarlySuccess(old_tasks="BLOCKING")), tasks=4)
        assert waiting.succeeded_after_seconds == waiting.completed_after_seconds

    def test_the_explanation_tells_of_it(self):
        assert "successful after" not in plan_rollout(Rolling(), tasks=4).explanation
        assert "successful after" in plan_rollout(Rolling(early_success=EarlySuccess()), tasks=4).explanation

    @pytest.mark.parametrize(
        ("breaker", "failures"),
        [
            (CircuitBreaker(), 10),
            (CircuitBreaker(threshold=5), 3),
            (CircuitBreaker(threshold=5, threshold_type="UNBOUNDED_PERCENT"), 1),
            (CircuitBreaker(threshold=2, threshold_type="COUNT"), 2),
        ],
    )
    def test_a_circuit_breaker_gives_up_when_it_says(self, breaker: CircuitBreaker, failures: int):
        assert plan_rollout(Rolling(circuit_breaker=breaker), tasks=20).failures_allowed == failures


def slow(stack: cdk.Stack, deployment: Rolling) -> list[str]:
    delay = timedelta(minutes=10)
    exposure = AlbExposure(port=8080, certificate=certificate(stack), deregistration_delay=delay)
    web(stack, exposure=exposure, deployment=deployment)
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [str(entry.entry.data) for entry in found if "deregistration delay" in str(entry.entry.data)]


def test_nobody_is_warned_of_old_tasks_that_nobody_waits_for():
    assert len(slow(new_stack(), Rolling())) == 1
    assert slow(new_stack(), Rolling(early_success=EarlySuccess())) == []
    assert len(slow(new_stack(), Rolling(early_success=EarlySuccess(old_tasks="BLOCKING")))) == 1
