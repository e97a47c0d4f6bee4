"""A run of tasks on this machine, from their images until they end."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from cdk_containers.local.engines import Engine, Published, Run, find_engine, limits
from cdk_containers.local.planning import LocalError, Machine, TaskPlan
from cdk_containers.model.workload import Workload

from .console import Console
from .images import Images
from .options import Options
from .ports import assign
from .pressing import Asked, Presses
from .probing import is_healthy
from .process import Caller
from .stage import Stage
from .task import Prepared, Task, source_of
from .tasks import Cloud, Planned, plan_tasks, plan_workload
from .telling import tell
from .watching import Watch

_GLANCE = 1.0
"""Seconds within which a second signal counts as the first one, forwarded by a parent process."""
_INTERRUPTED = 130


def run_local(options: Options, console: Console) -> int:
    """Run tasks until an essential container exits, all jobs have ended, or you press Ctrl-C.

    Returns:
        The exit code of the container that ended first; for jobs, the first code that is not 0; 130 after Ctrl-C.

    Raises:
        LocalError: All problems that prevent the run.
    """
    return _run(options, console, plan_tasks)


def run_workload(workload: Workload, name: str, options: Options, console: Console, *, is_job: bool = False) -> int:
    """Run a workload in Python, in the same way as `run_local` runs a task.

    Args:
        workload: The workload.
        name: Name for the run.
        options: Options; `app` and `targets` are ignored.
        console: Console for the output.
        is_job: Whether it is a job, which ends.

    Raises:
        LocalError: All problems that prevent the run.
    """
    return _run(options, console, lambda _, __, machine: plan_workload(workload, name, options, machine, is_job=is_job))


def _run(options: Options, console: Console, plan: Callable[[Options, Cloud, Machine], list[Planned]]) -> int:
    engine = find_engine(options.engine)
    cloud = Cloud(options)
    try:
        planned = plan(options, cloud, Machine(cpus=os.cpu_count() or 1, most=limits(engine)))
        ports = assign(planned, options.published)
        hidden = secrets_of([one.plan for one in planned], cloud)
        tell(console, planned, cloud, ports, native=options.native)
        run = LocalRun(options, console, engine=engine, cloud=cloud, planned=planned, ports=ports, hidden=hidden)
        return asyncio.run(run.run())
    finally:
        cloud.close()


def secrets_of(plans: Sequence[TaskPlan], cloud: Cloud) -> dict[str, dict[str, dict[str, str]]]:
    """Return the values of secrets by task and container.

    Raises:
        LocalError: Some secrets cannot be read.
    """
    problems: list[str] = []
    found: dict[str, dict[str, dict[str, str]]] = {}
    for plan in plans:
        for container in plan.containers:
            values = dict(container.given)
            for name, value_from in container.secrets.items():
                try:
                    values[name] = _secret(value_from, cloud)
                except LocalError as error:
                    problems.append(f"{source_of(plan, container)}: secret {name}: {error}; pass --set {name}=VALUE")
            found.setdefault(plan.name, {})[container.name] = values
    if problems:
        raise LocalError(*problems)
    return found


def _secret(value_from: str, cloud: Cloud) -> str:
    if cloud.account is None:
        raise LocalError(f"cannot read {value_from}: {cloud.trouble}")
    return cloud.account.secret(value_from)


class LocalRun:
    """A run.

    Args:
        options: Options of the run.
        console: Console for the output.
        engine: The engine.
        cloud: Your account, or the emulator.
        planned: Tasks in start order.
        ports: Ports of this machine by task.
        hidden: Values of secrets by task and container.
    """

    def __init__(
        self,
        options: Options,
        console: Console,
        *,
        engine: Engine,
        cloud: Cloud,
        planned: Sequence[Planned],
        ports: Mapping[str, Sequence[Published]],
        hidden: Mapping[str, Mapping[str, Mapping[str, str]]],
    ) -> None:
        self._console = console
        self._planned = planned
        self._services = [one.plan.name for one in planned if not one.is_job]
        self._caller = Caller(engine.name)
        self._run = Run(engine=engine, id=f"cdk-containers-{uuid.uuid4().hex[:8]}", limits=limits(engine))
        self._images = Images(
            self._run, self._caller, console, account=cloud.account, builds=options.builds, native=options.native
        )
        self._stage = Stage(
            options, run=self._run, caller=self._caller, cloud=cloud, console=console, ports=ports, hidden=hidden
        )
        self._watch = Watch(options, self._images, console, self._replace) if options.watch else None
        self._prepared: dict[str, Prepared] = {}
        self._tasks: dict[str, Task] = {}
        self._stop = asyncio.Event()
        self._at_once = False

    async def run(self) -> int:
        """Run the tasks, and return the exit code."""
        self._listen_to_signals()
        self._console.expect(*(source_of(one.plan, it) for one in self._planned for it in one.plan.containers))
        if self._watch is not None:
            self._watch.find(self._planned)
        try:
            if not await self._prepare():
                return _INTERRUPTED
            return await self._supervise()
        finally:
            await self._stage.tear_down()

    async def _prepare(self) -> bool:
        """Get images, network and addresses. Return False if you press Ctrl-C meanwhile."""
        stopped = asyncio.create_task(self._stop.wait())
        preparing = asyncio.create_task(self._get_ready())
        await asyncio.wait([stopped, preparing], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if preparing.done():
            preparing.result()
            return not self._stop.is_set()
        preparing.cancel()
        await asyncio.wait([preparing])
        return False

    async def _get_ready(self) -> None:
        images = {one.plan.name: await self._images.of(one.plan) for one in self._planned}
        self._prepared = await self._stage.set_up(self._planned, images)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        presses = Presses()

        def stop() -> None:
            match presses.at(loop.time()):
                case Asked.STOP:
                    self._console.say("stopping; press Ctrl-C again to stop immediately")
                    self._stop.set()
                case Asked.STOP_AT_ONCE:
                    self._console.say("stopping immediately")
                    self._at_once = True

        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows or in another thread
                loop.add_signal_handler(number, stop)

    async def _supervise(self) -> int:
        self._tasks = {name: self._task(prepared) for name, prepared in self._prepared.items()}
        ready = {name: asyncio.Event() for name in self._tasks}
        background = [asyncio.create_task(self._start(one, ready)) for one in self._planned]
        if self._watch is not None:
            background.append(asyncio.create_task(self._watch.run()))
        stopped = asyncio.create_task(self._stop.wait())
        ended = asyncio.create_task(self._end(background))
        try:
            await asyncio.wait([stopped, ended], return_when=asyncio.FIRST_COMPLETED)
            return ended.result() if ended.done() else _INTERRUPTED
        finally:
            for one in (*background, ended):
                one.cancel()
            for task in reversed(self._tasks.values()):
                await self._stop_task(task)
            stopped.cancel()

    def _task(self, prepared: Prepared) -> Task:
        return Task(prepared, self._run, self._caller, self._console)

    async def _stop_task(self, task: Task) -> None:
        """Stop a task with its timeouts, or immediately after a second Ctrl-C."""
        stopping = asyncio.create_task(task.stop(at_once=self._at_once))
        while not stopping.done():
            await asyncio.wait([stopping], timeout=_GLANCE)
            if self._at_once and not stopping.done():
                await task.kill()
        stopping.result()

    async def _start(self, one: Planned, ready: Mapping[str, asyncio.Event]) -> None:
        """Start a task when the tasks that it needs are ready. A job needs all services."""
        for name in self._services if one.is_job else one.needs:
            await ready[name].wait()
        task = self._tasks[one.plan.name]
        await task.start()
        if await task.ready() and await self._answers(one, task):
            ready[one.plan.name].set()

    async def _answers(self, one: Planned, task: Task) -> bool:
        """Wait until a task passes the target group health check."""
        ports = {port.number: port.host for port in task.prepared.published}
        if one.probe is None or one.probe.port not in ports:
            return True
        while not task.ended.is_set():
            if await asyncio.to_thread(is_healthy, one.probe, ports[one.probe.port]):
                self._console.say(f"passes the target group health check ({one.probe})", source=one.plan.name)
                return True
            await asyncio.sleep(_GLANCE)
        return False

    async def _end(self, background: Sequence[asyncio.Task[None]]) -> int:
        """Wait for the first service that ends, or for all jobs if there are no services. Return the exit code."""
        failing = asyncio.create_task(_first_failure(background))
        ending = [asyncio.create_task(self._end_of(name)) for name in self._services]
        if not ending:
            ending = [asyncio.create_task(self._end_of_jobs())]
        try:
            done, _ = await asyncio.wait([failing, *ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (failing, *ending):
                one.cancel()
        return next(iter(done)).result()

    async def _end_of(self, name: str) -> int:
        """Wait until a task has ended and will not restart."""
        while True:
            task = self._tasks[name]
            await task.ended.wait()
            if self._tasks[name] is task:
                return task.code

    async def _end_of_jobs(self) -> int:
        codes = [await self._end_of(one.plan.name) for one in self._planned]
        return next((code for code in codes if code), 0)

    async def _replace(self, one: Planned) -> None:
        """Restart a task."""
        name = one.plan.name
        before, self._tasks[name] = self._tasks[name], self._task(self._prepared[name])
        await before.stop()
        await self._tasks[name].start()


async def _first_failure(background: Sequence[asyncio.Task[None]]) -> int:
    """Raise the error that keeps a task from starting; wait forever if there is none."""
    waiting = set(background)
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    never: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    return await never
