"""`why` and `events`: what stopped, what ECS says, the last lines, and the likely cause, a day later, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Shell
from tests.operate import shop, stories
from tests.operate.script import NOW, Error, Script, Told

Aws = Callable[[Told], Script]


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def crashed(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [shop.stopped_task(f"oom{number}", **shop.OUT_OF_MEMORY) for number in range(3)] + [*more]


def test_it_groups_tasks_by_how_they_ended_with_log_and_cause(shell: Shell, aws: Aws):
    other = shop.stopped_task("one")
    script = aws(shop.steady(shop.tasks(crashed(other)), stories.definition(), stories.LAST_LINES))
    ran = shell("why", "Shop/Web", "--lines", "5")
    assert ran.code == 0
    assert ran.out.splitlines()[:11] == [
        "3 tasks of revision 42, the last 2 minutes ago (14:58 UTC)",
        "  task       oom0",
        "  stopped    EssentialContainerExited: Essential container in task exited",
        "  container  app: exit code 137, OutOfMemoryError: Container killed due to memory usage",
        "  likely     the container exceeded its memory limit",
        "             -> increase the memory of the container or task, or fix a memory leak",
        "  log of app:",
        "    loading the catalogue",
        "    412 MiB of 512 MiB used",
        "",
        "1 task of revision 42, 2 minutes ago (14:58 UTC)",
    ]
    assert script.asked("logs.get_log_events")[0] == {
        "logGroupName": "/shop/web",
        "logStreamName": "app/app/oom0",
        "limit": 5,
        "startFromHead": False,
    }
    assert "events.list_rules" not in script.names, "an hour back, ECS itself knows"
    data = shell("why", "Shop/Web", "--json").data
    assert [(it["count"], it["causes"][0]["id"]) for it in data["endings"]] == [
        (3, "out-of-memory"),
        (1, "application-error"),
    ]
    assert data["endings"][0]["containers"][0]["exit_code"] == 137
    assert data["endings"][0]["log"] == ["loading the catalogue", "412 MiB of 512 MiB used"]


def test_a_day_later_the_stored_events_know(shell: Shell, aws: Aws):
    yesterday = NOW - timedelta(hours=20)
    gone = shop.stopped_task("gone", stoppedAt=yesterday, startedAt=yesterday, **shop.OUT_OF_MEMORY)
    told = stories.stored(stories.task_event(yesterday, gone))
    script = aws(shop.steady(told, stories.definition(), {"logs.get_log_events": {"events": []}}))
    ran = shell("why", "Shop/Web", "--since", "1d")
    assert "1 task of revision 42, 20 hours ago (2026-11-27 19:00 UTC)" in ran.out
    assert "the container exceeded its memory limit" in ran.out
    (asked,) = script.asked("logs.filter_log_events")
    assert asked["logGroupName"] == stories.EVENTS_GROUP
    assert asked["startTime"] == stories.milliseconds(NOW - timedelta(days=1))
    assert f'$.resources[0] = "{shop.service_arn("Web")}"' in asked["filterPattern"]
    assert '$.detail.group = "service:dev-application-Web"' in asked["filterPattern"]
    hour = shell("why", "Shop/Web").out
    assert hour.startswith("no task of Shop/Web stopped by itself since 14:00 UTC; --since looks further back")


def test_a_service_that_does_not_come_up_is_explained_by_events_and_targets(shell: Shell, aws: Aws):
    service = shop.ecs_service(runningCount=0, events=[stories.NO_PLACE])
    bad = {"State": "unhealthy", "Description": "Health checks failed with these codes: [404]"}
    targets = {"TargetHealthDescriptions": [{"Target": {"Id": "10.0.0.1"}, "TargetHealth": bad}]}
    aws(shop.steady({"ecs.describe_services": {"services": [service]}, "elbv2.describe_target_health": targets}))
    ran = shell("why", "Shop/Web")
    assert ran.out.splitlines()[:5] == [
        "Shop/Web does not become healthy:",
        "  likely     the path of the load balancer's health check does not return 200",
        "             -> set the health check to a path that the application serves without sign-in",
        "  likely     no capacity is available for the task",
        "             -> increase the maximum capacity, request less CPU or memory, or allow more zones",
    ]
    assert "ECS says:\n  (service dev-application-Web) was unable to place a task" in ran.out
    assert [it["id"] for it in shell("why", "Shop/Web", "--json").data["causes"]] == [
        "health-check-path",
        "no-capacity",
    ]


def test_a_failed_deployment_is_said(shell: Shell, aws: Aws):
    aws(shop.steady(shop.deployed(stories.FAILED_CANARY[-1])))
    assert (
        "last deployment: the deployment failed and was rolled back: An alarm went off" in shell("why", "Shop/Web").out
    )


def test_a_task_that_was_stopped_on_purpose_is_no_reason(shell: Shell, aws: Aws):
    scaled = shop.stopped_task(
        stopCode="ServiceSchedulerInitiated", stoppedReason="Scaling activity initiated by (deployment ecs-svc/1)"
    )
    aws(shop.steady(shop.tasks([scaled])))
    assert "no task of Shop/Web stopped by itself" in shell("why", "Shop/Web").out


def test_one_task_can_be_asked_for_while_ecs_or_the_events_know_it(shell: Shell, aws: Aws):
    scaled = shop.stopped_task("mine", stopCode="ServiceSchedulerInitiated", stoppedReason="Scaling activity initiated")
    script = aws(shop.steady(shop.tasks([scaled]), stories.definition(), stories.LAST_LINES, stories.stored()))
    arn = scaled["taskArn"]
    assert "ECS stopped it on purpose" in shell("why", "Shop/Web", "--task", arn).out
    ran = shell("why", "Shop/Web", "--task", "lost")
    assert ran.code == 3
    assert "task lost of Shop/Web is gone: ECS shows tasks for an hour" in ran.err
    assert script.asked("logs.filter_log_events")[-1]["filterPattern"] == '{ $.detail.taskArn = "*/lost" }'


def test_what_is_refused_is_said_and_the_rest_is_told(shell: Shell, aws: Aws):
    denied = Error("AccessDeniedException", "no")
    aws(shop.steady(shop.tasks(crashed()), {"ecs.describe_task_definition": denied}))
    ran = shell("why", "Shop/Web")
    assert "OutOfMemoryError" in ran.out
    assert ran.err == "not read: ecs:DescribeTaskDefinition: access denied\n"


def test_events_of_ecs_and_stored_ones_are_shown_in_their_order(shell: Shell, aws: Aws):
    at = NOW - timedelta(hours=2)
    gone = shop.stopped_task("gone", stoppedAt=at, startedAt=at, **shop.OUT_OF_MEMORY)
    told = stories.stored(
        stories.task_event(at, gone),
        stories.deployment_event(NOW - timedelta(hours=1), "SERVICE_DEPLOYMENT_FAILED", "tasks failed to start"),
    )
    service = shop.ecs_service(events=[stories.NO_PLACE])
    aws(shop.steady(told, {"ecs.describe_services": {"services": [service]}}))
    ran = shell("events", "Shop/Web")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        (
            "2026-11-28T13:00:00Z  Shop/Web  task gone stopped: Essential container in task exited; app exit 137; "
            "the container exceeded its memory limit"
        ),
        "2026-11-28T14:00:00Z  Shop/Web  SERVICE_DEPLOYMENT_FAILED: tasks failed to start",
        f"2026-11-28T14:57:00Z  Shop/Web  {stories.NO_PLACE['message']}",
    ]
    assert stories.NO_PLACE["message"] not in shell("events", "Shop/Web", "--since", "1m").out
    denied = shell("events", "Shop/Web", "--json").out.splitlines()
    assert len(denied) == 3


@pytest.mark.parametrize("text", ["10", "m", "1w", "-5m", ""])
def test_a_time_that_is_none_is_refused(shell: Shell, aws: Aws, text: str):
    aws(shop.steady())
    ran = shell("why", "Shop/Web", f"--since={text}")
    assert (ran.code, "is not a time such as 30m, 12h or 2d" in ran.err) == (2, True)
