"""Services warn of settings that make deployments slow, and refuse bounds in which none can begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_containers import (
    AlbExposure,
    ConstructError,
    HealthCheck,
    NlbExposure,
    Rolling,
    RolloutTimings,
    ServiceScaling,
    TargetHealthCheck,
)
from cdk_containers.ecs.services import rollout_warnings, service
from tests.toolkit import backend, certificate, container, new_stack, web


def exposed(stack: cdk.Stack, **options: Any) -> AlbExposure:
    return AlbExposure(port=8080, certificate=certificate(stack), **options)


def warnings(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [text for message in found if "[ack: cdk-containers:" in (text := str(message.entry.data))]


def test_a_warning_says_what_it_costs_by_the_model_and_what_to_change() -> None:
    stack = new_stack()
    web(stack, exposure=exposed(stack, deregistration_delay=timedelta(seconds=300)))
    [warning] = warnings(stack)
    assert warning == (
        "300 s of a deregistration delay make a deployment of 2 tasks take up to 390 s, instead of 120 s. Change "
        "deregistration_delay of the exposure, to the duration of the longest request. "
        "[ack: cdk-containers:slow-rollout:deregistration-delay]"
    )


@pytest.mark.parametrize(
    ("options", "begin", "end"),
    [
        (
            lambda stack: {
                "exposure": exposed(
                    stack, health_check=TargetHealthCheck(interval=timedelta(seconds=30), healthy_threshold=5)
                )
            },
            "150 s of health checks of a load balancer make a deployment of 2 tasks take up to 250 s, instead",
            "target-health-check]",
        ),
        (
            lambda _: {"health_check_grace_period": timedelta(minutes=20)},
            "1200 s of a grace period keep a version that does not answer for 2520 s before it is",
            "health-check-grace-period]",
        ),
        (
            lambda _: {"container": container(stop_timeout=timedelta(seconds=120))},
            "120 s of a stop timeout make a deployment of 2 tasks take up to 210 s, instead of 120 s.",
            "stop-timeout]",
        ),
        (
            lambda _: {
                "container": container(health_check=HealthCheck(command="true", interval=timedelta(seconds=300)))
            },
            "300 s of the interval of a container's health check make a deployment of 2 tasks take up to 400 s,",
            "container-health-check]",
        ),
        (
            lambda stack: {
                "exposure": [exposed(stack), NlbExposure(port=8080, deregistration_delay=timedelta(seconds=180))]
            },
            "180 s of a deregistration delay make a deployment of 2 tasks take up to 270 s, instead of 120 s.",
            "deregistration-delay]",
        ),
    ],
    ids=["target checks", "grace period", "stop timeout", "container checks", "nlb"],
)
def test_what_is_slow_is_warned_of(options: Any, begin: str, end: str) -> None:
    stack = new_stack()
    web(stack, **options(stack))
    [warning] = warnings(stack)
    assert warning.startswith(begin)
    assert warning.endswith(end)


def test_batches_multiply_what_a_delay_costs() -> None:
    stack = new_stack()
    delay = timedelta(seconds=300)
    web(
        stack,
        exposure=exposed(stack, deregistration_delay=delay),
        deployment=Rolling(max_healthy_percent=125),
        scaling=ServiceScaling(min_tasks=4, max_tasks=9),
    )
    [warning] = warnings(stack)
    assert "a deployment of 4 tasks take up to 1560 s, instead of 480 s" in warning


def test_the_slowest_container_and_load_balancer_count() -> None:
    stack = new_stack()
    quick = TargetHealthCheck(interval=timedelta(seconds=6), timeout=timedelta(seconds=2), unhealthy_threshold=2)
    given = {
        "container": container(
            stop_timeout=timedelta(seconds=5),
            health_check=HealthCheck(command="true", interval=timedelta(seconds=7), retries=5),
        ),
        "sidecars": [container(name="log", stop_timeout=timedelta(seconds=9), essential=False)],
        "exposure": [
            exposed(stack, health_check=quick, deregistration_delay=timedelta(seconds=3)),
            NlbExposure(port=8080, deregistration_delay=timedelta(seconds=4)),
        ],
        "health_check_grace_period": timedelta(seconds=8),
    }
    with patch.object(service, "warn_of_slow_rollouts") as warn:
        web(stack, "Both", **given)
        web(stack, "Alone", **given | {"exposure": given["exposure"][0]})
        backend(stack, "None", container=given["container"])
    both, alone, none = (rollout_warnings.rollout_timings(call.args[1]) for call in warn.call_args_list)
    assert both == RolloutTimings(
        container_check_interval_seconds=7,
        container_check_retries=5,
        stop_timeout_seconds=9,
        deregistration_delay_seconds=4,
        grace_period_seconds=8,
    )
    assert alone == replace(
        both, health_check_interval_seconds=6, unhealthy_threshold=2, deregistration_delay_seconds=3
    )
    assert (none.health_check_interval_seconds, none.grace_period_seconds, none.stop_timeout_seconds) == (None, 0, 5)


def test_a_service_without_tasks_is_judged_by_its_first() -> None:
    stack = new_stack()
    slow = container(stop_timeout=timedelta(seconds=120))
    backend(stack, container=slow, desired_count=0)
    backend(stack, "Stuck", container=slow, desired_count=0, deployment=Rolling(max_healthy_percent=150))
    first, stuck = warnings(stack)
    assert "make a deployment of 1 task take up to" in first
    assert "make each deployment slower" in stuck


def test_what_is_known_at_deployment_only_is_not_judged() -> None:
    stack = new_stack()
    delay = cdk.Duration.seconds(cdk.CfnParameter(stack, "Delay", type="Number").value_as_number)
    web(stack, exposure=exposed(stack, deregistration_delay=delay))
    percent = cdk.CfnParameter(stack, "Percent", type="Number").value_as_number
    web(
        stack,
        "Other",
        exposure=AlbExposure(port=8080, certificate=certificate(stack), deregistration_delay=timedelta(seconds=300)),
        deployment=Rolling(max_healthy_percent=percent),  # type: ignore[arg-type]
    )
    [warning] = warnings(stack)
    assert warning.startswith("300 s of a deregistration delay make each deployment slower.")


def test_no_default_warns_and_nothing_is_called_for_that() -> None:
    stack = new_stack()
    with patch.object(rollout_warnings, "Annotations") as annotations:
        web(stack)
        backend(stack, container=container(health_check=HealthCheck(command="true")))
    annotations.of.assert_not_called()
    assert warnings(stack) == []


def test_a_warning_can_be_acknowledged() -> None:
    stack = new_stack()
    uploads = web(stack, exposure=exposed(stack, deregistration_delay=timedelta(seconds=300)))
    cdk.Annotations.of(uploads).acknowledge_warning(
        "cdk-containers:slow-rollout:deregistration-delay", "uploads take minutes"
    )
    assert warnings(stack) == []


# ---- no deployment can begin


@pytest.mark.parametrize(
    ("options", "tasks"),
    [
        ({"desired_count": 1, "deployment": Rolling(max_healthy_percent=199)}, "1 task "),
        ({"deployment": Rolling(max_healthy_percent=149)}, "2 tasks "),
        (
            {
                "scaling": ServiceScaling(min_tasks=3, max_tasks=30),
                "deployment": Rolling(max_healthy_percent=133, min_healthy_percent=67),
            },
            "3 tasks ",
        ),
    ],
)
def test_bounds_without_a_whole_task_between_them_are_refused(options: dict[str, Any], tasks: str) -> None:
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        backend(stack, **options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("deployment.max_healthy_percent", "full-capacity-during-deployment")
    assert f"with {tasks}" in problem.what
    assert stack.node.try_find_child("Backend") is None


@pytest.mark.parametrize(
    "options",
    [
        {"desired_count": 0, "deployment": Rolling(max_healthy_percent=150)},
        {"desired_count": 1, "deployment": Rolling(min_healthy_percent=0, max_healthy_percent=101)},
        {"deployment": Rolling(max_healthy_percent=150)},
    ],
)
def test_bounds_with_room_are_not(options: dict[str, Any]) -> None:
    assert backend(new_stack(), **options).service is not None
