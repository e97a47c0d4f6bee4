"""Jobs as the emulated account has them: what starts each, by which role, and where a start that failed is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.life import Life
from tests.emulator.looks import construct

pytestmark = pytest.mark.emulator


def starts(life: Life) -> dict[str, dict[str, Any]]:
    """Give the target that starts each job."""
    found = {name.removesuffix("Schedule"): it["Target"] for name, it in life.seen["schedules"].items()}
    for name, rule in life.seen["rules"].items():
        found |= {name.removesuffix("Rule"): it for it in rule["Targets"] if it["Id"] == "Job"}
    return found


def task_definition(life: Life, name: str) -> str:
    """Give the job's only task definition."""
    (found,) = (
        it
        for it in life.inventories["deployed"]["AWS::ECS::TaskDefinition"]
        if f"/{life.environment}jobs{name}TaskDefinition" in it
    )
    return found


def test_each_job_has_a_start(life: Life) -> None:
    of_the_stack = {"jobs/Nightly", "jobs/Heartbeat", "jobs/OnUpload", "jobs/Reimport"}
    assert set(starts(life)) == {*of_the_stack, "application/ShopNightly", "team-shop/Prices"}
    expressions = {
        name: (it["ScheduleExpression"], it["ScheduleExpressionTimezone"])
        for name, it in life.seen["schedules"].items()
    }
    assert expressions == {
        "application/ShopNightlySchedule": ("cron(0 3 * * ? *)", "Europe/Berlin"),
        "jobs/NightlySchedule": ("cron(0 3 * * ? *)", "Europe/Berlin"),
        "jobs/HeartbeatSchedule": ("rate(15 minutes)", "UTC"),
        "team-shop/PricesSchedule": ("cron(0 4 * * ? *)", "UTC"),
    }


@pytest.mark.parametrize("name", ["Heartbeat", "OnUpload"])
def test_a_task_is_started_in_private_subnets_of_the_cluster(life: Life, name: str) -> None:
    target = starts(life)[f"jobs/{name}"]
    assert construct(f"{target['Arn']}-").startswith("jobs/Cluster")
    assert target["Arn"] in life.inventories["deployed"]["AWS::ECS::Cluster"]
    assert target["EcsParameters"]["TaskDefinitionArn"] == task_definition(life, name)
    network = target["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert set(network["Subnets"]) < set(life.inventories["deployed"]["AWS::EC2::Subnet"])


@pytest.mark.parametrize("name", ["Nightly", "Reimport"])
def test_a_state_machine_runs_the_job_and_logs_it(life: Life, name: str) -> None:
    machine = life.seen["state machines"][starts(life)[f"jobs/{name}"]["Arn"]]
    run = find_task(machine["definition"])
    assert run["Resource"] == "arn:aws:states:::ecs:runTask.sync"
    family = task_definition(life, name).split("/")[-1].split(":")[0]
    assert run["Arguments"]["TaskDefinition"] == family  # its newest revision, whichever runs when
    assert run["Arguments"]["Cluster"] in life.inventories["deployed"]["AWS::ECS::Cluster"]
    (destination,) = machine["loggingConfiguration"]["destinations"]
    log = destination["cloudWatchLogsLogGroup"]["logGroupArn"].split(":log-group:")[1].removesuffix(":*")
    assert log in life.inventories["deployed"]["AWS::Logs::LogGroup"]


def find_task(machine: dict[str, Any]) -> dict[str, Any]:
    """Find the state that runs the task, in the machine or in its map."""
    states = machine["States"]
    if "Run" in states:
        run: dict[str, Any] = states["Run"]
        return run
    return find_task(states["RunEach"]["ItemProcessor"])


def test_each_start_has_a_role_and_a_queue_for_failed_starts(life: Life) -> None:
    queues = {name: it["QueueArn"] for name, it in life.seen["queues"].items()}
    services = {"Schedule": "scheduler.amazonaws.com", "Rule": "events.amazonaws.com"}
    for name, target in starts(life).items():
        assert target["DeadLetterConfig"]["Arn"] == queues[f"{name}DeadLetters"]
        (trust,) = life.seen["trust"][target["RoleArn"]]
        kind = "Schedule" if f"{name}Schedule" in life.seen["schedules"] else "Rule"
        assert trust["Principal"]["Service"] == services[kind]


def test_failed_runs_that_nobody_waits_for_are_kept(life: Life) -> None:
    queues = {name: it["QueueArn"] for name, it in life.seen["queues"].items()}
    kept = {name: it["Targets"][0]["Arn"] for name, it in life.seen["rules"].items() if name.endswith("FailedRunsRule")}
    jobs = ("jobs/OnUpload", "jobs/Heartbeat", "team-billing/Close", "team-shop/Prices")
    assert kept == {f"{it}FailedRunsRule": queues[f"{it}FailedRuns"] for it in jobs}
