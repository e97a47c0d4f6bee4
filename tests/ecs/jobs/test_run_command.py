"""The command that waits for the end of a run, in a real shell: its `aws` is a script of the test."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from aws_cdk import aws_iam as iam

from cdk_containers import EventJob
from tests.ecs.jobs.making import by_action, on_event, outputs
from tests.toolkit import new_stack, resources, statements, synth

_AWS = """#!/bin/sh
echo "$*" >> "$CALLS"
seen() { grep -c "$1" "$CALLS"; }
case "$*" in
  *run-task*) [ "$OUTCOME" = not-started ] || echo arn:aws:ecs:eu-west-1:111111111111:task/shop/1 ;;
  *describe-tasks*)
    [ "$OUTCOME" = not-started ] && { echo "no such task" >&2; exit 254; }
    case "$*" in
      *lastStatus*) [ "$(seen lastStatus)" -lt 3 ] && echo 1 || echo 0 ;;
      *) echo "$OUTCOME" ;;
    esac ;;
  *start-execution*) echo arn:aws:states:eu-west-1:111111111111:execution:job:1 ;;
  *describe-execution*) [ "$(seen describe-execution)" -lt 3 ] && echo RUNNING || echo "$OUTCOME" ;;
  *) exit 252 ;;
esac
"""


def run(command: str, outcome: str, folder: Path) -> tuple[int, list[str]]:
    """Run a command in a shell that has an `aws` of ours, and no time to sleep."""
    calls = folder / "calls"
    calls.write_text("")
    for name, text in (("aws", _AWS), ("sleep", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for tool in ("sh", "grep"):
        if not (folder / tool).exists():
            (folder / tool).symlink_to(shutil.which(tool) or "")
    environment = {"PATH": str(folder), "CALLS": str(calls), "OUTCOME": outcome}
    shell = shutil.which("sh", path=os.environ["PATH"]) or "sh"
    ended = subprocess.run([shell, "-c", command], env=environment, check=False, capture_output=True)
    return ended.returncode, calls.read_text().splitlines()


def command(**options: object) -> str:
    stack = new_stack()
    on_event(stack, event_pattern=None, **options)
    found = outputs(synth(stack))
    return next(value for name, value in found.items() if "RunCommand" in name)


@pytest.fixture(scope="module")
def task() -> str:
    return command()


@pytest.fixture(scope="module")
def execution() -> str:
    return command(timeout=timedelta(hours=1))


@pytest.mark.parametrize(("outcome", "code"), [("0", 0), ("3", 3), ("137", 137)])
def test_it_ends_with_the_exit_code_of_the_container(task: str, outcome: str, code: int, tmp_path: Path):
    ended, calls = run(task, outcome, tmp_path)
    assert ended == code
    assert calls[0].startswith("ecs run-task")
    assert sum("lastStatus" in call for call in calls) == 3, "it waits until no task runs"


@pytest.mark.parametrize("outcome", ["None", "not-started"])
def test_it_fails_where_no_container_has_an_exit_code(task: str, outcome: str, tmp_path: Path):
    assert run(task, "0", tmp_path)[0] == 0
    assert run(task, outcome, tmp_path)[0] != 0


@pytest.mark.parametrize(("outcome", "ok"), [("SUCCEEDED", True), ("FAILED", False), ("TIMED_OUT", False)])
def test_it_waits_for_an_execution(execution: str, outcome: str, *, ok: bool, tmp_path: Path):
    ended, calls = run(execution, outcome, tmp_path)
    assert (ended == 0) is ok
    assert sum("describe-execution" in call for call in calls) == 3


@pytest.mark.parametrize(("outcome", "ok"), [("3", True), ("2", False), ("0", False)])
def test_all_of_several_tasks_have_to_succeed(outcome: str, *, ok: bool, tmp_path: Path):
    ended, calls = run(command(task_count=3), outcome, tmp_path)
    assert (ended == 0) is ok
    assert "--count 3" in calls[0]


def test_who_may_start_a_run_sees_how_it_ends():
    stack = new_stack()
    someone = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
    on_event(stack, event_pattern=None, timeout=timedelta(hours=1)).grant_start(someone)
    template = synth(stack)
    [machine] = resources(template, "AWS::StepFunctions::StateMachine")
    assert {statement["Action"] for statement in statements(template, "Someone")} == {
        "states:StartExecution",
        "states:DescribeExecution",
    }
    seen = str(by_action(template, "Someone")["states:DescribeExecution"]["Resource"])
    assert ":execution:" in seen
    assert machine in seen


def test_who_may_start_a_task_sees_tasks_of_its_cluster_and_no_others():
    stack = new_stack()
    someone = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
    job: EventJob = on_event(stack, event_pattern=None)
    job.grant_start(someone)
    granted = by_action(synth(stack), "Someone")
    assert "ecs:cluster" in str(granted["ecs:DescribeTasks"]["Condition"])
    assert "ecs:StopTask" not in granted
