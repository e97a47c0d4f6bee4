"""One container while it runs, with a stand-in for the engine."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from cdk_containers.local.running.console import Console
from cdk_containers.local.running.container import Container


class Engine:
    """An engine that answers the first question only after the container has ended."""

    def __init__(self) -> None:
        self._asked = 0

    async def attach(self, _: object) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec("true", stdout=asyncio.subprocess.PIPE)

    async def call(self, _: object) -> object:
        self._asked += 1
        if self._asked == 1:
            await asyncio.Event().wait()
        return SimpleNamespace(out="exited\n")


def test_a_container_that_ends_before_it_was_seen_has_started():
    said: list[str] = []
    plan: Any = SimpleNamespace(restart=None, health=None)
    engine: Any = Engine()
    asyncio.run(Container(plan, "job", "Job", engine, Console(said.append)).run())
    assert said == ["== Job: started"]
