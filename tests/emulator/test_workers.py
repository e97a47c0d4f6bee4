"""Workers as the emulated account has them: what becomes of a message, and what counts the tasks."""

from __future__ import annotations

import json

import pytest

from tests.emulator.life import Life

pytestmark = pytest.mark.emulator


def test_the_worker_gets_what_its_subscription_asks_for_and_three_tries(life: Life) -> None:
    assert life.seen["orders"] == {"tried": [["large for 150"]] * 3 + [[]], "dead": ["large for 150"]}


def test_each_queue_of_a_worker_has_a_queue_for_what_failed(life: Life) -> None:
    queues = life.seen["queues"]
    redriven = {
        name: json.loads(it["RedrivePolicy"])["deadLetterTargetArn"]
        for name, it in queues.items()
        if "RedrivePolicy" in it
    }
    assert redriven == {
        "application/ShopMailerQueue": queues["application/ShopMailerQueueDeadLetters"]["QueueArn"],
        "eks-nodes/PackerQueue": queues["eks-nodes/PackerQueueDeadLetters"]["QueueArn"],
        "shared-platform/ReportsQueue": queues["shared-platform/ReportsDeadLetters"]["QueueArn"],
        "workers/LargeOrdersQueue": queues["workers/LargeOrdersDeadLetters"]["QueueArn"],
        "workers/ReturnsQueue": queues["workers/ReturnsDeadLetters"]["QueueArn"],
    }


def test_queues_refuse_what_is_not_encrypted_on_the_way(life: Life) -> None:
    policies = {name: json.loads(it["Policy"])["Statement"] for name, it in life.seen["queues"].items()}
    denied = {
        name
        for name, statements in policies.items()
        for it in statements
        if it["Effect"] == "Deny" and it["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert denied == set(life.seen["queues"])


def test_tasks_are_counted_by_policies_of_each_kind_and_by_the_clock(life: Life) -> None:
    scaling = life.seen["scaling"]
    kinds = {name: sorted(policy["PolicyType"] for policy in it["policies"]) for name, it in scaling.items()}
    first_task = ["StepScaling"] if life.environment == "dev" else []  # where there may be no task at all
    assert {name: it for name, it in kinds.items() if name.startswith("workers/")} == {
        "workers/Packer": [*first_task, "TargetTrackingScaling"],
        "workers/Returner": ["StepScaling", "StepScaling"],
        "workers/Prices": ["PredictiveScaling", "TargetTrackingScaling"],
    }
    clock = {
        (it["Schedule"], it["Timezone"], it["ScalableTargetAction"]["MinCapacity"])
        for it in scaling["workers/Prices"]["actions"]
    }
    at_night = 2 if life.environment == "prod" else 1
    assert clock == {
        ("cron(30 6 ? * MON-FRI *)", "Europe/Berlin", 6),
        ("cron(0 19 ? * MON-FRI *)", "Europe/Berlin", at_night),
    }


def test_an_alarm_starts_each_policy_of_steps(life: Life) -> None:
    policies = [it for one in life.seen["scaling"].values() for it in one["policies"]]
    steps = {it["PolicyARN"] for it in policies if it["PolicyType"] == "StepScaling"}
    assert len(steps) == (3 if life.environment == "dev" else 2)
    assert steps < life.seen["alarm actions"]
