"""The checks that only an account can answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cdk_containers.checks.engine import run_checks
from cdk_containers.checks.live.rules import LIVE_CHECKS
from cdk_containers.checks.templates import Estate

CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
SCHEDULE = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:failed"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"

Resources = Mapping[str, tuple[str, Mapping[str, Any]]]


def verdict(practice: str, resource: str, resources: Resources, *, unseen: str = "") -> tuple[str, str] | None:
    estate = Estate()
    declared = {name: {"Type": type_, "Properties": shown} for name, (type_, shown) in resources.items()}
    for name, it in estate.add("account", {"Resources": declared}).resources.items():
        it.identifiers = frozenset({name, name.rpartition(":")[2]})
    if unseen:
        estate.unseen[unseen] = "access denied"
    found = [
        it for it in run_checks(estate, LIVE_CHECKS).findings if (it.practice, it.resource) == (practice, resource)
    ]
    return (str(found[0].verdict), found[0].why) if found else None


def rule(**given: Any) -> tuple[str, Mapping[str, Any]]:
    shown = {"EventPattern": {"source": ["aws.ecs"]}, "Targets": [{"Id": "1", "Arn": TOPIC}], "State": "ENABLED"}
    return "AWS::Events::Rule", {**shown, **given}


# ---- the events of a cluster


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "pass"),
        ({"EventPattern": {"source": ["aws.ecs"], "detail": {"clusterArn": [CLUSTER]}}}, "pass"),
        ({"EventPattern": {"source": ["aws.ecs"], "detail": {"clusterArn": [f"{CLUSTER}-2"]}}}, "fail"),
        ({"EventPattern": {"source": ["aws.s3"]}}, "fail"),
        ({"State": "DISABLED"}, "fail"),
        ({"Targets": []}, "fail"),
    ],
)
def test_a_rule_takes_the_events_of_a_cluster(given: Mapping[str, Any], expected: str):
    resources = {CLUSTER: ("AWS::ECS::Cluster", {}), "keeps": rule(**given)}
    found = verdict("cluster-events", CLUSTER, resources)
    assert found is not None
    assert found[0] == expected
    assert ("keeps receives its events" in found[1]) is (expected == "pass")


def test_rules_that_could_not_be_read_leave_it_open():
    found = verdict("cluster-events", CLUSTER, {CLUSTER: ("AWS::ECS::Cluster", {})}, unseen="AWS::Events::Rule")
    assert found == ("cannot-tell", "AWS::Events::Rule could not be read: access denied")


# ---- the failures of a job


def job(**target: Any) -> tuple[str, Mapping[str, Any]]:
    given = {"Arn": CLUSTER, "EcsParameters": {"TaskDefinitionArn": "task"}, **target}
    return "AWS::Scheduler::Schedule", {"Target": given, "ScheduleExpression": "rate(1 day)"}


def alarm(dimension: str, value: str, namespace: str = "AWS/SQS") -> tuple[str, Mapping[str, Any]]:
    dimensions = [{"Name": dimension, "Value": value}]
    return "AWS::CloudWatch::Alarm", {"Namespace": namespace, "Dimensions": dimensions, "AlarmActions": [TOPIC]}


DEAD = {QUEUE: ("AWS::SQS::Queue", {"QueueName": "failed"})}
STEPS = {MACHINE: ("AWS::StepFunctions::StateMachine", {"DefinitionString": "arn:aws:states:::ecs:runTask.sync"})}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({SCHEDULE: job()}, ("fail", "no alarm watches its runs")),
        ({SCHEDULE: job(DeadLetterConfig={"Arn": QUEUE}), **DEAD}, ("fail", "no alarm watches its runs")),
        (
            {SCHEDULE: job(DeadLetterConfig={"Arn": QUEUE}), **DEAD, "waiting": alarm("QueueName", "failed")},
            ("pass", "waiting watches it"),
        ),
        (
            {SCHEDULE: job(DeadLetterConfig={"Arn": QUEUE}), **DEAD, "waiting": alarm("QueueName", "other")},
            ("fail", "no alarm watches its runs"),
        ),
        (
            {
                SCHEDULE: ("AWS::Scheduler::Schedule", {"Target": {"Arn": MACHINE}}),
                **STEPS,
                "failing": alarm("StateMachineArn", MACHINE, "AWS/States"),
            },
            ("pass", "failing watches it"),
        ),
        ({SCHEDULE: job(), "all": alarm("ScheduleGroup", "default", "AWS/Scheduler")}, ("cannot-tell", "an alarm")),
        ({SCHEDULE: job(), "tells": rule()}, ("cannot-tell", "a rule receives ECS events")),
    ],
)
def test_somebody_hears_of_a_job_that_fails(resources: Resources, expected: tuple[str, str]):
    found = verdict("job-alarms", SCHEDULE, resources)
    assert found is not None
    assert found[0] == expected[0]
    assert expected[1] in found[1]


def test_a_schedule_that_starts_no_task_is_no_job():
    assert verdict("job-alarms", SCHEDULE, {SCHEDULE: ("AWS::Scheduler::Schedule", {"Target": {"Arn": TOPIC}})}) is None
    assert verdict("job-alarms", SCHEDULE, {SCHEDULE: job()}) is not None
