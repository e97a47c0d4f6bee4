"""A running container: its log, its health and its state."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from cdk_containers.local.planning import ContainerPlan, LocalError, Wait

from .console import Console
from .process import Caller

_GLANCE = 0.1
_LAST_WORDS = 5


class Container:
    """A container.

    Attributes:
        plan: Plan of the container.
        name: Name for the engine.
        source: Name in the output.
        code: Exit code, once it has ended.
        running: Set when it runs or has run.
        ended: Set when it has ended and will not restart.
        healthy: Set while its health check passes.
        settled: Set when it runs and passes its health check, if it has one, or when it has ended.
        unhealthy: Set when its health check has failed as often as its retries allow.
    """

    def __init__(self, plan: ContainerPlan, name: str, source: str, caller: Caller, console: Console) -> None:
        self.plan = plan
        self.name = name
        self.source = source
        self.code: int | None = None
        self.running = asyncio.Event()
        self.ended = asyncio.Event()
        self.healthy = asyncio.Event()
        self.settled = asyncio.Event()
        self.unhealthy = asyncio.Event()
        self._caller = caller
        self._console = console
        self._begun = False
        self._stopping = False
        self._watching: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Run it until it has ended for good."""
        while True:
            began = time.monotonic()
            self.code = await self._once()
            if not self._starts_again(time.monotonic() - began):
                break
            self._console.say(f"exited with code {self.code}; restarting", source=self.source)
        self.healthy.clear()
        self.running.set()
        self.settled.set()
        self.ended.set()

    def _starts_again(self, seconds: float) -> bool:
        policy = self.plan.restart
        if policy is None or self._stopping or self.code in policy.ignored_codes:
            return False
        return seconds >= policy.period

    async def _once(self) -> int:
        self._begun = True
        process = await self._caller.attach(["start", "--attach", self.name])
        self._watching = asyncio.create_task(self._watch())
        assert process.stdout is not None  # noqa: S101  (it was asked for)
        try:
            async for line in process.stdout:
                self._console.line(self.source, line.decode(errors="replace").rstrip("\r\n"))
        except ValueError:
            self._console.say("log line too long to show", source=self.source)
        code = await process.wait()
        await self._look_away()
        if not self.running.is_set():
            await self._look()  # it ended before the first look
        return code

    async def _look_away(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def _watch(self) -> None:
        """Record that it runs, then check its health."""
        while not self.running.is_set():
            await self._look()
            if not self.running.is_set():
                await asyncio.sleep(_GLANCE)
        if self.plan.health is None:
            self.settled.set()
        else:
            await self._look_after()

    async def _look(self) -> None:
        state = await self._caller.call(["inspect", "--format", "{{.State.Status}}", self.name])
        if state.out.strip() in {"running", "exited", "stopped"}:
            self.running.set()
            self._console.say("started", source=self.source)

    async def _look_after(self) -> None:
        """Run the health check at its interval. Some engines do not, and none accepts a list of words as ECS does."""
        check = self.plan.health
        assert check is not None  # noqa: S101  (its caller has looked)
        began = time.monotonic()
        failed = 0
        while True:
            passed = await self._passes(check.command, check.timeout)
            if passed:
                failed = 0
                if not self.healthy.is_set():
                    self._console.say("healthy", source=self.source)
                self.healthy.set()
                self.settled.set()
                self.unhealthy.clear()
            elif time.monotonic() - began > check.start_period or self.healthy.is_set():
                failed += 1
                if failed == check.retries:
                    self._console.say(f"unhealthy: its health check failed {failed} times", source=self.source)
                    self.healthy.clear()
                    self.unhealthy.set()
            await asyncio.sleep(check.interval)

    async def _passes(self, command: tuple[str, ...], seconds: int) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return (await self._caller.call(["exec", self.name, *command])).code == 0
        except TimeoutError:
            return False

    async def reach(self, wait: Wait) -> None:
        """Wait until it meets a condition.

        Raises:
            LocalError: It can no longer meet the condition.
        """
        try:
            async with asyncio.timeout(self.plan.start_timeout):
                await self._reach(wait)
        except TimeoutError:
            raise LocalError(f"{self.source}: not {wait.condition} after {self.plan.start_timeout} s") from None

    async def _reach(self, wait: Wait) -> None:
        if wait.condition == "START":
            await self.running.wait()
        elif wait.condition in {"COMPLETE", "SUCCESS"}:
            await self.ended.wait()
            if wait.condition == "SUCCESS" and self.code != 0:
                raise LocalError(f"{self.source}: exited with code {self.code}, but must succeed first")
        else:
            await first_of(self.healthy, self.unhealthy, self.ended)
            if not self.healthy.is_set():
                how = f"exited with code {self.code}" if self.ended.is_set() else "is unhealthy"
                raise LocalError(f"{self.source}: {how}, but must become healthy first")

    async def stop(self, *, at_once: bool = False) -> None:
        """Stop it with SIGTERM, and with SIGKILL after its timeout."""
        if self.ended.is_set() or not self._begun:
            return
        self._stopping = True
        await self._look_away()
        seconds = 0 if at_once else self.plan.stop_timeout
        await self._caller.call(["stop", "-t", str(seconds), self.name])
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                await self.ended.wait()


async def first_of(*events: asyncio.Event) -> None:
    """Wait for the first of some events."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
