"""What the number of pods follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_containers import (
    AlbExposure,
    ConstructError,
    Disabled,
    PredictiveServiceScaling,
    ScalingStep,
    ScheduledScaling,
    ServiceScaling,
    StepScaling,
    TargetMetric,
)
from tests.eks.manifest_checks import check
from tests.eks.workloads.made import objects, only, service, worker
from tests.toolkit import REASON, eks_cluster, new_stack

HTTP = AlbExposure(port=8080, https=Disabled(REASON))
METRIC = cloudwatch.Metric(namespace="Shop", metric_name="Sessions", dimensions_map={"Service": "web"})


def test_cpu_and_memory_are_followed_by_an_autoscaler():
    made = service(new_stack(), scaling=ServiceScaling(min_tasks=2, max_tasks=9, cpu_percent=70, memory_percent=80))
    scaler = only(made, "HorizontalPodAutoscaler")
    assert scaler["spec"]["minReplicas"] == 2
    assert scaler["spec"]["maxReplicas"] == 9
    found = {
        metric["containerResource"]["name"]: metric["containerResource"]["target"]["averageUtilization"]
        for metric in scaler["spec"]["metrics"]
    }
    assert found == {"cpu": 70, "memory": 80}
    assert {metric["containerResource"]["container"] for metric in scaler["spec"]["metrics"]} == {"app"}
    assert "replicas" not in only(made, "Deployment")["spec"], "each apply would set the number back"
    check(made.manifests)


def test_cooldowns_say_how_fast_pods_come_and_go():
    scaling = ServiceScaling(
        min_tasks=2,
        max_tasks=9,
        scale_out_cooldown=timedelta(seconds=90),
        scale_in_cooldown=timedelta(minutes=10),
    )
    behavior = only(service(new_stack(), scaling=scaling), "HorizontalPodAutoscaler")["spec"]["behavior"]
    assert {policy["periodSeconds"] for policy in behavior["scaleUp"]["policies"]} == {90}
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 600


def test_requests_metrics_and_the_clock_are_followed_by_keda_alone():
    stack = new_stack(region="eu-west-1")
    scaling = ServiceScaling(
        min_tasks=2,
        max_tasks=9,
        cpu_percent=60,
        requests_per_target=500,
        metrics=[TargetMetric(metric=METRIC, target_value=2.5)],
        schedules=[
            ScheduledScaling(schedule="cron(0 7 ? * MON-FRI *)", time_zone="Europe/Berlin", min_tasks=5),
            ScheduledScaling(schedule="cron(0 19 ? * MON-FRI *)", time_zone="Europe/Berlin", min_tasks=2),
        ],
    )
    made = service(stack, exposure=HTTP, scaling=scaling)
    assert objects(made, "HorizontalPodAutoscaler") == [], "two autoscalers of one deployment would conflict"
    triggers = {trigger["name"]: trigger for trigger in only(made, "ScaledObject")["spec"]["triggers"]}
    assert list(triggers) == ["cpu", "requests", "metric-1", "clock"]
    requests = triggers["requests"]
    assert requests["metricType"] == "Value", "it is a number for each target already"
    assert requests["metadata"]["dimensionName"] == "TargetGroup"
    assert "TargetGroupFullName" in str(stack.resolve(requests["metadata"]["dimensionValue"]))
    assert triggers["metric-1"]["metadata"]["targetMetricValue"] == "2.5"
    assert triggers["clock"]["metadata"] == {
        "timezone": "Europe/Berlin",
        "start": "0 7 * * MON-FRI",
        "end": "0 19 * * MON-FRI",
        "desiredReplicas": "5",
    }
    assert only(made, "TriggerAuthentication")["spec"] == {"podIdentity": {"provider": "aws"}}
    check(made.manifests)


def test_a_worker_without_messages_keeps_one_pod_for_those_in_work():
    made = worker(new_stack(), scaling=ServiceScaling(min_tasks=0, max_tasks=9, messages_per_task=5))
    spec = only(made, "ScaledObject")["spec"]
    assert spec["minReplicaCount"] == 0
    waiting, in_work = (trigger["metadata"] for trigger in spec["triggers"])
    assert (waiting["queueLength"], waiting["scaleOnInFlight"]) == ("5", "false")
    assert in_work["scaleOnInFlight"] == "true"


@pytest.mark.parametrize(
    ("option", "scaling"),
    [
        (
            "steps",
            ServiceScaling(
                min_tasks=1,
                max_tasks=3,
                steps=[StepScaling(metric=METRIC, steps=[ScalingStep(lower=1, change=1)])],
            ),
        ),
        ("predictive", ServiceScaling(min_tasks=1, max_tasks=3, predictive=PredictiveServiceScaling(cpu_percent=50))),
        (
            "metrics[0].metric",
            ServiceScaling(
                min_tasks=1,
                max_tasks=3,
                metrics=[
                    TargetMetric(
                        metric=cloudwatch.MathExpression(expression="a / 2", using_metrics={"a": METRIC}),
                        target_value=1,
                    )
                ],
            ),
        ),
        (
            "schedules",
            ServiceScaling(min_tasks=1, max_tasks=3, schedules=[ScheduledScaling(schedule="rate(1 day)", max_tasks=2)]),
        ),
        ("messages_per_task", ServiceScaling(min_tasks=1, max_tasks=3, messages_per_task=3)),
        ("requests_per_target", ServiceScaling(min_tasks=1, max_tasks=3, requests_per_target=3)),
        (
            "scale_out_cooldown",
            ServiceScaling(min_tasks=1, max_tasks=3, scale_out_cooldown=timedelta(hours=1)),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_autoscaler_does_is_refused_by_name(option: str, scaling: ServiceScaling):
    with pytest.raises(ConstructError) as info:
        service(new_stack(), scaling=scaling)
    assert [problem.option for problem in info.value.problems] == [f"scaling.{option}"]


def test_what_the_cluster_has_not_is_refused_with_the_way_out():
    stack = new_stack()
    cluster = eks_cluster(stack)
    cluster.now_has(metrics_server=False)
    with pytest.raises(ConstructError, match="metrics-server"):
        service(stack, "Cpu", cluster=cluster, scaling=ServiceScaling(min_tasks=1, max_tasks=3))
    with pytest.raises(ConstructError, match="KEDA"):
        worker(stack, "Queue", cluster=cluster)
    worker(stack, "Fixed", cluster=cluster, desired_count=2)
