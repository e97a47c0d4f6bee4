"""The sessions of docs/operating.md in which tasks start, shells open, and deployments are verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.cli.operating import forward
from tests.operate import needed, oneoff

Scene = tuple[Mapping[str, Any], Sequence[str]]
OUT_OF_MEMORY = [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]
SESSIONS_OF_TASKS: Mapping[str, Scene] = {
    "run": (
        oneoff.one_off(oneoff.log(["Applying shop.0042_prices... OK"])),
        ["run", "Shop/Web", "--", "python", "manage.py", "migrate"],
    ),
    "run-failed": (
        oneoff.one_off(
            oneoff.described(oneoff.ended(137, containers=OUT_OF_MEMORY)), oneoff.log(["reading the orders"])
        ),
        ["run", "Shop/Web", "--exit-code", "--", "python", "manage.py", "report"],
    ),
    "exec-refused": (oneoff.session(oneoff.definition()), ["exec", "Shop/Web"]),
    "debug": (oneoff.copying(), ["debug", "Shop/Web", "--yes"]),
    "debug-refused": (oneoff.copying(oneoff.allowed("implicitDeny")), ["debug", "Shop/Web", "--yes"]),
    "exec": (oneoff.session(), ["exec", "Shop/Web", "--", "ls", "-l", "/data"]),
    "forward": (oneoff.session(), ["forward", "Shop/Web", "db.shop.internal:5432:15432"]),
    "verify": (
        needed.told(needed.index("amd64"), {"secretsmanager.describe_secret": needed.GONE}),
        ["verify"],
    ),
}
"""What AWS says, and the command."""


def prepare(patch: pytest.MonkeyPatch, name: str) -> None:
    """Put the stand-in for the plugin on the PATH, and write the assembly of a session that is not the shop's."""
    patch.setenv("PATH", oneoff.Plugin(Path("bin")).path)
    patch.setattr(forward, "_check_local", lambda _: None)  # whatever runs on this machine
    if name == "verify":
        resources = {"Web": needed.task(secret=f"{needed.SECRET}:password::"), "Https": needed.listener()}
        needed.assembly(Path(), {**resources, **needed.cluster()})
