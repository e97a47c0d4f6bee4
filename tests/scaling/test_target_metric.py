"""Metrics of the application's own, at a target."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers import ConstructError, ServiceScaling, TargetMetric
from tests.toolkit import Template, backend, cluster, new_stack, resources, synth

JOBS = cloudwatch.Metric(
    namespace="Shop", metric_name="Jobs", dimensions_map={"Kind": "resize"}, unit=cloudwatch.Unit.COUNT_PER_SECOND
)
WORKERS = cloudwatch.Metric(namespace="Shop", metric_name="Workers", statistic="p90")
RATIO = cloudwatch.MathExpression(expression="jobs / workers", using_metrics={"jobs": JOBS, "workers": WORKERS})


def tracking(template: Template) -> dict[str, Any]:
    [policy] = resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    assert policy["Properties"]["PolicyType"] == "TargetTrackingScaling"
    found: dict[str, Any] = policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    return found


def tracked(*metrics: TargetMetric) -> Template:
    stack = new_stack()
    backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=4, metrics=metrics))
    return synth(stack)


def test_a_metric_is_kept_at_its_target_and_takes_the_place_of_the_cpu():
    assert tracking(tracked(TargetMetric(metric=JOBS, target_value=2.5))) == {
        "TargetValue": 2.5,
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 300,
        "CustomizedMetricSpecification": {
            "Metrics": [
                {
                    "Id": "result",
                    "ReturnData": True,
                    "MetricStat": {
                        "Stat": "Average",
                        "Unit": "Count/Second",
                        "Metric": {
                            "Namespace": "Shop",
                            "MetricName": "Jobs",
                            "Dimensions": [{"Name": "Kind", "Value": "resize"}],
                        },
                    },
                }
            ]
        },
    }


def test_an_expression_comes_after_what_it_is_computed_from_and_alone_is_returned():
    metrics = tracking(tracked(TargetMetric(metric=RATIO, target_value=1)))["CustomizedMetricSpecification"]["Metrics"]
    assert [(entry["Id"], entry["ReturnData"]) for entry in metrics] == [
        ("jobs", False),
        ("workers", False),
        ("result", True),
    ]
    assert metrics[1]["MetricStat"]["Stat"] == "p90"
    assert metrics[2]["Expression"] == "jobs / workers"


def test_a_metric_that_two_expressions_share_is_there_once():
    twice = cloudwatch.MathExpression(expression="ratio + jobs", using_metrics={"ratio": RATIO, "jobs": JOBS})
    metrics = tracking(tracked(TargetMetric(metric=twice, target_value=1)))["CustomizedMetricSpecification"]["Metrics"]
    assert [entry["Id"] for entry in metrics] == ["jobs", "workers", "ratio", "result"]


def test_tasks_may_be_left_to_other_policies_to_take_away():
    assert tracking(tracked(TargetMetric(metric=JOBS, target_value=1, scale_in=False)))["DisableScaleIn"] is True
    assert "DisableScaleIn" not in tracking(tracked(TargetMetric(metric=JOBS, target_value=1)))


def test_several_metrics_have_policies_of_their_own():
    template = tracked(TargetMetric(metric=JOBS, target_value=1), TargetMetric(metric=RATIO, target_value=2))
    policies = resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    assert len({policy["Properties"]["PolicyName"] for policy in policies}) == 2


def test_a_policy_keeps_its_name_when_another_goes():
    """A service takes one policy for each metric, and the policy that goes is deleted last."""

    def names(*targets: TargetMetric) -> dict[str, str]:
        policies = resources(tracked(*targets), "AWS::ApplicationAutoScaling::ScalingPolicy")
        return {name: policy["Properties"]["PolicyName"] for name, policy in policies.items()}

    jobs, ratio = TargetMetric(metric=JOBS, target_value=1), TargetMetric(metric=RATIO, target_value=2)
    both = names(jobs, ratio)
    assert len(set(both.values())) == 2
    assert names(ratio, jobs) == both
    for one in (jobs, ratio):
        assert names(one).items() < both.items()


def test_two_metrics_of_one_name_have_policies_of_their_own():
    other = cloudwatch.Metric(namespace="Other", metric_name=JOBS.metric_name)
    template = tracked(TargetMetric(metric=JOBS, target_value=1), TargetMetric(metric=other, target_value=2))
    policies = resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    assert len({policy["Properties"]["PolicyName"] for policy in policies}) == 2


@pytest.mark.parametrize("metric", [RATIO, WORKERS], ids=["expression", "percentile"])
def test_cdk_refuses_expressions_and_percentiles(metric: cloudwatch.IMetric):
    stack = new_stack()
    service = backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=4))
    assert service.scalable_task_count is not None
    with pytest.raises(RuntimeError, match=r"Only direct metrics|Cannot use statistic"):
        service.scalable_task_count.scale_to_track_custom_metric("Jobs", metric=metric, target_value=1)


def search(expression: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(expression=expression, using_metrics={"jobs": JOBS})


MANY = cloudwatch.MathExpression(
    expression="+".join(f"m{n}" for n in range(10)), using_metrics={f"m{n}": JOBS for n in range(10)}
)


@pytest.mark.parametrize(
    ("options", "option", "what"),
    [
        ({"target_value": 0}, "target_value", "out of range"),
        ({"target_value": -1.5}, "target_value", "out of range"),
        ({"metric": search("SUM(METRICS())")}, "metric", "METRICS"),
        ({"metric": search("jobs + SEARCH('{Shop}', 'Sum')")}, "metric", "SEARCH"),
        ({"metric": MANY}, "metric", "too many"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, what: str):
    stack = new_stack()
    metric = TargetMetric(**{"metric": JOBS, "target_value": 1} | options)
    with pytest.raises(ConstructError) as raised:
        backend(
            stack, cluster=cluster(stack), scaling=ServiceScaling(min_tasks=1, max_tasks=4, metrics=[RIGHT, metric])
        )
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (f"scaling.metrics[1].{option}", "scaling-metric")
    assert what in problem.what


RIGHT = TargetMetric(metric=JOBS, target_value=1)


def test_nine_metrics_and_their_expression_are_not_too_many():
    nine = cloudwatch.MathExpression(
        expression="+".join(f"m{n}" for n in range(9)), using_metrics={f"m{n}": JOBS for n in range(9)}
    )
    assert TargetMetric(metric=nine, target_value=cdk.Token.as_number("1")).problems() == []
