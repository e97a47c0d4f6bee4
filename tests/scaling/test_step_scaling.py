"""Steps by the range that a metric is in."""

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers import ConstructError, ScalingStep, ServiceScaling, StepScaling
from tests.toolkit import Template, backend, new_stack, resources, synth

DEPTH = cloudwatch.Metric(namespace="Shop", metric_name="Depth", period=cdk.Duration.minutes(1))
BOTH = [
    ScalingStep(upper=10, change=-1),
    ScalingStep(lower=500, change=3),
    ScalingStep(lower=100, upper=500, change=1),
]


def stepped(**options: Any) -> Template:
    stack = new_stack()
    steps = StepScaling(**{"metric": DEPTH, "steps": BOTH} | options)
    backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=9, steps=[steps]))
    return synth(stack)


def policy(template: Template, like: str) -> dict[str, Any]:
    [found] = [
        entry["Properties"]["StepScalingPolicyConfiguration"]
        for name, entry in resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy").items()
        if like in name
    ]
    return dict(found)


def alarm(template: Template, like: str) -> dict[str, Any]:
    [found] = [
        entry["Properties"] for name, entry in resources(template, "AWS::CloudWatch::Alarm").items() if like in name
    ]
    return dict(found)


@pytest.fixture(scope="module")
def both() -> Template:
    return stepped()


def test_steps_above_the_quiet_range_count_from_where_it_ends(both: Template):
    assert policy(both, "StepsAbove") == {
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 60,
        "MetricAggregationType": "Average",
        "StepAdjustments": [
            {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 400, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 400, "ScalingAdjustment": 3},
        ],
    }
    watched = alarm(both, "StepsAbove")
    assert (watched["ComparisonOperator"], watched["Threshold"]) == ("GreaterThanOrEqualToThreshold", 100)
    assert "StepsAbovePolicy" in str(watched["AlarmActions"])


def test_steps_below_take_tasks_away_slowly(both: Template):
    assert policy(both, "StepsBelow") == {
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 300,
        "MetricAggregationType": "Average",
        "StepAdjustments": [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}],
    }
    watched = alarm(both, "StepsBelow")
    assert (watched["ComparisonOperator"], watched["Threshold"]) == ("LessThanOrEqualToThreshold", 10)


def test_missing_data_is_no_load_and_no_lack_of_it(both: Template):
    assert {alarm(both, side)["TreatMissingData"] for side in ("StepsAbove", "StepsBelow")} == {"notBreaching"}


def test_steps_take_the_place_of_the_cpu(both: Template):
    policies = resources(both, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    assert {entry["Properties"]["PolicyType"] for entry in policies} == {"StepScaling"}


def test_one_step_is_enough_for_us():
    template = stepped(steps=[ScalingStep(lower=1, change=1)])
    assert len(resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy")) == 1
    assert alarm(template, "StepsAbove")["Threshold"] == 1


def test_cdk_wants_two_steps():
    stack = new_stack()
    service = backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=4))
    assert service.scalable_task_count is not None
    with pytest.raises(RuntimeError, match="at least 2 intervals"):
        service.scalable_task_count.scale_on_metric(
            "Depth", metric=DEPTH, scaling_steps=[autoscaling.ScalingInterval(lower=1, change=1)]
        )


def test_cdk_scales_in_the_middle_where_no_range_is_quiet():
    stack = new_stack()
    service = backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=4))
    assert service.scalable_task_count is not None
    steps = [autoscaling.ScalingInterval(upper=10, change=-1), autoscaling.ScalingInterval(lower=10, change=1)]
    service.scalable_task_count.scale_on_metric("Depth", metric=DEPTH, scaling_steps=steps)
    alarms = [entry["Properties"] for entry in resources(synth(stack), "AWS::CloudWatch::Alarm").values()]
    assert [entry["Threshold"] for entry in alarms if entry["MetricName"] == "Depth"] == [10, 10]


def test_a_change_in_percent_is_never_nothing():
    assert policy(stepped(adjustment_type="PercentChangeInCapacity"), "StepsAbove")["MinAdjustmentMagnitude"] == 1
    template = stepped(adjustment_type="PercentChangeInCapacity", min_change=2)
    assert policy(template, "StepsAbove")["MinAdjustmentMagnitude"] == 2


def test_an_exact_number_of_tasks_may_be_none():
    template = stepped(adjustment_type="ExactCapacity", steps=[ScalingStep(upper=0, change=0)])
    assert policy(template, "StepsBelow")["StepAdjustments"] == [
        {"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}
    ]


def test_cooldown_and_datapoints_are_what_was_asked():
    template = stepped(cooldown=timedelta(0), evaluation_periods=5, datapoints_to_alarm=3)
    assert {policy(template, side)["Cooldown"] for side in ("StepsAbove", "StepsBelow")} == {0}
    watched = alarm(template, "StepsAbove")
    assert (watched["EvaluationPeriods"], watched["DatapointsToAlarm"]) == (5, 3)


def test_a_bound_may_be_known_only_at_deployment():
    limit = cdk.Token.as_number({"Ref": "Limit"})
    watched = alarm(stepped(steps=[ScalingStep(lower=limit, change=1)]), "StepsAbove")
    assert watched["Threshold"] == {"Ref": "Limit"}


@pytest.mark.parametrize(
    ("options", "option", "what"),
    [
        ({"steps": []}, "steps", "there is none"),
        ({"steps": [ScalingStep(change=1)]}, "steps[0].lower", "the range has no bounds"),
        ({"steps": [ScalingStep(lower=5, upper=5, change=1)]}, "steps[0].upper", "not more than lower"),
        ({"steps": [ScalingStep(lower=5, change=1), ScalingStep(lower=9, change=2)]}, "steps", "two ranges overlap"),
        ({"steps": [ScalingStep(lower=5, upper=8, change=1)]}, "steps", "more than one range"),
        (
            {"steps": [ScalingStep(lower=5, upper=8, change=1), ScalingStep(lower=9, change=2)]},
            "steps",
            "more than one range",
        ),
        (
            {"steps": [ScalingStep(upper=5, change=-1), ScalingStep(lower=5, change=1)]},
            "steps",
            "no quiet range in which",
        ),
        ({"steps": [ScalingStep(lower=5, change=0)]}, "steps[0].change", "nothing changes"),
        (
            {"adjustment_type": "ExactCapacity", "steps": [ScalingStep(lower=5, change=-1)]},
            "steps[0].change",
            "fewer than zero tasks",
        ),
        (
            {"steps": [ScalingStep(lower=5, upper=9, change=-1), ScalingStep(lower=9, change=1)]},
            "steps",
            "on one side",
        ),
        (
            {"steps": [ScalingStep(lower=n, upper=None if n == 20 else n + 1, change=n + 1) for n in range(21)]},
            "steps",
            "more steps than Application Auto Scaling accepts",
        ),
        (
            {"steps": [ScalingStep(lower=cdk.Token.as_number({"Ref": "Limit"}), change=1), BOTH[0]]},
            "steps",
            "known only at deployment",
        ),
        ({"evaluation_periods": 0}, "evaluation_periods", "out of range"),
        ({"datapoints_to_alarm": 2}, "datapoints_to_alarm", "out of range"),
        ({"min_change": 2}, "min_change", "only to changes in percent"),
        ({"min_change": 0, "adjustment_type": "PercentChangeInCapacity"}, "min_change", "out of range"),
        ({"cooldown": timedelta(seconds=-1)}, "cooldown", "out of range"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, what: str):
    with pytest.raises(ConstructError) as raised:
        stepped(**options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (f"scaling.steps[0].{option}", "step-intervals")
    assert what in problem.what
