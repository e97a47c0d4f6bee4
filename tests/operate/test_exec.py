"""`exec` and `forward`: a session in a running task, and every reason why there is none, with the way out."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.operate.sessions import Way, read_way
from tests.cli.command import Shell
from tests.operate import oneoff, shop
from tests.operate.oneoff import TASK, Plugin, container, definition, free_port, session, task
from tests.operate.script import ACCOUNT, NOW, REGION, Error, Script, Told

Aws = Callable[[Told], Script]


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    made = Plugin(tmp_path / "bin")
    monkeypatch.setenv("PATH", made.path)
    return made


def test_a_command_runs_in_the_task_that_started_last(shell: Shell, aws: Aws, plugin: Plugin):
    older = task(id_="01d", startedAt=NOW - timedelta(hours=1))
    script = aws(session(shop.tasks(running=[older, task(), task("PENDING", "beef")])))
    ran = shell("exec", "Shop/Web", "--", "ls", "-l", "my files")
    assert (ran.code, ran.err) == (0, f"Shop/Web (dev, {ACCOUNT}, {REGION}): container app of task {TASK}\n")
    assert script.asked("ecs.execute_command") == [
        {"cluster": shop.CLUSTER, "task": TASK, "container": "app", "command": "ls -l 'my files'", "interactive": True}
    ]
    variable, region, verb, profile, request, url = plugin.arguments
    assert (region, verb, profile, url) == (REGION, "StartSession", "", f"https://ssm.{REGION}.amazonaws.com")
    assert json.loads(request) == {"Target": f"ecs:{shop.CLUSTER}_{TASK}_{TASK}-1"}
    assert variable == "AWS_SSM_START_SESSION_RESPONSE"
    assert "secret" not in " ".join(plugin.arguments), "the token is in no list of processes"
    assert plugin.session == {"SessionId": "s-1", "TokenValue": "secret", "StreamUrl": "wss://x"}
    assert shell("exec", "Shop/Web", "--task", older["taskArn"]).code == 0
    asked = script.asked("ecs.execute_command")[-1]
    assert (asked["task"], asked["command"]) == ("01d", "/bin/sh")


def test_an_old_plugin_takes_the_session_as_an_argument(
    shell: Shell, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    old = Plugin(tmp_path / "old", version="1.2.497.0", code=255)
    monkeypatch.setenv("PATH", old.path)
    aws(session())
    assert shell("exec", "Shop/Web").code == 1
    assert json.loads(old.arguments[0])["TokenValue"] == "secret"


@pytest.mark.parametrize(
    "line", [("exec", "Shop/Web"), ("debug", "Shop/Web", "--yes"), ("forward", "Shop/Web", "8080")]
)
def test_without_the_plugin_it_says_how_to_install_it_before_any_call(
    shell: Shell, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...]
):
    script = aws(oneoff.copying())
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = shell(*line)
    assert (ran.code, "session-manager-plugin is not on the PATH" in ran.err) == (2, True)
    assert "install it: https://docs.aws.amazon.com/" in ran.err
    assert script.calls == []
    ran = shell(*line, "--json")
    assert json.loads(ran.err)["exit_code"] == 2
    ran = shell(*line, "--read-only")
    assert (ran.code, f"{line[0]} changes deployed resources" in ran.err) == (2, True)


READ_ONLY = definition(container(readonlyRootFilesystem=True))
NO_EXEC = shop.tasks(running=[task(exec_=False)])
NO_AGENT = shop.tasks(running=[task(agent="STOPPED")])
Refusal = tuple[Mapping[str, Any], int, str, str]
REFUSALS: list[Refusal] = [
    (READ_ONLY, 2, "root file system of container app is read-only", "`cdk-containers debug Shop/Web` starts a copy"),
    (NO_EXEC, 2, f"ECS Exec is off in task {TASK}", "enable_execute_command=True"),
    (NO_EXEC, 2, f"ECS Exec is off in task {TASK}", "`cdk-containers debug Shop/Web` starts a copy"),
    (NO_AGENT, 1, "the ECS Exec agent does not run in container app: STOPPED", "ssmmessages:CreateControlChannel"),
    (shop.tasks(), 1, "no task of Shop/Web is running", "`cdk-containers why Shop/Web` shows why"),
]


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("line", [("exec", "Shop/Web"), ("forward", "Shop/Web", "db:5432")])
def test_where_no_session_is_possible_it_says_so_with_a_way_out(
    shell: Shell, aws: Aws, plugin: Plugin, line: tuple[str, ...], refusal: Refusal
):
    told, code, problem, way = refusal
    script = aws(session(told))
    ran = shell(*line)
    assert (ran.code, problem in ran.err, way in ran.err) == (code, True, True), ran.err
    assert script.names.isdisjoint({"ecs.execute_command", "ssm.start_session"})
    assert not plugin.ran


def test_a_task_that_is_gone(shell: Shell, aws: Aws, plugin: Plugin):
    script = aws(session())
    ran = shell("exec", "Shop/Web", "--task", "dead")
    assert (ran.code, "task dead of Shop/Web is not running" in ran.err, f"running: {TASK}" in ran.err) == (
        3,
        True,
        True,
    )
    script.told["ecs.execute_command"] = Error("TargetNotConnectedException", "The execute command failed")
    assert shell("exec", "Shop/Web").code == 1
    script.told["ecs.execute_command"] = Error("AccessDeniedException", "not authorized")
    ran = shell("exec", "Shop/Web")
    assert (ran.code, "access denied: ecs:ExecuteCommand" in ran.err) == (4, True)
    ran = shell("exec", "Shop/Web", "--container", "proxy")
    assert (ran.code, "its containers: app" in ran.err) == (3, True)
    assert not plugin.ran


def test_a_session_goes_through_a_copy_too_and_through_no_task_of_others(shell: Shell, aws: Aws):
    """A copy has its own task definition, in which the root can be written to."""
    copy = task(id_="c0b1", taskDefinitionArn=oneoff.COPY)
    own = shop.task_definition_arn("web")
    both = {own: READ_ONLY, oneoff.COPY: definition(container())}
    script = aws(session(shop.tasks(running=[copy])))
    script.told["ecs.describe_task_definition"] = lambda asked: both[asked["taskDefinition"]][
        "ecs.describe_task_definition"
    ]
    ran = shell("forward", "Shop/Web", f"db:5432:{free_port()}", "--task", "c0b1")
    assert (ran.code, script.asked("ssm.start_session")[0]["Target"].split("_")[1]) == (0, "c0b1"), ran.err
    script.told.update(shop.tasks(running=[task(id_="0dd", taskDefinitionArn=shop.task_definition_arn("orders"))]))
    ran = shell("exec", "Shop/Web", "--task", "0dd")
    assert (ran.code, "no task of Shop/Web is running" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("8080", Way(host="", port=8080, local=8080)),
        ("8080:9090", Way(host="", port=8080, local=9090)),
        ("db.internal:5432", Way(host="db.internal", port=5432, local=5432)),
        ("10.0.0.1:5432:15432", Way(host="10.0.0.1", port=5432, local=15432)),
        ("[fd00::1]:5432", Way(host="fd00::1", port=5432, local=5432)),
    ],
)
def test_ways_are_read(text: str, way: Way):
    assert read_way(text) == way


@pytest.mark.parametrize("text", ["", "db", ":5432", "db:", "0", "65536", "db:1:2:3", "1:2:3", "db:x", "[]:1", "8080:"])
def test_other_ways_are_refused(shell: Shell, aws: Aws, text: str):
    aws(session())
    ran = shell("forward", "Shop/Web", "--", text) if text.startswith("-") else shell("forward", "Shop/Web", text)
    assert (ran.code, "is not [HOST:]PORT[:LOCAL]" in ran.err) == (2, True)


def test_a_port_leads_through_the_task_to_a_database(shell: Shell, aws: Aws, plugin: Plugin):
    script = aws(session())
    port = free_port()
    ran = shell("forward", "Shop/Web", f"db.internal:5432:{port}")
    assert (ran.code, f"127.0.0.1:{port} -> db.internal:5432 through task {TASK}" in ran.err) == (0, True)
    asked = {
        "Target": f"ecs:{shop.CLUSTER}_{TASK}_{TASK}-1",
        "DocumentName": "AWS-StartPortForwardingSessionToRemoteHost",
        "Parameters": {"portNumber": ["5432"], "localPortNumber": [str(port)], "host": ["db.internal"]},
    }
    assert script.asked("ssm.start_session") == [asked]
    assert json.loads(plugin.arguments[4]) == asked
    assert plugin.session["TokenValue"] == "secret"
    assert shell("forward", "Shop/Web", f"8080:{port}").code == 0
    asked = script.asked("ssm.start_session")[-1]
    assert asked["DocumentName"] == "AWS-StartPortForwardingSession"
    assert "host" not in asked["Parameters"]


def test_a_port_of_this_machine_that_is_taken(shell: Shell, aws: Aws):
    script = aws(session())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = shell("forward", "Shop/Web", f"db:5432:{port}")
    assert (ran.code, f"port {port} of this machine cannot be used" in ran.err, "such as db:5432:" in ran.err) == (
        2,
        True,
        True,
    )
    assert script.calls == []
