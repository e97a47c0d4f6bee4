"""The model does what the documentation of ECS says, and holds its promises for any numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cdk_containers import Canary, ConstructError, Rolling
from cdk_containers.model.rollouts import (
    RollingSteps,
    Rollout,
    RolloutTimings,
    ShiftSteps,
    TrafficShift,
    failures_allowed,
    is_stuck,
    plan_rollout,
    task_bounds,
)

MINUTE = 60


def rolling(least: int, most: int) -> RollingSteps:
    return RollingSteps(min_healthy_percent=least, max_healthy_percent=most)


def shifting(*shifts: tuple[float, int]) -> ShiftSteps:
    return ShiftSteps(shifts=tuple(TrafficShift(percent=percent, bake_seconds=bake) for percent, bake in shifts))


# ---- the examples of the documentation


def test_half_of_four_tasks_may_stop_before_two_start() -> None:
    """With 50 % of four tasks, the scheduler can stop two tasks before it starts two new ones.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    rollout = plan_rollout(rolling(50, 100), tasks=4)
    first, second = rollout.moments[:2]
    assert (first.healthy_old, first.running_old, first.running_new) == (2, 4, 0)
    assert (second.running_old, second.running_new) == (2, 2)
    assert (rollout.lowest_healthy, rollout.peak_tasks) == (2, 4)


def test_three_quarters_of_two_tasks_are_two() -> None:
    """With 75 % of two tasks it cannot stop any, since the result is rounded up to two.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    assert task_bounds(rolling(75, 100), 2) == (2, 2)
    assert is_stuck(rolling(75, 100), 2)
    assert plan_rollout(rolling(75, 200), tasks=2).lowest_healthy == 2


def test_four_new_tasks_may_start_before_four_stop() -> None:
    """With 200 % of four tasks, it can start four new ones before it stops the four older ones.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    rollout = plan_rollout(rolling(100, 200), tasks=4)
    assert (rollout.moments[0].running_new, rollout.moments[0].healthy_old) == (4, 4)
    assert (rollout.lowest_healthy, rollout.peak_tasks) == (4, 8)


def test_a_quarter_more_than_two_tasks_are_two() -> None:
    """With 125 % of two tasks it cannot start any, since the result is rounded down to two.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    assert task_bounds(rolling(100, 125), 2) == (2, 2)
    assert is_stuck(rolling(100, 125), 2)


def test_fewer_than_are_wanted_may_run_and_none_may_stop() -> None:
    assert task_bounds(rolling(100, 90), 10) == (10, 9)
    assert is_stuck(rolling(100, 90), 10)
    assert not is_stuck(rolling(90, 90), 10), "one may stop"


@pytest.mark.parametrize(("percent", "healthy"), [(100, 5), (50, 3), (41, 3), (40, 2), (1, 1)])
def test_a_share_of_the_tasks_is_enough_for_success(percent: int, healthy: int) -> None:
    """One new task at a time: it has succeeded as soon as so many are healthy, rounded up."""
    steps = replace(rolling(100, 120), success_percent=percent, waits_for_old_tasks=False)
    rollout = plan_rollout(steps, tasks=5)
    first = next(moment for moment in rollout.moments if moment.healthy_new == healthy)
    assert rollout.succeeded_after_seconds == first.seconds > 0


@pytest.mark.parametrize(("interval", "threshold", "taken"), [(30, 5, 150), (5, 2, 10)])
def test_health_checks_of_a_load_balancer(interval: int, threshold: int, taken: int) -> None:
    """30 s × 5 are two minutes and a half, 5 s × 2 are ten seconds.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html
    """
    quick = RolloutTimings(start_seconds=0, application_start_seconds=0)
    timings = replace(quick, health_check_interval_seconds=interval, healthy_threshold=threshold)
    assert timings.healthy_after_seconds == taken
    assert plan_rollout(rolling(100, 200), timings=timings).all_traffic_after_seconds == taken


def test_a_new_target_that_passes_its_first_check_is_healthy() -> None:
    """After it is registered, a target must pass one health check.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html
    """
    timings = RolloutTimings(start_seconds=0, application_start_seconds=0, healthy_threshold=1)
    assert timings.healthy_after_seconds == timings.health_check_interval_seconds


@pytest.mark.parametrize(("delay", "timeout", "taken"), [(300, 30, 330), (5, 30, 35), (5, 2, 7)])
def test_deregistration_then_sigterm_then_the_stop_timeout(delay: int, timeout: int, taken: int) -> None:
    """300 s or 5 s until the load balancer is done, and then 30 s or 2 s from SIGTERM to SIGKILL.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
    """
    timings = RolloutTimings(deregistration_delay_seconds=delay, stop_timeout_seconds=timeout)
    assert timings.gone_after_seconds == taken
    rollout = plan_rollout(rolling(100, 200), timings=timings)
    assert rollout.completed_after_seconds - rollout.all_traffic_after_seconds == taken


def test_an_application_that_ends_on_sigterm_is_not_waited_for() -> None:
    """One that takes half a second for the requests under way ends before the stop timeout.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html
    """
    assert RolloutTimings(deregistration_delay_seconds=5, exit_seconds=1).gone_after_seconds == 6


def test_what_nothing_checks_is_healthy_after_forty_seconds() -> None:
    """Without a load balancer and a health check, a task counts 40 s after it reached RUNNING.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    timings = RolloutTimings(health_check_interval_seconds=None, start_seconds=20)
    assert timings.healthy_after_seconds == 60
    assert timings.gone_after_seconds == timings.stop_timeout_seconds


def test_all_checks_have_to_pass() -> None:
    """Those of the container and those of the load balancer, side by side.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """
    both = RolloutTimings(container_check_interval_seconds=120)
    alone = replace(both, health_check_interval_seconds=None)
    assert both.healthy_after_seconds == alone.healthy_after_seconds == 30 + 10 + 120


@pytest.mark.parametrize(("tasks", "allowed"), [(1, 3), (25, 13), (400, 200), (800, 200)])
def test_how_many_tasks_may_fail(tasks: int, allowed: int) -> None:
    """Half of the desired count, between 3 and 200.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    assert failures_allowed(tasks) == allowed


@pytest.mark.parametrize(("percent", "steps"), [(25, 3), (50, 1), (11, 9)])
def test_linear_bakes_after_each_step_but_the_last(percent: int, steps: int) -> None:
    """Bake time + step bake time × steps, of which 50 % has one and 11 % has nine.

    See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html
    """
    shares = [*range(percent, 100, percent), 100]
    bake, step_bake = 10 * MINUTE, 6 * MINUTE
    rollout = plan_rollout(shifting(*((share, bake if share == 100 else step_bake) for share in shares)))
    begun = rollout.first_traffic_after_seconds
    assert rollout.all_traffic_after_seconds - begun == steps * step_bake
    gone = RolloutTimings().gone_after_seconds
    assert rollout.completed_after_seconds - begun - gone == bake + steps * step_bake


def test_a_canary_shifts_twice() -> None:
    """First the canary's share, which bakes, then all the rest, which bakes before the old version goes.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
    """
    rollout = plan_rollout(shifting((10, 10 * MINUTE), (100, 5 * MINUTE)), tasks=3)
    begun = rollout.first_traffic_after_seconds
    assert [(moment.seconds - begun, moment.percent_new) for moment in rollout.moments[1:]] == [
        (0, 10),
        (10 * MINUTE, 100),
        (15 * MINUTE, 100),
        (15 * MINUTE + RolloutTimings().gone_after_seconds, 100),
    ]
    assert (rollout.lowest_healthy, rollout.peak_tasks) == (3, 6)


def test_blue_green_shifts_once_and_keeps_the_old_version_for_the_bake_time() -> None:
    """Both versions run while the new one bakes with all traffic.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
    """
    rollout = plan_rollout(shifting((100, 5 * MINUTE)), tasks=2)
    baking = rollout.at(rollout.all_traffic_after_seconds)
    assert (baking.percent_new, baking.healthy_old, baking.healthy_new) == (100, 2, 2)
    assert rollout.at(rollout.all_traffic_after_seconds + 5 * MINUTE).healthy_old == 0


# ---- what is given


def test_a_deployment_is_read_by_its_steps() -> None:
    assert plan_rollout(Rolling(), tasks=4) == plan_rollout(rolling(100, 200), tasks=4)


def test_the_result_in_one_line() -> None:
    assert plan_rollout(Rolling(), tasks=4).explanation == (
        "at least 4 of 4 tasks healthy, at most 8 at once; all traffic on the new version after 60 s, done after 120 s"
    )


def test_how_things_stand_at_a_time() -> None:
    rollout = plan_rollout(Rolling(), tasks=4)
    assert rollout.at(59) == rollout.moments[0]
    assert rollout.at(60).percent_new == 100
    assert rollout.at(-1) == rollout.moments[0]
    assert rollout.at(10_000) == rollout.moments[-1]


@pytest.mark.parametrize(
    ("deployment", "options", "option"),
    [
        (Rolling(), {"tasks": 0}, "tasks"),
        (Rolling(max_healthy_percent=150), {"tasks": 1}, "deployment"),
        (shifting(), {}, "deployment"),
        (shifting((50, 60)), {}, "deployment"),
        (Rolling(), {"tasks": None}, "tasks"),
        (Rolling(), {"timings": 5}, "timings"),
        (Rolling, {}, "deployment"),
        ("rolling", {}, "deployment"),
        (None, {}, "deployment"),
        (Rolling(min_healthy_percent=101), {}, "deployment.min_healthy_percent"),
        (Canary(canary_percent=0), {}, "deployment.canary_percent"),
        (Canary(canary_percent="10"), {}, "deployment.canary_percent"),  # type: ignore[arg-type]
        (Rolling(), {"timings": RolloutTimings(start_seconds=-1)}, "timings.start_seconds"),
        (Rolling(), {"timings": RolloutTimings(healthy_threshold=0)}, "timings.healthy_threshold"),
        (Rolling(), {"timings": RolloutTimings(exit_seconds="1")}, "timings.exit_seconds"),  # type: ignore[arg-type]
    ],
)
def test_wrong_input(deployment: Any, options: Any, option: str) -> None:
    with pytest.raises(ConstructError) as raised:
        plan_rollout(deployment, **options)
    assert [problem.option for problem in raised.value.problems] == [option]


# ---- a version that does not come up


def test_the_grace_period_delays_failure_and_nothing_else() -> None:
    patient = RolloutTimings(grace_period_seconds=600)
    usual, slow = plan_rollout(Rolling(), tasks=4), plan_rollout(Rolling(), tasks=4, timings=patient)
    assert usual.moments == slow.moments
    assert (usual.given_up_after_seconds, slow.given_up_after_seconds) == (30 + 60, 30 + 600)


def test_failed_tasks_are_tried_again_until_enough_have_failed() -> None:
    rollout = plan_rollout(rolling(100, 150), tasks=2)
    timings = RolloutTimings()
    assert rollout.failures_allowed == 3
    again = timings.failed_after_seconds + timings.gone_after_seconds
    assert rollout.given_up_after_seconds == 2 * again + timings.failed_after_seconds


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({"grace_period_seconds": 0}, 30 + 30),
        ({"grace_period_seconds": 0, "health_check_interval_seconds": None}, 30 + 10),
        ({"grace_period_seconds": 0, "container_check_interval_seconds": 5}, 30 + 30),
        (
            {
                "grace_period_seconds": 0,
                "container_check_interval_seconds": 5,
                "container_check_retries": 2,
                "container_start_period_seconds": 0,
            },
            30 + 10,
        ),
    ],
)
def test_the_first_check_that_fails_stops_a_task(options: Any, seconds: int) -> None:
    assert RolloutTimings(**options).failed_after_seconds == seconds


# ---- for any numbers

NUMBERS = st.integers(0, 400)
TIMINGS = st.builds(
    RolloutTimings,
    start_seconds=NUMBERS,
    application_start_seconds=NUMBERS,
    health_check_interval_seconds=st.none() | NUMBERS,
    healthy_threshold=st.integers(1, 10),
    container_check_interval_seconds=st.none() | NUMBERS,
    grace_period_seconds=NUMBERS,
    deregistration_delay_seconds=NUMBERS,
    stop_timeout_seconds=NUMBERS,
    exit_seconds=st.none() | NUMBERS,
)
ROLLINGS = st.builds(rolling, st.integers(0, 100), st.integers(100, 250))
SHIFTS = st.lists(st.tuples(st.integers(0, 99), NUMBERS), max_size=5).map(
    lambda shifts: shifting(*sorted(shifts), (100, 60))
)
DELAYS = ("start_seconds", "application_start_seconds", "healthy_threshold", "deregistration_delay_seconds")


def planned(steps: RollingSteps | ShiftSteps, tasks: int, timings: RolloutTimings) -> Rollout:
    assume(isinstance(steps, ShiftSteps) or not is_stuck(steps, tasks))
    return plan_rollout(steps, tasks=tasks, timings=timings)


@given(steps=ROLLINGS, tasks=st.integers(1, 40), timings=TIMINGS)
def test_a_rolling_deployment_keeps_its_bounds(steps: RollingSteps, tasks: int, timings: RolloutTimings) -> None:
    least, most = task_bounds(steps, tasks)
    rollout = planned(steps, tasks, timings)
    assert min(least, tasks) <= rollout.lowest_healthy
    assert rollout.peak_tasks <= max(most, tasks)


def second_by_second(steps: RollingSteps, tasks: int, up: int, down: int) -> list[tuple[int, int, int, int, int]]:
    """Do what the documentation says, one second after the other: the slow way, for small numbers."""
    least, most = task_bounds(steps, tasks)
    started: list[int] = []
    stopped: list[int] = []
    seen: list[tuple[int, int, int, int, int]] = []
    for time in range(tasks * (up + down) + 1):
        while True:
            gone = sum(at + down <= time for at in stopped)
            healthy_new = sum(at + up <= time for at in started)
            running = tasks - gone + len(started)
            healthy = tasks - len(stopped) + healthy_new
            if len(started) < tasks and running < most:
                started.append(time)
            elif len(stopped) < tasks and healthy > least:
                stopped.append(time)
            else:
                break
        now = (tasks - gone, len(started), tasks - len(stopped), healthy_new)
        if not seen or seen[-1][1:] != now:
            seen.append((time, *now))
    return seen


@settings(max_examples=60)
@given(steps=ROLLINGS, tasks=st.integers(1, 7), up=st.integers(1, 9), down=st.integers(1, 9))
def test_the_model_does_what_a_scheduler_does_second_by_second(
    steps: RollingSteps, tasks: int, up: int, down: int
) -> None:
    timings = RolloutTimings(
        start_seconds=up,
        application_start_seconds=0,
        health_check_interval_seconds=0,
        deregistration_delay_seconds=0,
        stop_timeout_seconds=down,
    )
    rollout = planned(steps, tasks, timings)
    assert second_by_second(steps, tasks, up, down) == [
        (moment.seconds, moment.running_old, moment.running_new, moment.healthy_old, moment.healthy_new)
        for moment in rollout.moments
    ]


@given(steps=SHIFTS, tasks=st.integers(1, 40), timings=TIMINGS)
def test_a_shift_keeps_all_tasks_and_takes_twice_as_many(steps: Any, tasks: int, timings: RolloutTimings) -> None:
    rollout = planned(steps, tasks, timings)
    assert (rollout.lowest_healthy, rollout.peak_tasks) == (
        tasks,
        tasks if not rollout.moments[-1].seconds else 2 * tasks,
    )


@given(steps=ROLLINGS | SHIFTS, tasks=st.integers(1, 40), timings=TIMINGS)
def test_the_new_version_takes_over_and_never_goes_back(steps: Any, tasks: int, timings: RolloutTimings) -> None:
    rollout = planned(steps, tasks, timings)
    last = rollout.moments[-1]
    assert (last.running_old, last.running_new, last.healthy_old, last.healthy_new) == (0, tasks, 0, tasks)
    assert last.percent_new == 100
    times = [moment.seconds for moment in rollout.moments]
    assert times == sorted(set(times))
    assert times[0] == 0
    shares = [moment.percent_new for moment in rollout.moments]
    assert shares == sorted(shares)
    assert rollout.first_traffic_after_seconds <= rollout.all_traffic_after_seconds <= rollout.completed_after_seconds


@given(steps=ROLLINGS | SHIFTS, tasks=st.integers(1, 40), timings=TIMINGS)
def test_what_is_healthy_runs(steps: Any, tasks: int, timings: RolloutTimings) -> None:
    for moment in planned(steps, tasks, timings).moments:
        assert 0 <= moment.healthy_old <= moment.running_old <= tasks
        assert 0 <= moment.healthy_new <= moment.running_new <= tasks
        assert 0 <= moment.percent_new <= 100


@given(
    steps=ROLLINGS | SHIFTS,
    tasks=st.integers(1, 40),
    timings=TIMINGS,
    option=st.sampled_from(DELAYS),
    more=st.integers(1, 100),
)
def test_more_delay_never_ends_earlier(steps: Any, tasks: int, timings: RolloutTimings, option: str, more: int) -> None:
    slower = replace(timings, **{option: getattr(timings, option) + more})
    before, after = planned(steps, tasks, timings), planned(steps, tasks, slower)
    assert before.all_traffic_after_seconds <= after.all_traffic_after_seconds
    assert before.completed_after_seconds <= after.completed_after_seconds
    assert before.given_up_after_seconds <= after.given_up_after_seconds


@given(steps=ROLLINGS | SHIFTS, tasks=st.integers(1, 40), timings=TIMINGS)
def test_a_failing_version_is_given_up(steps: Any, tasks: int, timings: RolloutTimings) -> None:
    rollout = planned(steps, tasks, timings)
    assert rollout.given_up_after_seconds >= timings.failed_after_seconds
