from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import ConstructError, ServiceScaling
from tests.toolkit import Template, backend, new_stack, properties, resource, resources, synth, web


def scaled(scaling: ServiceScaling) -> Template:
    stack = new_stack()
    web(stack, scaling=scaling)
    return synth(stack)


def policies(template: Template) -> dict[str, dict[str, Any]]:
    found = {}
    for entry in resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy").values():
        tracking = entry["Properties"]["TargetTrackingScalingPolicyConfiguration"]
        found[tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]] = tracking
    return found


@pytest.fixture(scope="module")
def default() -> Template:
    return scaled(ServiceScaling(min_tasks=2, max_tasks=20))


def test_cpu_is_kept_at_60_percent_between_the_bounds(default: Template):
    target = properties(default, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 20)
    assert policies(default) == {
        "ECSServiceAverageCPUUtilization": {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "TargetValue": 60,
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 300,
        }
    }


def test_no_deployment_sets_the_count_back(default: Template):
    assert "DesiredCount" not in properties(default, "AWS::ECS::Service")
    stack = new_stack()
    web(stack)
    assert properties(synth(stack), "AWS::ECS::Service")["DesiredCount"] == 2


def test_each_metric_has_its_target():
    template = scaled(
        ServiceScaling(min_tasks=1, max_tasks=3, cpu_percent=50, memory_percent=70, requests_per_target=500)
    )
    assert {name: entry["TargetValue"] for name, entry in policies(template).items()} == {
        "ECSServiceAverageCPUUtilization": 50,
        "ECSServiceAverageMemoryUtilization": 70,
        "ALBRequestCountPerTarget": 500,
    }
    label = policies(template)["ALBRequestCountPerTarget"]["PredefinedMetricSpecification"]["ResourceLabel"]
    assert "TargetGroupFullName" in str(label)


def test_another_target_takes_the_place_of_the_cpu():
    template = scaled(ServiceScaling(min_tasks=1, max_tasks=3, requests_per_target=500))
    assert list(policies(template)) == ["ALBRequestCountPerTarget"]


@pytest.mark.parametrize("zero", [timedelta(0), cdk.Duration.seconds(0)], ids=["timedelta", "Duration"])
def test_cooldowns_are_what_was_asked_and_may_be_nothing(zero: Any):
    template = scaled(ServiceScaling(min_tasks=1, max_tasks=3, scale_out_cooldown=zero, scale_in_cooldown=zero))
    [tracking] = policies(template).values()
    assert (tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (0, 0)


def test_more_policies_can_be_added():
    stack = new_stack()
    service = web(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=3))
    assert service.scalable_task_count is not None
    service.scalable_task_count.scale_on_memory_utilization("More", target_utilization_percent=50)
    assert len(policies(synth(stack))) == 2


def test_a_fixed_count_does_not_scale():
    stack = new_stack()
    service = backend(stack, desired_count=3)
    template = synth(stack)
    assert service.scalable_task_count is None
    assert resource(template, "AWS::ECS::Service")["Properties"]["DesiredCount"] == 3
    assert not resources(template, "AWS::ApplicationAutoScaling::ScalableTarget")


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"min_tasks": -1}, "min_tasks", "0 or more"),
        ({"min_tasks": 20}, "max_tasks", "more than 20"),
        ({"min_tasks": 21}, "max_tasks", "more than 21"),
        ({"cpu_percent": 0}, "cpu_percent", "1–100"),
        ({"memory_percent": 101}, "memory_percent", "1–100"),
        ({"requests_per_target": 0}, "requests_per_target", "1 or more"),
        ({"scale_out_cooldown": timedelta(seconds=-1)}, "scale_out_cooldown", "0 s or more"),
        ({"scale_in_cooldown": timedelta(seconds=-1)}, "scale_in_cooldown", "0 s or more"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        web(stack, scaling=ServiceScaling(**{"min_tasks": 2, "max_tasks": 20} | options))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (f"scaling.{option}", "scaling-bounds")
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Web") is None


def test_requests_are_counted_by_a_load_balancer():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=2, requests_per_target=100))
    [problem] = raised.value.problems
    assert problem.option == "scaling.requests_per_target"
