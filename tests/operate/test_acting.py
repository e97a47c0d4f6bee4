"""`continue`, `rollback` and `scale`: only after asking, only where it can be, and never with `--read-only`."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Shell
from tests.operate import shop, stories
from tests.operate.script import ACCOUNT, NOW, REGION, Error, Script, Told

Aws = Callable[[Told], Script]
WAITING = stories.shifting(10.0, lifecycleHookDetails=[stories.PAUSE])
CHANGES: dict[str, Any] = {
    "ecs.continue_service_deployment": {"serviceDeploymentArn": "x"},
    "ecs.stop_service_deployment": {"serviceDeploymentArn": "x"},
    "ecs.update_service": {},
}
ACTING = [("continue", "Shop/Web"), ("rollback", "Shop/Web"), ("scale", "Shop/Web", "5")]


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def waiting(*others: Told) -> dict[str, Any]:
    return shop.steady(shop.deployed(WAITING), CHANGES, *others)


class Person(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_deployment_goes_on_when_somebody_says_so(shell: Shell, aws: Aws):
    script = aws(waiting())
    ran = shell("continue", "Shop/Web", "--yes")
    assert (ran.code, ran.out) == (0, "Shop/Web continues; follow it with `cdk-containers rollout Shop/Web`\n")
    assert script.asked("ecs.continue_service_deployment") == [
        {"serviceDeploymentArn": shop.deployment_arn("Web"), "hookId": "hook-1", "action": "CONTINUE"}
    ]
    assert "status" in script.asked("ecs.list_service_deployments")[0], "the running one, not the current one"


def test_a_deployment_is_rolled_back_when_somebody_says_so(shell: Shell, aws: Aws):
    script = aws(waiting())
    assert shell("rollback", "Shop/Web", "--yes", "--json").data["action"] == "ROLLBACK"
    assert script.asked("ecs.stop_service_deployment") == [
        {"serviceDeploymentArn": shop.deployment_arn("Web"), "stopType": "ROLLBACK"}
    ]


def test_a_count_is_set_and_it_says_what_becomes_of_it(shell: Shell, aws: Aws):
    script = aws(waiting())
    ran = shell("scale", "Shop/Web", "5", "--yes")
    assert ran.out == (
        "Shop/Web: 2 -> 5 tasks, see `cdk-containers status Shop/Web`. "
        "Note: the next deployment of its stack sets it back to 2 tasks.\n"
    )
    assert script.asked("ecs.update_service") == [
        {"cluster": shop.CLUSTER, "service": shop.service_arn("Web"), "desiredCount": 5}
    ]
    assert shell("scale", "Shop/Web", "2", "--yes").out == "Shop/Web already has 2 tasks\n"
    assert len(script.asked("ecs.update_service")) == 1


@pytest.mark.parametrize("command", ACTING, ids=lambda it: it[0])
def test_nothing_changes_without_a_yes(shell: Shell, aws: Aws, monkeypatch: pytest.MonkeyPatch, command: Any):
    script = aws(waiting())
    ran = shell(*command)
    assert (ran.code, "There is no terminal to answer on" in ran.err, "add --yes" in ran.err) == (2, True, True)
    for answer in ("n\n", "\n", ""):
        monkeypatch.setattr("sys.stdin", Person(answer))
        ran = shell(*command)
        assert (ran.code, "nothing was changed" in ran.err) == (2, True)
        assert f"Shop/Web (dev, {ACCOUNT}, {REGION})" in ran.err
    assert script.names.isdisjoint(CHANGES)
    monkeypatch.setattr("sys.stdin", Person("y\n"))
    assert shell(*command).code == 0
    assert not script.names.isdisjoint(CHANGES)


@pytest.mark.parametrize("command", ACTING, ids=lambda it: it[0])
def test_read_only_refuses_it_before_any_call(shell: Shell, aws: Aws, monkeypatch: pytest.MonkeyPatch, command: Any):
    script = aws(waiting())
    ran = shell(*command, "--yes", "--read-only")
    assert (ran.code, f"{command[0]} changes deployed resources" in ran.err) == (2, True)
    monkeypatch.setenv("CDK_CONTAINERS_READ_ONLY", "1")
    assert shell(*command, "--yes").code == 2
    assert script.calls == []
    assert shell("status", "Shop/Web", "--read-only").code == 6
    monkeypatch.setenv("CDK_CONTAINERS_READ_ONLY", "0")
    assert shell(*command, "--yes").code == 0


@pytest.mark.parametrize("command", ["continue", "rollback"])
def test_when_nothing_runs_it_says_how_the_last_one_ended_and_what_to_do(shell: Shell, aws: Aws, command: str):
    last = shop.deployment("SUCCESSFUL", begun=NOW - timedelta(hours=3))
    last["finishedAt"] = NOW - timedelta(hours=2)
    script = aws(shop.steady(shop.deployed(last), CHANGES))
    script.told["ecs.list_service_deployments"] = lambda asked: (
        {"serviceDeployments": []} if "status" in asked else shop.deployed(last)["ecs.list_service_deployments"]
    )
    ran = shell(command, "Shop/Web", "--yes")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "cdk-containers: no deployment of Shop/Web is in progress: the deployment succeeded 2 hours ago",
        "  to return to an earlier version, check it out and run `cdk deploy`",
    ]


def test_a_deployment_that_waits_for_nobody_cannot_be_continued(shell: Shell, aws: Aws):
    script = aws(shop.steady(shop.deployed(stories.shifting(10.0)), CHANGES))
    ran = shell("continue", "Shop/Web", "--yes")
    assert (ran.code, "does not wait for a decision: the deployment is in progress" in ran.err) == (1, True)
    assert script.names.isdisjoint(CHANGES)


def test_a_rollback_under_way_is_not_asked_for_again(shell: Shell, aws: Aws):
    script = aws(shop.steady(shop.deployed(stories.shifting(0.0, status="ROLLBACK_IN_PROGRESS")), CHANGES))
    ran = shell("rollback", "Shop/Web", "--yes")
    assert (ran.code, "is being rolled back already" in ran.err) == (1, True)
    assert script.names.isdisjoint(CHANGES)


def test_code_deploy_rolls_back_its_own_deployments(shell: Shell, aws: Aws):
    service = shop.ecs_service(deploymentController={"type": "CODE_DEPLOY"})
    aws(waiting({"ecs.describe_services": {"services": [service]}}))
    ran = shell("rollback", "Shop/Web", "--yes")
    assert (ran.code, "CODE_DEPLOY deploys Shop/Web; roll it back there" in ran.err) == (2, True)


def test_a_count_that_scaling_owns_is_not_set(shell: Shell, aws: Aws):
    bounds = {"ServiceNamespace": "ecs", "ResourceId": "x", "ScalableDimension": "ecs:service:DesiredCount"}
    target = {**bounds, "MinCapacity": 2, "MaxCapacity": 10, "RoleARN": "x", "CreationTime": NOW}
    script = aws(waiting({"application-autoscaling.describe_scalable_targets": {"ScalableTargets": [target]}}))
    ran = shell("scale", "Shop/Web", "5", "--yes")
    assert ran.code == 2
    assert "Application Auto Scaling keeps Shop/Web between 2 and 10 tasks" in ran.err
    assert "change the bounds in the code" in ran.err
    daemon = shop.ecs_service(schedulingStrategy="DAEMON")
    script.told["ecs.describe_services"] = {"services": [daemon]}
    assert "one task on each instance" in shell("scale", "Shop/Web", "5", "--yes").err
    assert script.names.isdisjoint(CHANGES)


@pytest.mark.parametrize("count", ["-1", "many", "5001", "1.5"])
def test_a_count_that_is_none_is_refused(shell: Shell, aws: Aws, count: str):
    aws(waiting())
    ran = shell("scale", "Shop/Web", "--yes", "--", count)
    assert (ran.code, "is not a number of tasks from 0 to 5000" in ran.err) == (2, True)


def test_a_decision_that_comes_too_late_says_what_aws_says(shell: Shell, aws: Aws):
    late = Error("InvalidParameterException", "The hook is no longer awaiting action.")
    aws(waiting({"ecs.continue_service_deployment": late}))
    ran = shell("continue", "Shop/Web", "--yes")
    assert ran.code == 1
    assert "The hook is no longer awaiting action." in ran.err
