"""`logs`: several services in the order of time, what comes, and what a task wrote that is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Shell
from tests.operate import shop, stories
from tests.operate.script import NOW, Error, FakeClock, Script, Told

Aws = Callable[[Told], Script]


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def both(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"services": [shop.ecs_service(arn.rpartition("-")[2]) for arn in asked["services"]]}


def lines(*events: Mapping[str, Any]) -> dict[str, Any]:
    return {"logs.filter_log_events": {"events": list(events)}}


def test_lines_of_all_tasks_in_their_order(shell: Shell, aws: Aws):
    pages = [
        {"events": [stories.line(1, "one\n"), stories.line(2, "two", "d4e5f6")], "nextToken": "more"},
        {"events": [stories.line(3, "three")]},
    ]
    script = aws(shop.steady(stories.definition(), {"logs.filter_log_events": pages}))
    ran = shell("logs", "Shop/Web", "--since", "30m", "--filter", "ERROR")
    assert ran.out.splitlines() == [
        "2026-11-28T15:00:01Z a1b2c3 one",
        "2026-11-28T15:00:02Z d4e5f6 two",
        "2026-11-28T15:00:03Z a1b2c3 three",
    ]
    asked = script.asked("logs.filter_log_events")[0]
    assert asked == {
        "logGroupName": "/shop/web",
        "logStreamNamePrefix": "app/app/",
        "startTime": stories.milliseconds(NOW - timedelta(minutes=30)),
        "filterPattern": "ERROR",
    }


def test_several_services_are_merged_and_told_apart(shell: Shell, aws: Aws):
    answers = [
        {"events": [stories.line(1, "web 1"), stories.line(4, "web 4")]},
        {"events": [stories.line(2, "orders 2")]},
    ]
    aws(shop.steady(stories.definition(), {"ecs.describe_services": both, "logs.filter_log_events": answers * 2}))
    assert [it.split(" ", 1)[1] for it in shell("logs", "Shop/Web", "Shop/Orders").out.splitlines()] == [
        "Shop/Web app a1b2c3 web 1",
        "Shop/Orders app a1b2c3 orders 2",
        "Shop/Web app a1b2c3 web 4",
    ]
    told = [json.loads(it) for it in shell("logs", "Shop/Web", "Shop/Orders", "--json").out.splitlines()]
    assert told[1] == {
        "at": "2026-11-28T15:00:02Z",
        "name": "Shop/Orders",
        "container": "app",
        "task": "a1b2c3",
        "message": "orders 2",
    }


def test_what_comes_is_followed_and_nothing_is_shown_twice(shell: Shell, aws: Aws, clock: FakeClock):
    first, second, late = stories.line(1, "one"), stories.line(20, "two"), stories.line(15, "late")
    answers = [
        {"events": [first]},
        {"events": [first]},
        Error("ThrottlingException", "Rate exceeded"),
        {"events": [first, second]},
        {"events": [late, second]},
        Error("ExpiredTokenException", "expired"),
    ]
    script = aws(shop.steady(stories.definition(), {"logs.filter_log_events": answers}))
    ran = shell("logs", "Shop/Web", "--follow")
    assert ran.code == 4, "it goes on until somebody stops it, or the credentials end"
    assert [it.rpartition(" ")[2] for it in ran.out.splitlines()] == ["one", "two", "late"]
    assert clock.slept == [2.0] * 5
    starts = [it["startTime"] for it in script.asked("logs.filter_log_events")]
    assert starts[-1] == stories.milliseconds(NOW + timedelta(seconds=10)), "it begins a little before the last line"


def test_a_task_and_a_container_can_be_asked_for(shell: Shell, aws: Aws):
    script = aws(shop.steady(stories.definition(), lines()))
    task = shop.stopped_task("abc")["taskArn"]
    assert shell("logs", "Shop/Web", "--task", task, "--container", "app").code == 0
    assert script.asked("logs.filter_log_events")[0]["logStreamNamePrefix"] == "app/app/abc"
    ran = shell("logs", "Shop/Web", "--container", "proxy")
    assert ran.code == 3
    assert "no container of Shop/Web writes to CloudWatch Logs with the name proxy" in ran.err
    assert "FireLens" in ran.err


def test_the_task_before_is_known_to_ecs_or_to_the_stored_events(shell: Shell, aws: Aws):
    last = shop.stopped_task("last")
    older = shop.stopped_task("older", stoppedAt=NOW - timedelta(minutes=50))
    script = aws(shop.steady(shop.tasks([older, last]), stories.definition(), lines(stories.line(1, "bye", "last"))))
    assert "last bye" in shell("logs", "Shop/Web", "--previous").out
    asked = script.asked("logs.filter_log_events")[0]
    assert asked["logStreamNamePrefix"] == "app/app/last"
    assert asked["startTime"] == stories.milliseconds(last["startedAt"] - timedelta(minutes=5))
    yesterday = NOW - timedelta(hours=20)
    gone = shop.stopped_task("gone", startedAt=yesterday, stoppedAt=yesterday)
    told = stories.stored(stories.task_event(yesterday, gone))
    events = told["logs.filter_log_events"]
    told["logs.filter_log_events"] = [events, {"events": [stories.line(1, "bye", "gone")]}]
    aws(shop.steady(told, stories.definition()))
    assert "gone bye" in shell("logs", "Shop/Web", "--previous").out
    aws(shop.steady(stories.stored(), stories.definition()))
    ran = shell("logs", "Shop/Web", "--previous")
    assert (ran.code, "no stopped task of Shop/Web is known" in ran.err) == (3, True)


def test_a_log_group_that_is_not_there_has_no_lines(shell: Shell, aws: Aws):
    missing = Error("ResourceNotFoundException", "The specified log group does not exist.")
    aws(shop.steady(stories.definition(), {"logs.filter_log_events": missing}))
    assert (shell("logs", "Shop/Web").code, shell("logs", "Shop/Web").out) == (0, "")


def test_live_tail_is_asked_for_by_the_groups(shell: Shell, aws: Aws, monkeypatch: pytest.MonkeyPatch):
    line = {key: value for key, value in stories.line(1, "now").items() if key != "eventId"}
    other = {**line, "logStreamName": "elsewhere/x"}
    script = aws(shop.steady(stories.definition(), {"logs.start_live_tail": {}}))
    from cdk_containers.operate.api import Api  # noqa: PLC0415

    call = Api.call

    def streamed(self: Api, service: str, operation: str, /, **arguments: Any) -> Any:
        answer = call(self, service, operation, **arguments)
        if operation == "start_live_tail":
            return {"responseStream": [{"sessionStart": {}}, {"sessionUpdate": {"sessionResults": [line, other]}}]}
        return answer

    monkeypatch.setattr(Api, "call", streamed)
    ran = shell("logs", "Shop/Web", "--live")
    assert ran.out == "2026-11-28T15:00:01Z a1b2c3 now\n"
    assert script.asked("logs.start_live_tail") == [
        {"logGroupIdentifiers": ["arn:aws:logs:eu-west-1:123456789012:log-group:/shop/web"]}
    ]
    assert shell("logs", "Shop/Web", "--live", "--task", "other", "--filter", "ERROR").out == ""
    assert script.asked("logs.start_live_tail")[-1]["logEventFilterPattern"] == "ERROR"
    ran = shell("logs", "Shop/Web", "--live", "--follow")
    assert (ran.code, "--follow and --live exclude each other" in ran.err) == (2, True)


def test_a_job_has_logs_as_well(shell: Shell, aws: Aws):
    script = aws(shop.steady(stories.definition(), lines(stories.line(1, "done"))))
    assert "done" in shell("logs", "Shop/Nightly").out
    assert script.asked("ecs.describe_task_definition") == [{"taskDefinition": shop.PHYSICAL["NightlyTask"]}]
