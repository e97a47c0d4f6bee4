"""Finds the container engine of this machine."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from pathlib import Path

from cdk_containers.local.planning import LocalError

from .docker import DOCKER
from .engine import Engine
from .finch import FINCH
from .podman import PODMAN

ENGINES = {engine.name: engine for engine in (DOCKER, PODMAN, FINCH)}
"""Engines by name, in order of preference."""

_VERSION = re.compile(r"(\d+)\.(\d+)")
_PATIENCE = 30
_ALWAYS_ENOUGH = 1_048_576


def find_engine(name: str | None = None) -> Engine:
    """Return the engine with a name, or the first engine that this machine has.

    Raises:
        LocalError: There is no engine, it is too old, or it does not respond.
    """
    wanted = [ENGINES[name]] if name else list(ENGINES.values())
    there = [engine for engine in wanted if shutil.which(engine.name)]
    if not there:
        places = ", ".join(f"{engine.name} ({engine.install})" for engine in wanted)
        raise LocalError(f"no container engine found; install {' or '.join(places.split(', '))}")
    problems = []
    for engine in there:
        problem = _problem(engine)
        if problem is None:
            return engine
        problems.append(problem)
    raise LocalError(*problems)


def _problem(engine: Engine) -> str | None:
    said = _asked(engine, "--version")
    found = _VERSION.search(said.stdout)
    if said.returncode or found is None:
        return f"{engine.name}: cannot read its version: {_last(said)}"
    version = int(found[1]), int(found[2])
    if version < engine.minimum:
        needed = ".".join(map(str, engine.minimum))
        return f"{engine.name}: version {found[0]} is too old; allowed: {needed} and newer"
    said = _asked(engine, "info")
    return f"{engine.name}: it does not respond: {_last(said)}" if said.returncode else None


def _asked(engine: Engine, argument: str) -> subprocess.CompletedProcess[str]:
    command = [engine.name, argument]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _last(said: subprocess.CompletedProcess[str]) -> str:
    lines = (said.stderr or said.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit code {said.returncode}"


def limits(engine: Engine) -> dict[str, int]:
    """Return the highest limits of the operating system that a container can have, if this user has limits."""
    if not engine.own_limits:
        return {}
    files, processes = (resource.getrlimit(it)[1] for it in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC))
    if files == resource.RLIM_INFINITY or files >= _ALWAYS_ENOUGH:
        return {}
    # If podman gets one limit, it raises the other one too, and fails if it has no permission.
    most = _most_processes()
    return {"nofile": files, "nproc": most if processes == resource.RLIM_INFINITY else min(processes, most)}


def _most_processes() -> int:
    try:
        return int(Path("/proc/sys/kernel/pid_max").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _ALWAYS_ENOUGH
