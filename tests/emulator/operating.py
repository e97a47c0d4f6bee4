"""The commands that operate, on what is really deployed to the emulator."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from .cdk_cli import Emulator

WEB = "dev-application/Shop/Web"
LINE = "GET /cart 200"


def operate(emulator: Emulator, folder: Path) -> dict[str, Any]:
    """Return what `list`, `status`, `logs` and `run` say, each as its JSON documents."""
    found = {"list": _run(emulator, "list", "--app", str(folder))}
    found["status"] = _run(emulator, "status", WEB, "--app", str(folder))
    write_line(emulator)
    found["logs"] = _run(emulator, "logs", WEB, "--app", str(folder))
    found["run"] = _run(emulator, "run", "dev-application/Shop/Nightly", "--app", str(folder))
    command = ("--", "python", "-c", "print('done')")
    found["start"] = _run(emulator, "run", WEB, "--detach", "--app", str(folder), *command)
    return found


def write_line(emulator: Emulator) -> None:
    """Write a line as a task would: the emulator runs none."""
    ecs, logs = emulator.client("ecs"), emulator.client("logs")
    (family,) = (it for it in ecs.list_task_definition_families()["families"] if "applicationShopWeb" in it)
    task = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    options = task["containerDefinitions"][0]["logConfiguration"]["options"]
    where = {
        "logGroupName": options["awslogs-group"],
        "logStreamName": f"{options['awslogs-stream-prefix']}/{task['containerDefinitions'][0]['name']}/0123456789",
    }
    logs.create_log_stream(**where)
    logs.put_log_events(**where, logEvents=[{"timestamp": int(time.time() * 1000), "message": LINE}])


def _run(emulator: Emulator, *arguments: str) -> list[dict[str, Any]]:
    code, out, err = emulator.command(arguments[0], "--json", *arguments[1:])
    assert code in (0, 1), err
    return [json.loads(line) for line in out.splitlines()]
