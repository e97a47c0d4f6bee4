"""`debug`: a copy of a task to look around in, of which nothing is left afterwards, whatever happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from tests.cli.command import Shell
from tests.operate import oneoff, shop
from tests.operate.oneoff import COPY, TASK, Plugin, allowed, container, copying, definition, described, ended, task
from tests.operate.script import ACCOUNT, REGION, Error, FakeClock, Script, Told
from tests.operate.test_acting import Person

Aws = Callable[[Told], Script]
REMOVED = {"ecs.stop_task", "ecs.deregister_task_definition"}


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    made = Plugin(tmp_path / "bin")
    monkeypatch.setenv("PATH", made.path)
    return made


def order(script: Script) -> list[str]:
    return [name for name, _ in script.calls if "task" in name and "describe" not in name and "list" not in name]


def test_a_copy_that_can_be_written_to_is_started_and_removed(shell: Shell, aws: Aws, plugin: Plugin):
    proxy = container("proxy", readonlyRootFilesystem=True)
    own = container(readonlyRootFilesystem=True, healthCheck={"command": ["CMD", "x"]}, command=["serve"])
    script = aws(copying(definition(own, proxy)))
    ran = shell("debug", "Shop/Web", "--yes", "--", "sh", "-c", "id")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        f"Shop/Web: starting copy {TASK}",
        f"removed task {TASK}",
        "removed task definition web-debug:1",
    ]
    (registered,) = script.asked("ecs.register_task_definition")
    app, other = registered["containerDefinitions"]
    assert app["readonlyRootFilesystem"] is False
    assert (app["entryPoint"], app["command"]) == (["sh", "-c"], ["sleep 3600"])
    assert app["linuxParameters"] == {"initProcessEnabled": True}
    assert app["healthCheck"] == {"command": ["CMD-SHELL", "exit 0"]}
    assert other == proxy, "others stay as they are"
    assert registered["family"] == "web-debug"
    assert registered["taskRoleArn"] == oneoff.ROLE
    assert registered["tags"] == [{"key": "component", "value": "Shop/Web"}, {"key": "purpose", "value": "debug"}]
    assert {"revision", "status", "taskDefinitionArn", "registeredBy"}.isdisjoint(registered)
    (started,) = script.asked("ecs.run_task")
    assert (started["taskDefinition"], started["enableExecuteCommand"]) == (COPY, True)
    assert started["networkConfiguration"] == oneoff.NETWORK
    assert "overrides" not in started
    assert script.asked("ecs.execute_command")[0]["command"] == "sh -c id"
    assert plugin.ran
    assert order(script) == [
        "ecs.register_task_definition",
        "ecs.run_task",
        "ecs.stop_task",
        "ecs.deregister_task_definition",
    ]


def test_every_part_of_a_task_definition_is_registered_but_what_ecs_says_by_itself():
    from cdk_containers.operate.debug_copy import _READ_ONLY_PARTS  # noqa: PLC0415

    ecs = Session().get_service_model("ecs")
    told = set(ecs.shape_for("TaskDefinition").members)
    assert told - set(ecs.shape_for("RegisterTaskDefinitionRequest").members) == set(_READ_ONLY_PARTS)


def test_a_copy_as_it_is_runs_its_own_command(shell: Shell, aws: Aws):
    own = container(readonlyRootFilesystem=True, healthCheck={"command": ["CMD", "x"]}, command=["serve"])
    script = aws(copying(definition(own)))
    assert shell("debug", "Shop/Web", "--yes", "--as-is").code == 0
    (app,) = script.asked("ecs.register_task_definition")[0]["containerDefinitions"]
    assert (app["command"], app["healthCheck"]["command"]) == (["serve"], ["CMD", "x"])
    assert (app["readonlyRootFilesystem"], "entryPoint" in app) == (False, False)


def test_it_asks_first(shell: Shell, aws: Aws, monkeypatch: pytest.MonkeyPatch):
    script = aws(copying())
    ran = shell("debug", "Shop/Web")
    assert (ran.code, "There is no terminal to answer on" in ran.err) == (2, True)
    monkeypatch.setattr("sys.stdin", Person("n\n"))
    ran = shell("debug", "Shop/Web")
    assert (ran.code, f"Start a copy of Shop/Web (dev, {ACCOUNT}, {REGION})?" in ran.err) == (2, True)
    assert order(script) == []
    monkeypatch.setattr("sys.stdin", Person("y\n"))
    assert shell("debug", "Shop/Web").code == 0
    assert order(script)


def test_a_role_without_the_channels_is_refused_or_given_them_meanwhile(shell: Shell, aws: Aws):
    logs = {"cloudWatchLogGroupName": "/exec", "s3BucketName": "audit"}
    told = {"executeCommandConfiguration": {"kmsKeyId": "k-1", "logging": "OVERRIDE", "logConfiguration": logs}}
    clusters = {"ecs.describe_clusters": {"clusters": [{"configuration": told}]}}
    script = aws(copying(allowed("implicitDeny"), clusters))
    ran = shell("debug", "Shop/Web", "--yes")
    assert (ran.code, "task role WebTask has no permission to open the channels" in ran.err, "--grant" in ran.err) == (
        4,
        True,
        True,
    )
    assert order(script) == []
    ran = shell("debug", "Shop/Web", "--yes", "--grant")
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "removed policy cdk-containers-debug of role WebTask")
    (put,) = script.asked("iam.put_role_policy")
    assert script.asked("iam.delete_role_policy") == [{"RoleName": "WebTask", "PolicyName": "cdk-containers-debug"}]
    statements = json.loads(put["PolicyDocument"])["Statement"]
    assert {it["Resource"] for it in statements} == {
        "*",
        f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k-1",
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/exec:*",
        "arn:aws:s3:::audit",
        "arn:aws:s3:::audit/*",
    }
    assert sorted(statements[0]["Action"]) == [
        f"ssmmessages:{it}Channel" for it in ("CreateControl", "CreateData", "OpenControl", "OpenData")
    ]
    script = aws(copying())
    assert shell("debug", "Shop/Web", "--yes", "--grant").code == 0
    assert "iam.put_role_policy" not in script.names, "a role that may is left alone"
    aws(copying({"iam.simulate_principal_policy": Error("AccessDenied", "no")}))
    assert shell("debug", "Shop/Web", "--yes").code == 0, "who may not ask tries"
    aws(copying(definition(container(), taskRoleArn="")))
    ran = shell("debug", "Shop/Web", "--yes", "--grant")
    assert (ran.code, "has no task role" in ran.err) == (4, True)


FAILED = ended(None, "CannotPullContainerError: not found")
TROUBLE: list[tuple[dict[str, Any], int, str]] = [
    (described(task("PENDING"), FAILED), 1, f"copy {TASK} stopped: CannotPullContainerError: not found"),
    (described(task(agent="PENDING")), 5, f"copy {TASK} still accepts no session after 180 seconds"),
    (described(task(agent="STOPPED")), 1, "the ECS Exec agent does not run in container app: STOPPED"),
    ({"ecs.execute_command": Error("AccessDeniedException", "no")}, 4, "access denied: ecs:ExecuteCommand"),
]


@pytest.mark.parametrize("trouble", TROUBLE)
def test_nothing_is_left_when_it_fails(
    shell: Shell, aws: Aws, plugin: Plugin, trouble: tuple[dict[str, Any], int, str]
):
    told, code, problem = trouble
    script = aws(copying(told))
    ran = shell("debug", "Shop/Web", "--yes")
    assert (ran.code, problem in ran.err) == (code, True), ran.err
    assert script.names >= REMOVED
    assert not plugin.ran


def test_nothing_is_left_when_it_cannot_start_or_is_interrupted(
    shell: Shell, aws: Aws, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
):
    failure = {"reason": "RESOURCE:CPU"}
    script = aws(copying(allowed("implicitDeny"), {"ecs.run_task": {"tasks": [], "failures": [failure]}}))
    assert shell("debug", "Shop/Web", "--yes", "--grant").code == 1
    assert script.names >= {"ecs.deregister_task_definition", "iam.delete_role_policy"}
    assert "ecs.stop_task" not in script.names

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", interrupt)
    script = aws(copying())
    assert shell("debug", "Shop/Web", "--yes").code == 130
    assert script.names >= REMOVED


def test_what_cannot_be_removed_is_said_and_the_rest_is_removed(shell: Shell, aws: Aws):
    script = aws(copying({"ecs.stop_task": Error("AccessDeniedException", "no")}))
    ran = shell("debug", "Shop/Web", "--yes")
    assert f"could not remove task {TASK}: ecs:StopTask: access denied; remove it yourself" in ran.err
    assert "removed task definition web-debug:1" in ran.err
    assert "ecs.deregister_task_definition" in script.names
