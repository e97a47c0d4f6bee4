"""`run`: a one-off task, where the service or the job has its own, started once, and followed to its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from tests.cli.command import Shell
from tests.operate import oneoff, shop
from tests.operate.oneoff import TASK, described, ended, log, one_off, task, web
from tests.operate.script import ACCOUNT, REGION, Error, FakeClock, Script, Told
from tests.operate.test_acting import Person

Aws = Callable[[Told], Script]
MIGRATE = ("--", "python", "manage.py", "migrate", "--noinput")


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def test_it_runs_where_the_service_does_and_ends_as_it_did(shell: Shell, aws: Aws, clock: FakeClock):
    script = aws(one_off(log(["migrating"], ["done"])))
    ran = shell("run", "Shop/Web", "--env", "MODE=full", *MIGRATE)
    assert (ran.code, ran.out) == (0, "migrating\ndone\n")
    assert ran.err.splitlines() == [f"Shop/Web: task {TASK} starts", f"Shop/Web: app of task {TASK} ended with 0"]
    (asked,) = script.asked("ecs.run_task")
    assert asked.pop("clientToken"), "botocore tries again, and starts no second one"
    assert asked == {
        "cluster": shop.CLUSTER,
        "taskDefinition": shop.task_definition_arn("web"),
        "count": 1,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        "networkConfiguration": oneoff.NETWORK,
        "platformVersion": "LATEST",
        "propagateTags": "TASK_DEFINITION",
        "startedBy": "cdk-containers/jo-example-com",
        "overrides": {
            "containerOverrides": [
                {
                    "name": "app",
                    "command": ["python", "manage.py", "migrate", "--noinput"],
                    "environment": [{"name": "MODE", "value": "full"}],
                }
            ]
        },
    }
    assert script.asked("logs.get_log_events")[0]["logStreamName"] == f"app/app/{TASK}"
    assert clock.slept, "it waits by the clock"


@pytest.mark.parametrize(("options", "code"), [((), 1), (("--exit-code",), 42)])
def test_the_exit_code_is_passed_on_where_it_is_wanted(shell: Shell, aws: Aws, options: tuple[str, ...], code: int):
    aws(one_off(described(ended(42))))
    ran = shell("run", "Shop/Web", *options, *MIGRATE)
    assert ran.code == code
    assert f"app of task {TASK} ended with 42: Essential container in task exited" in ran.err
    assert "likely: the application exited with an error" in ran.err


def test_a_task_that_never_ran_says_why(shell: Shell, aws: Aws):
    told = described(ended(None, "CannotPullContainerError: pull image manifest has been retried 1 time(s): not found"))
    aws(one_off(told))
    for options in ((), ("--exit-code",)):
        ran = shell("run", "Shop/Web", *options, *MIGRATE)
        assert (ran.code, "did not run: CannotPullContainerError" in ran.err, "likely: " in ran.err) == (1, True, True)


@pytest.mark.parametrize(
    ("reason", "way"),
    [("RESOURCE:MEMORY", "no instance of the cluster has room"), ("Capacity is unavailable at this time", "Spot")],
)
def test_an_answer_without_a_task_is_a_failure_with_a_way_out(shell: Shell, aws: Aws, reason: str, way: str):
    failure = {"arn": oneoff.CLUSTER, "reason": reason, "detail": "x"}
    script = aws(one_off({"ecs.run_task": {"tasks": [], "failures": [failure, failure]}}))
    ran = shell("run", "Shop/Web", *MIGRATE)
    assert (ran.code, ran.err.count(reason), way in ran.err) == (1, 1, True)
    assert "ecs.describe_tasks" not in script.names


def test_a_token_makes_a_second_start_the_same_task(shell: Shell, aws: Aws):
    script = aws(one_off())
    for _ in range(2):
        assert shell("run", "Shop/Web", "--detach", "--token", "ci-118", *MIGRATE).out == f"{TASK}\n"
    assert [it["clientToken"] for it in script.asked("ecs.run_task")] == ["ci-118"] * 2
    assert shell("run", "Shop/Web", "--detach", "--json", *MIGRATE).data == {
        "name": "Shop/Web",
        "cluster": shop.CLUSTER,
        "task": TASK,
        "container": "app",
    }
    for token in ("", "x" * 65, "ü"):
        ran = shell("run", "Shop/Web", "--token", token, *MIGRATE)
        assert (ran.code, "a token has 1 to 64 ASCII characters" in ran.err) == (2, True)


def test_json_is_a_line_for_each_line_and_one_for_the_end(shell: Shell, aws: Aws):
    aws(one_off(described(ended(137, containers=[{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: x"}]))))
    lines = [json.loads(it) for it in shell("run", "Shop/Web", "--json", *MIGRATE).out.splitlines()]
    assert [it.get("message") for it in lines] == ["migrating", "done", None]
    assert (lines[-1]["exit_code"], lines[-1]["task"]) == (137, TASK)
    assert lines[-1]["causes"][0]["cause"] == "out-of-memory"


def test_a_service_alone_is_refused_and_a_wrong_setting_too(shell: Shell, aws: Aws):
    script = aws(one_off())
    ran = shell("run", "Shop/Web")
    assert (ran.code, "Shop/Web is a service" in ran.err, "run Shop/Web -- COMMAND`" in ran.err) == (2, True, True)
    ran = shell("run", "Shop/Web", "--env", "MODE", *MIGRATE)
    assert (ran.code, "'MODE' is not NAME=VALUE" in ran.err) == (2, True)
    ran = shell("run", "Shop/Web", "--container", "proxy", *MIGRATE)
    assert (ran.code, "has no container 'proxy'" in ran.err, "its containers: app" in ran.err) == (3, True, True)
    ran = shell("run", "Shop/Web", "--", "x" * 9000)
    assert (ran.code, "exceed 8192 characters" in ran.err) == (2, True)
    ran = shell("run", "Shop/Web", "--read-only", *MIGRATE)
    assert (ran.code, "run changes deployed resources" in ran.err) == (2, True)
    assert "ecs.run_task" not in script.names
    assert shell("run", "Shop/Web", *MIGRATE).code == 0


# ---- the end of waiting


def interrupted(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", interrupt)


def test_ctrl_c_stops_the_task_only_after_a_yes(
    shell: Shell, aws: Aws, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
):
    script = aws(one_off(described(task())))
    interrupted(monkeypatch, clock)
    ran = shell("run", "Shop/Web", *MIGRATE)
    assert (ran.code, f"task {TASK} keeps running; `aws ecs stop-task --cluster shop-cluster" in ran.err) == (130, True)
    monkeypatch.setattr("sys.stdin", Person("n\n"))
    assert shell("run", "Shop/Web", *MIGRATE).code == 130
    assert "ecs.stop_task" not in script.names
    monkeypatch.setattr("sys.stdin", Person("y\n"))
    ran = shell("run", "Shop/Web", *MIGRATE)
    assert (ran.code, f"Stop task {TASK} of Shop/Web (dev, {ACCOUNT}, {REGION})?" in ran.err) == (130, True)
    (asked,) = script.asked("ecs.stop_task")
    assert (asked["task"], asked["reason"]) == (TASK, "cdk-containers/jo-example-com interrupted it")


def test_after_the_time_it_goes_on_without_us(shell: Shell, aws: Aws):
    script = aws(one_off(described(task()), log()))
    ran = shell("run", "Shop/Web", "--timeout", "2m", *MIGRATE)
    assert (ran.code, f"task {TASK} is still running after 2:00" in ran.err) == (5, True)
    assert "ecs.stop_task" not in script.names


def test_a_task_that_is_gone_and_calls_that_are_too_many(shell: Shell, aws: Aws):
    script = aws(one_off({"ecs.describe_tasks": {"tasks": []}}, log()))
    ran = shell("run", "Shop/Web", *MIGRATE)
    assert (ran.code, f"ECS no longer has task {TASK}" in ran.err) == (3, True)
    throttled = Error("ThrottlingException", "Rate exceeded")
    aws(one_off({"ecs.describe_tasks": [{"tasks": [task()]}, throttled, {"tasks": [ended()]}]}))
    assert shell("run", "Shop/Web", *MIGRATE).code == 0
    aws(one_off({"ecs.describe_tasks": [{"tasks": [task()]}, Error("ExpiredTokenException", "expired")]}))
    assert shell("run", "Shop/Web", *MIGRATE).code == 4
    del script


def test_a_log_that_is_not_there_yet_and_lines_that_are_late(shell: Shell, aws: Aws):
    missing = Error("ResourceNotFoundException", "The specified log stream does not exist.")
    late = log(["first"], ["late"])["logs.get_log_events"]
    aws(
        one_off(
            described(task(), ended()),
            {"logs.get_log_events": [missing, late[0], {"events": []}, late[1], {"events": []}]},
        )
    )
    assert shell("run", "Shop/Web", *MIGRATE).out == "first\nlate\n"
    firelens = oneoff.container(logConfiguration={"logDriver": "awsfirelens"})
    script = aws(one_off(oneoff.definition(firelens)))
    ran = shell("run", "Shop/Web", *MIGRATE)
    assert (ran.code, ran.out, "app does not write to CloudWatch Logs" in ran.err) == (0, "", True)
    assert "logs.get_log_events" not in script.names


# ---- where the network of a task comes from


def started(shell: Shell, script: Script, *line: str) -> dict[str, Any]:
    assert shell("run", "--detach", *line).code == 0
    return dict(script.asked("ecs.run_task")[-1])


def test_a_service_says_its_network_by_itself_or_by_its_task_set(shell: Shell, aws: Aws):
    sets = [
        {"status": "ACTIVE", "launchType": "EC2"},
        {
            "status": "PRIMARY",
            "launchType": "FARGATE",
            "networkConfiguration": oneoff.NETWORK,
            "taskDefinition": shop.task_definition_arn("web", 40),
        },
    ]
    bare = {"networkConfiguration": None, "capacityProviderStrategy": [], "propagateTags": "NONE"}
    service = {
        key: it for key, it in web(taskSets=sets)["ecs.describe_services"]["services"][0].items() if key not in bare
    }
    script = aws(one_off({"ecs.describe_services": {"services": [service]}}))
    asked = started(shell, script, "Shop/Web", "--token", "x", *MIGRATE[:2])
    assert asked["networkConfiguration"] == oneoff.NETWORK
    assert (asked["launchType"], asked["taskDefinition"]) == ("FARGATE", shop.task_definition_arn("web", 40))
    volume = {"name": "data", "managedEBSVolume": {"roleArn": "r", "sizeInGiB": 10}}
    script = aws(one_off(web(deployments=[{"volumeConfigurations": [volume]}], launchType="FARGATE")))
    asked = started(shell, script, "Shop/Web", *MIGRATE)
    assert asked["volumeConfigurations"] == [volume]
    assert "launchType" not in asked, "a strategy says it already"
    script = aws(one_off(web(propagateTags="SERVICE")))
    assert started(shell, script, "Shop/Web", *MIGRATE)["propagateTags"] == "TASK_DEFINITION", "RunTask refuses SERVICE"


def members(shape: str) -> set[str]:
    return set(Session().get_service_model("ecs").shape_for(shape).members)


def test_what_is_taken_from_a_service_is_what_run_task_takes():
    from cdk_containers.operate.launch import _TAKEN  # noqa: PLC0415

    assert set(_TAKEN) <= members("RunTaskRequest")
    assert members("ServiceManagedEBSVolumeConfiguration") <= members("TaskManagedEBSVolumeConfiguration")


CAMEL = {"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}], "PlatformVersion": "LATEST"}
STATE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::ecs:runTask.sync",
    "Arguments": {
        **CAMEL,
        "Cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs",
        "TaskDefinition": "nightly",
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "DISABLED"}},
        "Overrides": {
            "ContainerOverrides": [
                {
                    "Name": "app",
                    "Environment": [
                        {"Name": "SCHEDULED_TIME", "Value": "{% $states.input.scheduled_time %}"},
                        {"Name": "MODE", "Value": "all"},
                    ],
                }
            ]
        },
    },
}
MACHINE = {
    "stateMachineArn": "x",
    "name": "x",
    "roleArn": "x",
    "type": "STANDARD",
    "creationDate": oneoff.NOW,
    "definition": json.dumps({"States": {"Each": {"ItemProcessor": {"States": {"Run": STATE}}}}}),
}
ECS_PARAMETERS = {
    "TaskDefinitionArn": "x",
    "CapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
    "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "DISABLED"}},
    "EnableECSManagedTags": True,
}
INPUT = {
    "containerOverrides": [
        {"name": "app", "environment": [{"name": "SCHEDULED_TIME", "value": "<aws.scheduler.scheduled-time>"}]}
    ]
}
SCHEDULE = {
    "scheduler.list_schedules": {"Schedules": [{"Name": "nightly-2"}, {"Name": "nightly", "GroupName": "jobs"}]},
    "scheduler.get_schedule": {
        "Target": {
            "Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs",
            "RoleArn": "r",
            "EcsParameters": ECS_PARAMETERS,
            "Input": json.dumps(INPUT),
        }
    },
}
_TEMPLATE = '{"containerOverrides": [{"name": "app", "environment": [{"name": "FILE", "value": <v0>}]}]}'
RULE = {
    "events.list_targets_by_rule": {
        "Targets": [
            {
                "Id": "Job",
                "Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs",
                "EcsParameters": ECS_PARAMETERS,
                "InputTransformer": {"InputTemplate": _TEMPLATE},
            }
        ]
    }
}


def test_a_job_runs_as_its_state_machine_runs_it(shell: Shell, aws: Aws):
    script = aws(one_off({"stepfunctions.describe_state_machine": MACHINE}))
    ran = shell("run", "Shop/Nightly", "--detach")
    assert "SCHEDULED_TIME is not set: the starter of the job sets it" in ran.err
    (asked,) = script.asked("ecs.run_task")
    assert asked["cluster"] == "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"
    assert asked["taskDefinition"] == shop.PHYSICAL["NightlyTask"], "the revision that is deployed"
    assert asked["networkConfiguration"] == {"awsvpcConfiguration": {"subnets": ["s"], "assignPublicIp": "DISABLED"}}
    assert asked["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "weight": 1}]
    assert asked["overrides"]["containerOverrides"] == [
        {"name": "app", "environment": [{"name": "MODE", "value": "all"}]}
    ]
    ran = shell("run", "Shop/Nightly", "--detach", "--env", "SCHEDULED_TIME=now", "--", "report")
    assert "is not set" not in ran.err
    override = script.asked("ecs.run_task")[-1]["overrides"]["containerOverrides"][0]
    assert override["environment"][-1] == {"name": "SCHEDULED_TIME", "value": "now"}
    assert override["command"] == ["report"]


@pytest.mark.parametrize(("starter", "missing"), [(SCHEDULE, "SCHEDULED_TIME"), (RULE, "FILE")])
def test_a_job_without_a_state_machine_runs_as_its_schedule_or_rule_runs_it(
    shell: Shell, aws: Aws, tmp_path: Path, starter: dict[str, Any], missing: str
):
    resources = shop.stack()
    del resources["NightlyMachine"]
    if starter is RULE:
        resources["NightlySchedule"]["Type"] = "AWS::Events::Rule"
    shop.assembly(tmp_path / "cdk.out", {shop.STACK: resources})
    script = aws(one_off(starter))
    ran = shell("run", "Shop/Nightly", "--detach")
    assert (ran.code, f"{missing} is not set" in ran.err) == (0, True)
    (asked,) = script.asked("ecs.run_task")
    assert asked["networkConfiguration"] == {"awsvpcConfiguration": {"subnets": ["s"], "assignPublicIp": "DISABLED"}}
    assert (asked["enableECSManagedTags"], asked["cluster"].rpartition("/")[2]) == (True, "jobs")
    if starter is SCHEDULE:
        assert script.asked("scheduler.get_schedule") == [{"Name": "nightly", "GroupName": "jobs"}]


def test_a_job_of_which_only_tags_are_known_has_no_network(shell: Shell, aws: Aws):
    aws(
        one_off(
            {"stepfunctions.describe_state_machine": {**MACHINE, "definition": "{"}},
            {"scheduler.list_schedules": {"Schedules": []}},
        )
    )
    ran = shell("run", "Shop/Nightly")
    assert (ran.code, "cannot tell where Shop/Nightly runs" in ran.err, "--app or --stack" in ran.err) == (
        2,
        True,
        True,
    )


# ---- the word `local`


def test_local_is_another_command(shell: Shell, aws: Aws, capsys: pytest.CaptureFixture[str]):
    script = aws(one_off())
    with pytest.raises(SystemExit) as end:
        shell("run", "local", "--help")
    assert (end.value.code, "--emulator" in capsys.readouterr().out) == (0, True)
    with pytest.raises(SystemExit):
        shell("run", "--help")
    text = capsys.readouterr().out
    assert "cdk-containers run NAME [options] [-- COMMAND ...]" in text
    assert "run local STACK[/SERVICE]" in text
    assert script.calls == []
