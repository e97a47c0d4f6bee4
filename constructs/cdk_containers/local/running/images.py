"""Builds and pulls the images of a run, and checks their architecture."""

from __future__ import annotations

import platform
from collections.abc import Iterable

from cdk_containers.local.engines import Run
from cdk_containers.local.planning import Build, ContainerPlan, Difference, Given, LocalError, TaskPlan

from .account import Account, registry_of
from .console import Console
from .process import Caller
from .task import source_of

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Images:
    """Images of a run.

    Args:
        run: The run.
        caller: Calls the engine.
        console: Console for progress messages.
        account: Account for logins; None without credentials.
        builds: Folders with sources by container.
        native: Whether images of this machine's architecture are accepted.
    """

    def __init__(
        self, run: Run, caller: Caller, console: Console, *, account: Account | None, builds: Given, native: bool
    ) -> None:
        self._run = run
        self._caller = caller
        self._console = console
        self._account = account
        self._builds = builds
        self._native = native
        self._logged_in: set[str] = set()
        self._built: dict[str, str] = {}

    async def of(self, plan: TaskPlan) -> dict[str, str]:
        """Return the images of a task by container. Build or pull the images that this machine does not have.

        Raises:
            LocalError: All problems with the images.
        """
        images: dict[str, str] = {}
        problems: list[str] = []
        for container in plan.containers:
            try:
                images[container.name] = await self._of(plan, container)
            except LocalError as error:
                problems += error.problems
        if problems:
            raise LocalError(*problems)
        return images

    def directory(self, plan: TaskPlan, container: ContainerPlan) -> str | None:
        """Return the folder to build an image from: yours, or the copy in the assembly."""
        told = self._builds.find(container.name, task=plan.name) or self._builds.find(plan.name)
        if told is None and isinstance(container.image, Build):
            return container.image.directory
        return told

    async def build_again(self, plan: TaskPlan) -> None:
        """Build the images of a task again.

        Raises:
            LocalError: A build failed.
        """
        for container in plan.containers:
            if isinstance(container.image, Build):
                self._built.pop(self._place(plan, container), None)
        await self.of(plan)

    def _place(self, plan: TaskPlan, container: ContainerPlan) -> str:
        key = container.image.key if isinstance(container.image, Build) else ""
        return f"{key} {self.directory(plan, container)}"

    async def _of(self, plan: TaskPlan, container: ContainerPlan) -> str:
        source = source_of(plan, container)
        if isinstance(container.image, Build):
            place = self._place(plan, container)
            if place not in self._built:
                self._built[place] = await self._build(plan, container, container.image, source)
            image = self._built[place]
        else:
            image = container.image
            if (await self._caller.call(["image", "inspect", image])).code:
                await self._pull(image, plan, source)
        await self._check(image, plan, source)
        return image

    async def _build(self, plan: TaskPlan, container: ContainerPlan, build: Build, source: str) -> str:
        directory = self.directory(plan, container)
        if not directory:
            raise LocalError(f"{source}: the app builds this image with a command; pass --image {source}=TAG")
        self._console.say(f"building the image from {directory}", source=source)
        arguments = list(build.arguments)
        if self._native and "--platform" in arguments:
            place = arguments.index("--platform")
            del arguments[place : place + 2]
        fitting = Build(key=build.key, directory=directory, arguments=tuple(arguments))
        done = await self._caller.call(self._run.build(fitting, directory))
        if done.code:
            raise LocalError(f"{source}: building the image failed:", *_last_lines(done.out + done.err))
        return build.tag

    async def _pull(self, image: str, plan: TaskPlan, source: str) -> None:
        registry = registry_of(image)
        if registry is not None and registry not in self._logged_in:
            if self._account is None:
                raise LocalError(f"{source}: {image} is in ECR, but there are no AWS credentials to log in with")
            user, password = self._account.login(registry)
            await self._caller.demand(["login", "--username", user, "--password-stdin", registry], text=password)
            self._logged_in.add(registry)
        self._console.say(f"pulling {image}", source=source)
        wanted = ["--platform", f"linux/{plan.architecture}"] if plan.architecture and not self._native else []
        done = await self._caller.call(["pull", *wanted, image])
        if done.code:
            raise LocalError(f"{source}: cannot pull {image}: {done.why}")

    async def _check(self, image: str, plan: TaskPlan, source: str) -> None:
        if plan.architecture is None or self._native:
            return
        said = await self._caller.call(["image", "inspect", "--format", "{{.Architecture}}", image])
        found = said.out.strip()
        if found and found != plan.architecture:
            raise LocalError(
                f"{source}: {image} is built for {found}, but the task needs {plan.architecture}; "
                "pass --native to run it anyway"
            )


def _last_lines(text: str) -> list[str]:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return [f"  {line}" for line in lines[-15:]]


def differences_of_machine(plans: Iterable[TaskPlan], *, native: bool) -> list[tuple[str, Difference]]:
    """Return the tasks whose architecture differs from this machine's."""
    here = _MACHINES.get(platform.machine().lower(), platform.machine())
    why = f"images for {here} are used" if native else f"this machine is {here} and must emulate it"
    return [
        (plan.name, Difference(what=f"architecture {plan.architecture}", why=why))
        for plan in plans
        if plan.architecture not in (None, here)
    ]
