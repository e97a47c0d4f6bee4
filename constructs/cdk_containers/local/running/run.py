"""A run: tasks on this machine, from their images to the last that ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cdk_containers.local.engines import LINK_LOCAL, PODMAN, Engine, Published, Run, find_engine, limits
from cdk_containers.local.planning import Difference, LocalError, Machine, TaskPlan, shown

from .console import Console
from .endpoint import Endpoint
from .images import Images, differences_of_machine
from .options import PAUSE, PAUSE_IMAGE, Options
from .ports import assign
from .probing import is_healthy
from .process import Caller
from .sources import origin_of, state_of
from .task import Prepared, Task, source_of
from .tasks import Cloud, Planned, differences_of_services, plan_tasks

_GLANCE = 1.0
_INTERRUPTED = 130


def run_local(options: Options, console: Console) -> int:
    """Run tasks until an essential container ends, all jobs have ended, or somebody presses Ctrl-C.

    Returns:
        The exit code of what ended first; of jobs, the first that is not 0.

    Raises:
        LocalError: All that keeps the tasks from running.
    """
    engine = find_engine(options.engine)
    machine = Machine(cpus=os.cpu_count() or 1, most=limits(engine))
    cloud = Cloud(options)
    try:
        planned = plan_tasks(options, cloud, machine)
        ports = assign(
            [one.plan for one in planned],
            [one.plan.name for one in sorted(planned, key=lambda one: one.probe is None) if one.asked],
            options.published,
        )
        hidden = {one.plan.name: _secrets(one.plan, cloud) for one in planned}
        return asyncio.run(LocalRun(options, console, engine, cloud, planned, ports, hidden).run())
    finally:
        cloud.close()


def _secrets(plan: TaskPlan, cloud: Cloud) -> dict[str, dict[str, str]]:
    """Return the values of secrets by container."""
    problems, found = [], {}
    for container in plan.containers:
        values = dict(container.given)
        for name, value_from in container.secrets.items():
            source = f"{source_of(plan, container)}: secret {name}"
            if cloud.account is None:
                problems.append(f"{source}: {cloud.trouble or 'there is no account'}: --set {name} gives its value")
                continue
            try:
                values[name] = cloud.account.secret(value_from)
            except LocalError as error:
                problems.append(f"{source}: {error}; --set {name} gives its value")
        found[container.name] = values
    if problems:
        raise LocalError(*problems)
    return found


class LocalRun:
    """A run.

    Args:
        options: What the developer asks for.
        console: Where it is printed.
        engine: The engine.
        cloud: What stands for AWS.
        planned: The tasks, in the order in which they start.
        ports: Ports of this machine by task.
        hidden: Values of secrets by task and container.
    """

    def __init__(
        self,
        options: Options,
        console: Console,
        engine: Engine,
        cloud: Cloud,
        planned: Sequence[Planned],
        ports: Mapping[str, Sequence[Published]],
        hidden: Mapping[str, Mapping[str, Mapping[str, str]]],
    ) -> None:
        self._options = options
        self._console = console
        self._engine = engine
        self._cloud = cloud
        self._planned = planned
        self._ports = ports
        self._hidden = hidden
        self._run = Run(engine=engine, id=f"cdk-containers-{uuid.uuid4().hex[:8]}", limits=limits(engine))
        self._caller = Caller(engine.name)
        self._images = Images(
            self._run,
            self._caller,
            console,
            account=cloud.account,
            builds=options.builds,
            native=options.native,
        )
        self._tasks: dict[str, Task] = {}
        self._prepared: dict[str, Prepared] = {}
        self._endpoint: Endpoint | None = None
        self._made: list[list[str]] = []
        self._stop = asyncio.Event()
        self._at_once = False

    async def run(self) -> int:
        """Run the tasks, and return the exit code."""
        self._listen_to_signals()
        sources = [source_of(one.plan, container) for one in self._planned for container in one.plan.containers]
        self._console.expect(*sources)
        images = {one.plan.name: await self._images.of(one.plan) for one in self._planned}
        try:
            address = await self._network()
            for one in self._planned:
                self._prepared[one.plan.name] = self._prepare(one, images[one.plan.name], address)
            self._tell()
            return await self._supervise()
        finally:
            await self._clean()

    # ---- before

    def _listen_to_signals(self) -> None:
        def stop() -> None:
            self._at_once = self._stop.is_set()
            self._stop.set()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not on Windows, nor in another thread
                loop.add_signal_handler(number, stop)

    async def _network(self) -> str | None:
        """Make the network and the addresses of the tasks; return the address of this machine that ECS would have."""
        wants = self._engine is not PODMAN or os.geteuid() == 0
        link_local = wants and not (await self._caller.call(self._run.make_network(link_local=True))).code
        if not link_local:
            await self._caller.demand(self._run.make_network(link_local=False))
        self._made.append(["network", "rm", self._run.network])
        image = self._options.images.find(PAUSE) or PAUSE_IMAGE
        for one in self._planned:
            if one.plan.shared_network:
                self._made.append(["rm", "--force", self._run.pause(one.plan)])
                ports = self._ports.get(one.plan.name, ())
                await self._caller.demand(self._run.make_pause(one.plan, image, one.aliases, ports))
                await self._caller.demand(["start", self._run.pause(one.plan)])
        return self._serve(link_local=link_local)

    def _serve(self, *, link_local: bool) -> str | None:
        """Serve credentials and metadata; at the address of ECS if this machine has it."""
        attempts = [(LINK_LOCAL, 80), (LINK_LOCAL, 0)] if link_local else []
        for host, port in attempts:
            with suppress(OSError):
                self._endpoint = Endpoint(host, port)
                return host
        anywhere = "127.0.0.1" if sys.platform == "darwin" else "0.0.0.0"  # noqa: S104  (metadata only)
        self._endpoint = Endpoint(anywhere)
        return None

    def _prepare(self, one: Planned, images: Mapping[str, str], address: str | None) -> Prepared:
        plan = one.plan
        assert self._endpoint is not None  # noqa: S101  (made with the network)
        region = self._cloud.pseudo_parameters.get("AWS::Region")
        provider = self._cloud.account.provider(one.role) if self._cloud.account else None
        token = self._endpoint.serve(plan, region=region or "local", credentials=provider if address else None)
        host = address or self._engine.host
        base = f"http://{host}:{self._endpoint.port}".removesuffix(":80")
        common = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} if region else {}
        if self._cloud.emulator is not None:
            port = self._cloud.emulator.listen(address or ("127.0.0.1" if sys.platform == "darwin" else "0.0.0.0"))  # noqa: S104
            common["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
        keys: dict[str, str] = {}
        if provider and address:
            path = f"/v2/credentials/{token}"
            at_ecs = self._endpoint.port == 80
            name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" if at_ecs else "AWS_CONTAINER_CREDENTIALS_FULL_URI"
            common[name] = path if at_ecs else f"{base}{path}"
        elif provider and (answer := provider()):
            keys = {
                "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
                "AWS_SESSION_TOKEN": answer["Token"],
            }
        return Prepared(
            plan=plan,
            aliases=one.aliases,
            published=self._ports.get(plan.name, ()),
            images=images,
            volumes={volume.name: self._volume(one, volume.name, volume.kept) for volume in plan.volumes},
            environment={
                it.name: {**common, "ECS_CONTAINER_METADATA_URI_V4": f"{base}/v4/{token}/{it.name}"}
                for it in plan.containers
            },
            hidden={
                it.name: {**{key: value for key, value in keys.items() if value}, **self._hidden[plan.name][it.name]}
                for it in plan.containers
            },
        )

    def _volume(self, one: Planned, name: str, kept: str) -> str:
        """Return what to mount: the developer's folder, one that is kept between runs, or a volume of the run."""
        told = self._options.volumes.find(name, task=one.plan.name)
        if told is not None:
            return str(Path(told).resolve())
        if not kept:
            volume = f"{self._run.id}-{one.plan.name.lower()}-{name}"
            self._made.insert(0, ["volume", "rm", "--force", volume])
            return volume
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        folder = home / "cdk-containers" / "volumes" / one.runnable.stack / kept
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)  # an access point lets any user of a container write
        return str(folder)

    def _tell(self) -> None:
        """Say what runs where, and what is not as it is on AWS."""
        differences: list[tuple[str, Difference]] = [
            (one.plan.name, difference) for one in self._planned for difference in one.plan.differences
        ]
        differences += differences_of_services(self._planned)
        differences += differences_of_machine([one.plan for one in self._planned], native=self._options.native)
        if self._cloud.account is None:
            differences.append(("", Difference(what="credentials", why=f"there are none: {self._cloud.trouble}")))
        if self._cloud.emulator is not None:
            made = ", ".join(self._cloud.emulator.made) or "nothing yet"
            differences.append(("", Difference(what="AWS", why=f"an emulator takes its place, with {made}")))
        self._console.say("What differs from AWS:")
        for line in shown(differences):
            self._console.say(f"- {line}")
        for name, ports in self._ports.items():
            for port in ports:
                self._console.say(f"port {port.number} is 127.0.0.1:{port.host}", source=name)

    # ---- while it runs

    async def _supervise(self) -> int:
        self._tasks = {
            name: Task(prepared, self._run, self._caller, self._console) for name, prepared in self._prepared.items()
        }
        ready = {name: asyncio.Event() for name in self._tasks}
        starting = [asyncio.create_task(self._start(one, ready)) for one in self._planned]
        watching = [asyncio.create_task(self._watch())] if self._options.watch else []
        stopped = asyncio.create_task(self._stop.wait())
        ended = asyncio.create_task(self._first_end(starting))
        try:
            await asyncio.wait([stopped, ended], return_when=asyncio.FIRST_COMPLETED)
            return ended.result() if ended.done() else _INTERRUPTED
        finally:
            for one in (*starting, *watching, stopped, ended):
                one.cancel()
            await self._stop_all()

    async def _start(self, one: Planned, ready: Mapping[str, asyncio.Event]) -> None:
        """Start a task when those that it needs are ready: for a job, all services."""
        services = [other.plan.name for other in self._planned if not other.is_job]
        for name in services if one.is_job else one.needs:
            await ready[name].wait()
        task = self._tasks[one.plan.name]
        await task.start()
        if await task.ready() and await self._answers(one, task):
            ready[one.plan.name].set()

    async def _answers(self, one: Planned, task: Task) -> bool:
        """Wait until a task passes the health check of its target group."""
        ports = {port.number: port.host for port in task.prepared.published}
        if one.probe is None or one.probe.port not in ports:
            return True
        while not task.ended.is_set():
            if await asyncio.to_thread(is_healthy, one.probe, ports[one.probe.port]):
                self._console.say(f"passes the health check of its target group ({one.probe})", source=one.plan.name)
                return True
            await asyncio.sleep(_GLANCE)
        return False

    async def _first_end(self, starting: Sequence[asyncio.Task[None]]) -> int:
        """Wait for the first service that ends, or for all jobs if there is nothing else."""
        services = [self._tasks[one.plan.name] for one in self._planned if not one.is_job]
        jobs = [self._tasks[one.plan.name] for one in self._planned if one.is_job]
        failing = asyncio.create_task(_first_failure(starting))
        ends = [asyncio.create_task(self._end_of(task)) for task in services]
        if not services:
            ends = [asyncio.create_task(_all_ended(jobs))]
        done, _ = await asyncio.wait([failing, *ends], return_when=asyncio.FIRST_COMPLETED)
        if failing in done:
            failing.result()
        if not services:
            return next((job.code for job in jobs if job.code), 0)
        return next(task.code for task in services if task.ended.is_set())

    async def _end_of(self, task: Task) -> None:
        """Wait until a task has ended, and nobody starts it again."""
        while True:
            await task.ended.wait()
            if self._tasks[task.name] is task:
                return
            task = self._tasks[task.name]

    async def _watch(self) -> None:
        """Build and start again what sources have changed of."""
        folders = {
            folder: [one for one in self._planned if folder in self._folders_of(one)]
            for folder in {folder for one in self._planned for folder in self._folders_of(one)}
        }
        for folder in folders:
            self._console.say(f"watches {folder}")
        states = {folder: state_of(folder) for folder in folders}
        while True:
            await asyncio.sleep(_GLANCE)
            for folder, tasks in folders.items():
                state = await asyncio.to_thread(state_of, folder)
                if state != states[folder]:
                    states[folder] = state
                    self._console.say(f"{folder} has changed")
                    for one in tasks:
                        await self._replace(one)

    def _folders_of(self, one: Planned) -> set[Path]:
        found: set[Path] = set()
        for container in one.plan.containers:
            directory = self._images.directory(one.plan, container)
            if directory is None:
                continue
            path = Path(directory).resolve()
            if self._options.app.resolve() not in path.parents:
                found.add(path)
                continue
            origins = origin_of(path, Path.cwd())
            if len(origins) != 1:
                source = source_of(one.plan, container)
                which = ", ".join(map(str, origins)) or "none was found"
                raise LocalError(f"--watch: {source}: which folder has its sources? {which}: --build {source}=DIR")
            self._options.builds.values.setdefault(f"{one.plan.name}.{container.name}", str(origins[0]))
            found.add(origins[0])
        return found

    async def _replace(self, one: Planned) -> None:
        try:
            await self._images.build_again(one.plan)
        except LocalError as error:
            for problem in error.problems:
                self._console.say(problem)
            return
        before = self._tasks[one.plan.name]
        after = Task(self._prepared[one.plan.name], self._run, self._caller, self._console)
        self._tasks[one.plan.name] = after
        await before.stop()
        await after.start()

    # ---- after

    async def _stop_all(self) -> None:
        for task in reversed(self._tasks.values()):
            stopping = asyncio.create_task(task.stop(at_once=self._at_once))
            await asyncio.wait([stopping])

    async def _clean(self) -> None:
        for command in reversed(self._made):
            await self._caller.call(command)
        if self._endpoint is not None:
            self._endpoint.close()


async def _first_failure(starting: Sequence[asyncio.Task[None]]) -> None:
    """Raise what keeps a task from starting; wait for ever if nothing does."""
    waiting = set(starting)
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    await asyncio.Event().wait()


async def _all_ended(tasks: Sequence[Task]) -> None:
    for task in tasks:
        await task.ended.wait()
