"""`rollout`: a deployment from its beginning to its end, by a clock that does not wait."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cdk_containers import BlueGreen, Canary, Linear, Rolling, plan_rollout
from cdk_containers.operate.plan import planned, rollout_steps
from tests.cli.command import Shell
from tests.operate import shop, stories
from tests.operate.script import NOW, Error, FakeClock, Script, Told

Aws = Callable[[Told], Script]


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def test_a_whole_canary_has_a_line_for_each_change_and_planned_against_real_times(
    shell: Shell, aws: Aws, clock: FakeClock
):
    script = aws(shop.steady(shop.deployed(*stories.CANARY)))
    ran = shell("rollout", "Shop/Web")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [re.split(r" {2,}", line)[1:4] for line in (lines[0], lines[3])] == [
        ["0:00", "ROLLING OUT", "SCALE_UP: new tasks start"],
        ["12:03", "DEPLOYED"],
    ]
    assert "PRODUCTION_TRAFFIC_SHIFT: traffic moves to the new version  rev 41 90 %" in lines[1]
    assert "BAKE_TIME: both versions run, and ECS watches the alarms  rev 41 0 %" in lines[2]
    assert lines[4] == "Shop/Web: the deployment succeeded"
    planned_times = {row[:17].strip(): row[17:].split() for row in lines[6:]}
    assert {name: times[0] for name, times in planned_times.items()} == {
        "10 % traffic": "1:00",
        "100 % traffic": "6:00",
        "successful": "12:00",
    }
    assert planned_times["successful"][1] == "12:03"
    assert all(it[1] != "-" for it in planned_times.values())
    # It is followed by its id, and asked for no more often than its quota bears.
    assert {it["serviceDeploymentArns"][0] for it in script.asked("ecs.describe_service_deployments")} == {
        shop.deployment_arn("Web")
    }
    assert len(script.asked("ecs.describe_service_revisions")) == 1
    assert min(clock.slept) >= 4
    assert max(clock.slept) <= 18


def test_a_rollback_is_a_failure_and_says_why(shell: Shell, aws: Aws):
    aws(shop.steady(shop.deployed(*stories.FAILED_CANARY)))
    ran = shell("rollout", "Shop/Web")
    assert ran.code == 1
    assert "ROLLING BACK  PRODUCTION_TRAFFIC_SHIFT: the earlier version takes over again" in ran.out
    assert "Shop/Web: the deployment failed and was rolled back: An alarm went off; alarms: web-5xx" in ran.out
    assert ran.out.splitlines()[-1].split() == ["successful", "12:00", "-"]


def test_a_deployment_that_waits_for_somebody_ends_with_6(shell: Shell, aws: Aws):
    waiting = stories.shifting(10.0, lifecycleHookDetails=[stories.PAUSE])
    aws(shop.steady(shop.deployed(*stories.CANARY[:14], waiting)))
    ran = shell("rollout", "Shop/Web")
    assert ran.code == 6
    assert ran.out.splitlines()[-1] == (
        "Shop/Web waits for you until 15:40 UTC, then rolls back: `cdk-containers continue Shop/Web` or `… rollback`"
    )
    aws(shop.steady(shop.deployed(waiting, *stories.CANARY)))
    assert shell("rollout", "Shop/Web", "--keep-waiting").code == 0


def test_time_that_is_up_ends_with_5(shell: Shell, aws: Aws):
    aws(shop.steady(shop.deployed(*stories.CANARY[:14])))
    ran = shell("rollout", "Shop/Web", "--timeout", "10m")
    assert ran.code == 5
    assert "the deployment of Shop/Web is still in progress after 10:00" in ran.err


def test_json_has_a_line_for_each_change(shell: Shell, aws: Aws):
    aws(shop.steady(shop.deployed(*stories.CANARY)))
    changes = [json.loads(line) for line in shell("rollout", "Shop/Web", "--json").out.splitlines()]
    assert [it["state"] for it in changes] == ["ROLLING_OUT"] * 3 + ["DEPLOYED"]
    assert [it["exit_code"] for it in changes] == [5, 5, 5, 0]
    assert [it["name"] for it in changes[-1]["steps"]] == ["10 % traffic", "100 % traffic", "successful"]
    assert changes[0]["started"] == "2026-11-28T15:00:00Z"


def test_throttling_slows_it_down_and_does_not_end_it(shell: Shell, aws: Aws, clock: FakeClock):
    told = shop.deployed(*stories.CANARY[:2])
    answers = told["ecs.describe_service_deployments"]
    throttled = Error("ThrottlingException", "Rate exceeded")
    end = {"serviceDeployments": [stories.CANARY[-1]]}
    aws(shop.steady(told, {"ecs.describe_service_deployments": [answers[0], throttled, throttled, end]}))
    assert shell("rollout", "Shop/Web").code == 0
    assert [round(it / 15) for it in clock.slept[1:]] == [1, 1]


def test_credentials_that_expire_on_the_way_end_it_and_not_the_deployment(shell: Shell, aws: Aws):
    told = shop.deployed(stories.CANARY[0])
    answers = [*told["ecs.describe_service_deployments"], Error("ExpiredTokenException", "expired")]
    aws(shop.steady(told, {"ecs.describe_service_deployments": answers}))
    ran = shell("rollout", "Shop/Web")
    assert ran.code == 4
    assert "the credentials have expired" in ran.err
    assert "aws sso login" in ran.err


def test_a_service_that_vanishes_midway_is_a_failure(shell: Shell, aws: Aws):
    told = shop.deployed(stories.CANARY[0])
    answers = [*told["ecs.describe_service_deployments"], {"serviceDeployments": []}]
    aws(shop.steady(told, {"ecs.describe_service_deployments": answers}))
    ran = shell("rollout", "Shop/Web")
    assert (ran.code, "was deleted during the deployment" in ran.err) == (1, True)


def test_without_one_that_runs_the_last_one_tells_how_it_ended(shell: Shell, aws: Aws):
    last = shop.deployment("STOPPED", statusReason="replaced by a newer deployment")
    script = aws(shop.steady(shop.deployed(last)))
    script.told["ecs.list_service_deployments"] = lambda asked: (
        {"serviceDeployments": []} if "status" in asked else shop.deployed(last)["ecs.list_service_deployments"]
    )
    ran = shell("rollout", "Shop/Web")
    assert ran.code == 1
    assert "another deployment replaced it: replaced by a newer deployment" in ran.out
    script.told["ecs.list_service_deployments"] = {"serviceDeployments": []}
    ran = shell("rollout", "Shop/Web")
    assert (ran.code, "ECS has no deployment of Shop/Web" in ran.err) == (3, True)


def test_the_newest_of_several_is_followed_whatever_their_order(shell: Shell, aws: Aws):
    listed = [
        {"serviceDeploymentArn": shop.deployment_arn("Web", id_), "createdAt": NOW - timedelta(minutes=age)}
        for id_, age in (("old", 30), ("new", 1), ("older", 60))
    ]
    pages = [{"serviceDeployments": listed[:2], "nextToken": "x"}, {"serviceDeployments": listed[2:]}]
    script = aws(shop.steady(shop.deployed(stories.CANARY[-1]), {"ecs.list_service_deployments": pages}))
    assert shell("rollout", "Shop/Web").code == 0
    (asked,) = script.asked("ecs.describe_service_deployments")
    assert asked["serviceDeploymentArns"] == [shop.deployment_arn("Web", "new")]


def test_a_deployment_can_be_named(shell: Shell, aws: Aws):
    script = aws(shop.steady(shop.deployed(stories.CANARY[-1])))
    for name in ("dep-9", shop.deployment_arn("Web", "dep-9")):
        assert shell("rollout", "Shop/Web", "--deployment", name).code == 0
    assert {it["serviceDeploymentArns"][0] for it in script.asked("ecs.describe_service_deployments")} == {
        shop.deployment_arn("Web", "dep-9")
    }
    script.told["ecs.describe_service_deployments"] = {"serviceDeployments": [], "failures": []}
    assert shell("rollout", "Shop/Web", "--deployment", "dep-0").code == 3


def test_a_rolling_deployment_has_a_plan_as_well(shell: Shell, aws: Aws):
    begun = shop.deployment(begun=NOW, configuration=shop.ROLLING, stage="SCALE_UP")
    ended = shop.deployment("SUCCESSFUL", begun=NOW, configuration=shop.ROLLING)
    aws(shop.steady(shop.deployed(begun, ended)))
    out = shell("rollout", "Shop/Web").out
    assert "traffic" not in out.splitlines()[-1]
    assert out.splitlines()[-1].split()[:2] == ["successful", "2:00"]


@pytest.mark.parametrize(
    ("deployment", "configuration"),
    [
        (
            Rolling(),
            {
                "strategy": "ROLLING",
                "maximumPercent": 200,
                "minimumHealthyPercent": 100,
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            },
        ),
        (BlueGreen(), {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 10}),
        (
            Canary(),
            {
                "strategy": "CANARY",
                "bakeTimeInMinutes": 10,
                "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 10},
            },
        ),
        (
            Linear(),
            {
                "strategy": "LINEAR",
                "bakeTimeInMinutes": 10,
                "linearConfiguration": {"stepPercent": 20.0, "stepBakeTimeInMinutes": 6},
            },
        ),
    ],
    ids=lambda it: type(it).__name__,
)
def test_the_plan_is_that_of_the_construct(deployment: object, configuration: dict[str, object]):
    plan = planned(configuration, 4)
    assert plan is not None
    assert plan.total == plan_rollout(deployment, tasks=4).succeeded_after_seconds
    assert rollout_steps(configuration) == deployment.rollout_steps
    assert planned(configuration, 0) is None
