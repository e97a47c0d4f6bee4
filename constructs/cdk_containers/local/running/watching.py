"""`--watch`: rebuilds images when their sources change, and restarts their tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from cdk_containers.local.planning import LocalError

from .console import Console
from .images import Images
from .options import Options
from .sources import origin_of, state_of
from .task import source_of
from .tasks import Planned

_GLANCE = 1.0


class Watch:
    """Watches the sources of tasks.

    Args:
        options: Options of the run.
        images: The images.
        console: Console for progress messages.
        replace: Restarts a task.
    """

    def __init__(
        self, options: Options, images: Images, console: Console, replace: Callable[[Planned], Awaitable[None]]
    ) -> None:
        self._options = options
        self._images = images
        self._console = console
        self._replace = replace
        self._folders: dict[Path, list[Planned]] = {}
        self._states: dict[Path, object] = {}

    def find(self, planned: Sequence[Planned]) -> None:
        """Find the source folders of the tasks.

        Raises:
            LocalError: The source folder of an image is not known.
        """
        problems: list[str] = []
        for one in planned:
            for container in one.plan.containers:
                directory = self._images.directory(one.plan, container)
                if directory is None:
                    continue
                try:
                    folder = self._origin(Path(directory).resolve(), source_of(one.plan, container))
                except LocalError as error:
                    problems += error.problems
                    continue
                self._options.builds.values.setdefault(f"{one.plan.name}.{container.name}", str(folder))
                tasks = self._folders.setdefault(folder, [])
                if one not in tasks:
                    tasks.append(one)
        self._states = {folder: state_of(folder) for folder in self._folders}
        if not self._folders and not problems:
            problems.append("--watch: no image of these tasks is built from a folder")
        if problems:
            raise LocalError(*problems)

    def _origin(self, directory: Path, source: str) -> Path:
        """Return the folder with the sources. The assembly has only a copy."""
        if self._options.app.resolve() not in directory.parents:
            return directory
        origins = origin_of(directory, Path.cwd())
        if len(origins) == 1:
            return origins[0].resolve()
        which = f"several match: {', '.join(map(str, origins))}" if origins else "no folder has the files of its copy"
        raise LocalError(f"--watch: cannot find the sources of {source}: {which}; pass --build {source}=DIR")

    async def run(self) -> None:
        """Watch until cancelled."""
        for folder in self._folders:
            self._console.say(f"watching {folder}")
        while True:
            await asyncio.sleep(_GLANCE)
            for folder, tasks in self._folders.items():
                state = await asyncio.to_thread(state_of, folder)
                if state != self._states[folder]:
                    self._states[folder] = state
                    self._console.say(f"{folder} changed")
                    for one in tasks:
                        await self._again(one)

    async def _again(self, one: Planned) -> None:
        try:
            await self._images.build_again(one.plan)
            await self._replace(one)
        except LocalError as error:
            for problem in error.problems:
                self._console.say(problem)
