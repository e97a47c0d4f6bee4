from typing import Any

import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from cdk_containers import ConstructError, Disabled, Rolling
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
    web,
)


def deployment(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = properties(template, "AWS::ECS::Service")["DeploymentConfiguration"]
    return found


def rolled_out(rolling: Rolling | None = None) -> Template:
    stack = new_stack()
    web(stack, deployment=rolling)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return rolled_out()


def metric_alarm(stack: Any, name: str) -> cloudwatch.Alarm:
    metric = cloudwatch.Metric(namespace="Shop", metric_name=name)
    return cloudwatch.Alarm(stack, name, metric=metric, threshold=1, evaluation_periods=1)


def test_all_tasks_serve_while_new_ones_come(default: Template):
    assert deployment(default)["MinimumHealthyPercent"] == 100
    assert deployment(default)["MaximumPercent"] == 200


def test_a_version_that_does_not_come_up_is_rolled_back(default: Template):
    assert deployment(default)["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_a_version_that_answers_with_errors_is_rolled_back(default: Template):
    [alarm] = [name for name in resources(default, "AWS::CloudWatch::Alarm") if "ServerErrors" in name]
    assert deployment(default)["Alarms"] == {"Enable": True, "Rollback": True, "AlarmNames": [{"Ref": alarm}]}


def test_the_alarm_does_not_wait_for_the_service_which_waits_for_it(default: Template):
    alarm = resource(default, "AWS::CloudWatch::Alarm", like="ServerErrors")
    [service] = resources(default, "AWS::ECS::Service")
    assert service not in str(alarm)
    assert service in str(resource(default, "AWS::CloudWatch::Alarm", like="CpuAlarm"))


@pytest.mark.parametrize(
    ("option", "practice", "key"),
    [
        ("circuit_breaker", "deployment-circuit-breaker", "DeploymentCircuitBreaker"),
        ("alarm_rollback", "deployment-alarms", "Alarms"),
    ],
)
def test_what_can_be_switched_off_with_a_reason(option: str, practice: str, key: str, default: Template):
    template = rolled_out(Rolling(**{option: Disabled(REASON)}))
    assert not deployment(template).get(key, {}).get("Enable")
    assert deployment(default)[key]["Enable"] is True
    assert opt_outs(template) == {"AWS::ECS::Service": {practice: REASON}}
    assert opt_outs(default) == {}


def test_the_alarms_of_the_caller_are_watched_together_with_its_own():
    stack = new_stack()
    web(stack, deployment=Rolling(alarms=[metric_alarm(stack, "Orders"), metric_alarm(stack, "Payments")]))
    names = deployment(synth(stack))["Alarms"]["AlarmNames"]
    assert [str(name["Ref"])[:6] for name in names] == ["WebSer", "Orders", "Paymen"]


def test_a_service_without_a_load_balancer_watches_what_it_is_given():
    stack = new_stack()
    backend(stack, deployment=Rolling(alarms=[metric_alarm(stack, "Orders")]))
    assert len(deployment(synth(stack))["Alarms"]["AlarmNames"]) == 1
    without = new_stack()
    backend(without)
    assert not deployment(synth(without)).get("Alarms", {}).get("AlarmNames")


def test_cdk_loses_the_alarms_of_a_second_call():
    """Why the construct makes one call with all of them; when this fails, CDK has mended it (aws-cdk 36308)."""
    stack = new_stack()
    cluster = ecs.Cluster(stack, "Cluster", vpc=ec2.Vpc(stack, "Vpc", max_azs=2))
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container("app", image=ecs.ContainerImage.from_registry(IMAGE))
    service = ecs.FargateService(stack, "Service", cluster=cluster, task_definition=task, min_healthy_percent=100)
    service.enable_deployment_alarms(["first"], behavior=ecs.AlarmBehavior.ROLLBACK_ON_ALARM)
    service.enable_deployment_alarms(["second"], behavior=ecs.AlarmBehavior.ROLLBACK_ON_ALARM)
    assert deployment(synth(stack))["Alarms"]["AlarmNames"] == ["first"]


@pytest.mark.parametrize(
    ("options", "option", "allowed", "practice"),
    [
        ({"min_healthy_percent": -1}, "min_healthy_percent", "0–100", "full-capacity-during-deployment"),
        ({"min_healthy_percent": 101}, "min_healthy_percent", "0–100", "full-capacity-during-deployment"),
        ({"max_healthy_percent": 99}, "max_healthy_percent", "100–200", "full-capacity-during-deployment"),
        ({"max_healthy_percent": 201}, "max_healthy_percent", "100–200", "full-capacity-during-deployment"),
        ({"circuit_breaker": False}, "circuit_breaker", "True or CircuitBreaker or Disabled", None),
        ({"alarm_rollback": Disabled("")}, "alarm_rollback.reason", "a reviewer", None),
        ({"alarms": ["errors"]}, "alarms[0]", "IAlarm", None),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        backend(stack, deployment=Rolling(**options))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (f"deployment.{option}", practice)
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Backend") is None


def test_alarms_that_nothing_watches_are_a_mistake():
    stack = new_stack()
    rolling = Rolling(alarms=[metric_alarm(stack, "Orders")], alarm_rollback=Disabled(REASON))
    with pytest.raises(
        ConstructError, match=r"deployment\.alarms: alarms are set, but alarm_rollback is off, so nothing watches them"
    ):
        backend(stack, deployment=rolling)


def test_a_task_may_stop_before_the_next_one_starts():
    """A single task on a volume: there is no room beside it, and ECS refuses to move tasks between zones then."""

    def service(**options: Any) -> dict[str, Any]:
        stack = new_stack()
        backend(stack, desired_count=1, **options)
        return properties(synth(stack), "AWS::ECS::Service")

    in_place = service(deployment=Rolling(min_healthy_percent=0, max_healthy_percent=100))
    percent = {"MinimumHealthyPercent": 0, "MaximumPercent": 100}
    assert percent.items() <= in_place["DeploymentConfiguration"].items()
    assert in_place["AvailabilityZoneRebalancing"] == "DISABLED"
    assert service()["AvailabilityZoneRebalancing"] == "ENABLED"
    with pytest.raises(ConstructError, match="neither start a new task nor stop an old one"):
        service(deployment=Rolling(max_healthy_percent=100))
