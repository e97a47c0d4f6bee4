"""Logs, traces and events as the emulated account has them, and what becomes of events that ECS would send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.life import Life

pytestmark = pytest.mark.emulator


def containers(life: Life, name: str) -> dict[str, dict[str, Any]]:
    found = life.task_definitions["deployed"][name]["containerDefinitions"]
    return {it["name"]: it for it in found}


@pytest.mark.parametrize("name", ["telemetry/Traced", "telemetry/Archived"])
def test_a_log_router_starts_before_the_application(life: Life, name: str) -> None:
    found = containers(life, name)
    (router,) = (it for it in found.values() if it.get("firelensConfiguration"))
    assert router["firelensConfiguration"]["type"] == "fluentbit"
    assert router["logConfiguration"]["logDriver"] == "awslogs"
    assert found["app"]["logConfiguration"]["logDriver"] == "awsfirelens"
    assert router["name"] in {it["containerName"] for it in found["app"]["dependsOn"]}


def test_a_collector_stands_beside_the_traced_application(life: Life) -> None:
    others = set(containers(life, "telemetry/Traced")) - set(containers(life, "telemetry/Archived"))
    assert len(others) == 1
    (collector,) = others
    assert "otel" in containers(life, "telemetry/Traced")[collector]["image"]


def test_logs_go_by_a_stream_to_a_bucket(life: Life) -> None:
    (stream,) = life.seen["streams"]
    options = containers(life, "telemetry/Archived")["app"]["logConfiguration"]["options"]
    assert options["delivery_stream"] == stream["DeliveryStreamName"]
    (destination,) = (it["ExtendedS3DestinationDescription"] for it in stream["Destinations"])
    assert destination["BucketARN"].split(":::")[1] in life.inventories["deployed"]["AWS::S3::Bucket"]
    (trust,) = life.seen["trust"][destination["RoleARN"]]
    assert trust["Principal"]["Service"] == "firehose.amazonaws.com"


def test_events_of_the_cluster_are_stored_and_those_of_another_are_not(life: Life) -> None:
    stored = [json.loads(it) for it in life.seen["events of ECS"]["stored"]]
    assert [it["detail"].get("eventName") or it["detail"]["lastStatus"] for it in stored] == [
        "SERVICE_DEPLOYMENT_FAILED",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "STOPPED",
    ]
    assert "another" not in json.dumps(stored)


def test_somebody_is_told_of_what_failed(life: Life) -> None:
    deployment, task = life.seen["events of ECS"]["told"]
    assert "A deployment failed" in deployment
    assert "reason of SERVICE_DEPLOYMENT_FAILED" in deployment
    assert "A task of service:web failed: TaskFailedToStart. no image" in task
