"""Scaling by the clock, and by a forecast."""

from datetime import timedelta
from typing import Any

import pytest

from cdk_containers import ConstructError, PredictiveServiceScaling, ScheduledScaling, ServiceScaling
from tests.toolkit import Template, backend, new_stack, properties, resource, resources, synth, web

MORNING = "cron(0 7 ? * MON-FRI *)"


def scaled(**options: Any) -> Template:
    stack = new_stack()
    web(stack, scaling=ServiceScaling(**{"min_tasks": 2, "max_tasks": 20} | options))
    return synth(stack)


def problem_of(**options: Any) -> tuple[str, str, str | None]:
    with pytest.raises(ConstructError) as raised:
        scaled(**options)
    [problem] = raised.value.problems
    return problem.option, problem.what, problem.practice


# ---- scheduled


def test_a_schedule_sets_other_bounds_in_its_time_zone():
    template = scaled(
        schedules=[
            ScheduledScaling(schedule=MORNING, time_zone="Europe/Berlin", min_tasks=8),
            ScheduledScaling(schedule="at(2027-11-26T06:00:00)", min_tasks=20, max_tasks=60),
        ]
    )
    assert properties(template, "AWS::ApplicationAutoScaling::ScalableTarget")["ScheduledActions"] == [
        {
            "ScheduledActionName": "Schedule",
            "Schedule": MORNING,
            "Timezone": "Europe/Berlin",
            "ScalableTargetAction": {"MinCapacity": 8},
        },
        {
            "ScheduledActionName": "Schedule2",
            "Schedule": "at(2027-11-26T06:00:00)",
            "ScalableTargetAction": {"MinCapacity": 20, "MaxCapacity": 60},
        },
    ]


def test_a_schedule_leaves_the_target_of_cpu():
    template = scaled(schedules=[ScheduledScaling(schedule=MORNING, min_tasks=8)])
    policy = properties(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 60


def test_a_web_service_may_be_switched_off_by_the_clock():
    off = ScheduledScaling(schedule="cron(0 20 * * ? *)", min_tasks=0, max_tasks=0)
    [action] = properties(scaled(schedules=[off]), "AWS::ApplicationAutoScaling::ScalableTarget")["ScheduledActions"]
    assert action["ScalableTargetAction"] == {"MinCapacity": 0, "MaxCapacity": 0}


@pytest.mark.parametrize(
    ("options", "option", "what", "practice"),
    [
        ({"schedule": "cron(0 7 * * 1-5)"}, "schedule", "five fields, as in a crontab", "schedule-expression"),
        ({"schedule": "rate(5 minute)"}, "schedule", "AWS accepts only 5 minutes", "schedule-expression"),
        ({"time_zone": "Europe/Bern-Lyon"}, "time_zone", "unknown time zone", "schedule-expression"),
        ({"schedule": "rate(1 day)", "time_zone": "UTC"}, "time_zone", "has no time of day", "schedule-expression"),
        ({"min_tasks": None}, "min_tasks", "nothing would change", "scaling-bounds"),
        ({"min_tasks": -1}, "min_tasks", "out of range", "scaling-bounds"),
        ({"max_tasks": 3}, "max_tasks", "less than min_tasks", "scaling-bounds"),
        ({"min_tasks": 21}, "min_tasks", "more than the maximum at any time", "scaling-bounds"),
        ({"min_tasks": None, "max_tasks": 1}, "max_tasks", "fewer than the minimum", "scaling-bounds"),
        ({"min_tasks": 0}, "min_tasks", "requests do not wait", "scale-to-zero"),
    ],
)
def test_a_wrong_schedule(options: dict[str, Any], option: str, what: str, practice: str):
    found = problem_of(schedules=[ScheduledScaling(**{"schedule": MORNING, "min_tasks": 4} | options)])
    assert (found[0], found[2]) == (f"scaling.schedules[0].{option}", practice)
    assert what in found[1]


def test_bounds_are_compared_with_those_of_every_schedule():
    schedule = [
        ScheduledScaling(schedule=MORNING, max_tasks=50),
        ScheduledScaling(schedule="at(2027-11-26T06:00:00)", min_tasks=40),
    ]
    assert ServiceScaling(min_tasks=2, max_tasks=20, schedules=schedule).problems() == []
    assert ServiceScaling(min_tasks=2, max_tasks=20, schedules=schedule[1:]).problems() != []


# ---- predictive


def predicted(**options: Any) -> dict[str, Any]:
    template = scaled(predictive=PredictiveServiceScaling(**options))
    policy = resource(template, "AWS::ApplicationAutoScaling::ScalingPolicy", like="Predictive")["Properties"]
    assert policy["PolicyType"] == "PredictiveScaling"
    return dict(policy["PredictiveScalingPolicyConfiguration"])


def test_tasks_start_ahead_of_a_forecast_of_cpu():
    assert predicted() == {
        "Mode": "ForecastAndScale",
        "SchedulingBufferTime": 300,
        "MaxCapacityBreachBehavior": "HonorMaxCapacity",
        "MetricSpecifications": [
            {
                "TargetValue": 60,
                "PredefinedMetricPairSpecification": {"PredefinedMetricType": "ECSServiceCPUUtilization"},
            }
        ],
    }


def test_a_forecast_only_adds_so_the_target_of_cpu_stays():
    policies = resources(scaled(predictive=PredictiveServiceScaling()), "AWS::ApplicationAutoScaling::ScalingPolicy")
    kinds = [policy["Properties"]["PolicyType"] for policy in policies.values()]
    assert sorted(kinds) == ["PredictiveScaling", "TargetTrackingScaling"]


def test_a_forecast_can_be_tried_without_acting_on_it():
    assert predicted(forecast_only=True)["Mode"] == "ForecastOnly"


def test_a_forecast_may_go_over_the_most_tasks():
    found = predicted(over_max_percent=0)
    assert (found["MaxCapacityBreachBehavior"], found["MaxCapacityBuffer"]) == ("IncreaseMaxCapacity", 0)
    assert "MaxCapacityBuffer" not in predicted()


@pytest.mark.parametrize(
    ("options", "pair", "value"),
    [
        ({"memory_percent": 70}, "ECSServiceMemoryUtilization", 70),
        ({"cpu_percent": 50}, "ECSServiceCPUUtilization", 50),
        ({"requests_per_target": 500}, "ALBRequestCount", 500),
    ],
)
def test_a_forecast_is_of_one_pair_of_metrics(options: dict[str, Any], pair: str, value: int):
    [specification] = predicted(**options)["MetricSpecifications"]
    chosen = specification["PredefinedMetricPairSpecification"]
    assert (chosen["PredefinedMetricType"], specification["TargetValue"]) == (pair, value)
    assert ("TargetGroupFullName" in str(chosen.get("ResourceLabel"))) is (pair == "ALBRequestCount")


@pytest.mark.parametrize(
    ("options", "option", "what"),
    [
        ({"cpu_percent": 0}, "cpu_percent", "out of range"),
        ({"memory_percent": 101}, "memory_percent", "out of range"),
        ({"requests_per_target": 0}, "requests_per_target", "out of range"),
        ({"cpu_percent": 50, "memory_percent": 50}, "memory_percent", "one target"),
        ({"buffer": timedelta(hours=1)}, "buffer", "out of range"),
        ({"over_max_percent": 101}, "over_max_percent", "out of range"),
    ],
)
def test_a_wrong_forecast(options: dict[str, Any], option: str, what: str):
    found = problem_of(predictive=PredictiveServiceScaling(**options))
    assert (found[0], found[2]) == (f"scaling.predictive.{option}", "predictive-scaling")
    assert what in found[1]


def test_a_forecast_of_requests_wants_a_load_balancer():
    stack = new_stack()
    predictive = PredictiveServiceScaling(requests_per_target=100)
    with pytest.raises(ConstructError) as raised:
        backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=2, predictive=predictive))
    [problem] = raised.value.problems
    assert problem.option == "scaling.predictive.requests_per_target"
