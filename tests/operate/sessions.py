"""Record the sessions of docs/operating.md: the commands are run, and AWS answers by the scripts of the tests.

Usage: python -m tests.operate.sessions

What stands between `<!-- recorded: NAME -->` and `<!-- end -->` is the session of that name.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.cli.main import main as cdk_containers
from tests.operate import shop, stories
from tests.operate.script import NOW, FakeClock, play, sign_in
from tests.operate.sessions_of_tasks import SESSIONS_OF_TASKS, prepare
from tests.operate.test_acting import waiting
from tests.operate.test_status import job, rolling_out

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
_MARKED = re.compile(r"(<!-- recorded: (\S+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_LOG = {
    "logs.filter_log_events": {
        "events": [stories.line(-40, "GET /cart 200"), stories.line(-2, "GET /cart 500", "d4e5f6")]
    }
}
_YESTERDAY = NOW - timedelta(hours=20)
_GONE = shop.stopped_task("9f8e7d", startedAt=_YESTERDAY, stoppedAt=_YESTERDAY, **shop.OUT_OF_MEMORY)

Scene = tuple[Mapping[str, Any], Sequence[str]]
SESSIONS: Mapping[str, Scene] = {
    "list": (
        shop.steady(
            {"ecs.describe_services": {"services": [shop.ecs_service(), shop.ecs_service("Orders", runningCount=1)]}}
        ),
        ["list"],
    ),
    "status": (shop.steady(), ["status", "Shop/Web"]),
    "canary": (rolling_out(), ["status", "Shop/Web"]),
    "job": (job(**shop.tasks([shop.stopped_task("run1", group="family:nightly")])), ["status", "Shop/Nightly"]),
    "rollout": (shop.steady(shop.deployed(*stories.CANARY)), ["rollout", "Shop/Web"]),
    "rollback-seen": (shop.steady(shop.deployed(*stories.FAILED_CANARY)), ["rollout", "Shop/Web"]),
    "waits": (waiting(), ["rollout", "Shop/Web"]),
    "continue": (waiting(), ["continue", "Shop/Web", "--yes"]),
    "rollback": (waiting(), ["rollback", "Shop/Web", "--yes"]),
    "nothing-runs": (
        shop.steady({"ecs.list_service_deployments": {"serviceDeployments": []}}),
        ["rollback", "Shop/Web", "--yes"],
    ),
    "why": (
        shop.steady(
            shop.tasks([shop.stopped_task(f"oom{number}", **shop.OUT_OF_MEMORY) for number in range(3)]),
            stories.definition(),
            stories.LAST_LINES,
        ),
        ["why", "Shop/Web"],
    ),
    "yesterday": (
        shop.steady(
            stories.stored(stories.task_event(_YESTERDAY, _GONE)),
            stories.definition(),
            {"logs.get_log_events": {"events": []}},
        ),
        ["why", "Shop/Web", "--since", "1d"],
    ),
    "logs": (shop.steady(stories.definition(), _LOG), ["logs", "Shop/Web", "--since", "5m"]),
    "events": (
        shop.steady(
            stories.stored(
                stories.deployment_event(NOW - timedelta(hours=1), "SERVICE_DEPLOYMENT_FAILED", "tasks failed to start")
            ),
            {"ecs.describe_services": {"services": [shop.ecs_service(events=[stories.NO_PLACE])]}},
        ),
        ["events", "Shop/Web"],
    ),
    "scale": (waiting(), ["scale", "Shop/Web", "5", "--yes"]),
    "ambiguous": (shop.steady(), ["status", "Web"]),
    "denied": (
        shop.steady({"ecs.describe_services": stories.DENIED}),
        ["status", "dev-application/Shop/Web"],
    ),
    "policy": ({}, ["policy", "continue"]),
    **SESSIONS_OF_TASKS,
}
"""What AWS says, and the command."""


def record(name: str) -> str:
    """Run the command of a session, and return what a shell would show, with the exit code where it is not 0."""
    told, arguments = SESSIONS[name]
    shown = io.StringIO()
    random.seed(name)
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(shown),
        contextlib.redirect_stderr(shown),
    ):
        stacks = {it: shop.stack(name=it, environment=it[:3]) for it in ("dev-application", "prd-application")}
        shop.assembly(Path("cdk.out"), stacks if name == "ambiguous" else None)
        prepare(patch, name)
        sign_in(patch, FakeClock())
        play(patch, told)
        code = cdk_containers(arguments)
    text = f"$ cdk-containers {shlex.join(arguments)}\n{shown.getvalue().rstrip()}\n"
    return text + (f"$ echo $?\n{code}\n" if code else "")


def recorded(text: str) -> str:
    """Return a page with its sessions recorded anew."""
    return _MARKED.sub(lambda it: f"{it[1]}```console\n{record(it[2])}```\n{it[4]}", text)


def sessions_of(text: str) -> set[str]:
    """Return the names of the sessions that a page has."""
    return {it[2] for it in _MARKED.finditer(text)}


if __name__ == "__main__":
    PAGE.write_text(recorded(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
