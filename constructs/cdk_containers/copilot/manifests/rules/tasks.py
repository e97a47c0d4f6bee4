"""Rules of tasks: size, platform and storage."""

from __future__ import annotations

import re

from cdk_containers.core.fargate_sizes import WINDOWS_CPU, fargate_sizes, nearest_fargate_sizes

from ..models.containers import Observability, Platform
from ..models.scaling import Count, Range
from ..models.storage import Efs, Volume
from ..models.workloads import RequestDrivenWebService, TaskWorkload
from .given import Given, Key

_DEFAULT_SIZE = {TaskWorkload: (256, 512), RequestDrivenWebService: (1024, 2048)}
_PROCESSORS = ("x86_64", "amd64", "arm", "arm64")
_SHORT = {f"linux/{one}" for one in _PROCESSORS} | {"windows/x86_64", "windows/amd64"}
_WINDOWS = tuple(f"windows_server_{year}_{kind}" for year in (2019, 2022) for kind in ("core", "full"))
_SYSTEMS = ("linux", *_WINDOWS)
_PATH = re.compile(r"[a-zA-Z0-9._/-]+\Z")
_VOLUME = re.compile(r"[a-zA-Z0-9_-]{1,255}\Z")
_SEGMENT = re.compile(r"[a-zA-Z0-9_-]+(?:\[(?:\d+|-)\])?\Z")
_FIXED = re.compile(r"(?:Family|ContainerDefinitions\[\d+\]\.Name)\Z")


def platform(workload: TaskWorkload, given: Given) -> None:
    """Fargate supports the platform, and Windows supports the other settings."""
    if isinstance(workload.platform, str) and workload.platform.lower() not in _SHORT:
        given.refuse(f"got {workload.platform!r}; allowed: {', '.join(sorted(_SHORT))}", "platform")
    if isinstance(workload.platform, Platform):
        _pair(workload.platform, given)
    if not on_windows(workload):
        return
    if workload.storage and workload.storage.readonly_fs:
        given.refuse("Windows does not support a read-only root file system", "storage", "readonly_fs")
    for name in given.keys("storage", "volumes"):
        if given.has("storage", "volumes", name, "efs"):
            given.refuse("Windows does not support EFS", "storage", "volumes", name, "efs")
    count = getattr(workload, "count", None)
    if isinstance(count, Count) and (count.spot or (isinstance(count.range, Range) and count.range.spot_from)):
        given.refuse(
            ("Fargate Spot does not support Windows"), "count", *(("spot",) if count.spot else ("range", "spot_from"))
        )


def _pair(pair: Platform, given: Given) -> None:
    given.missing("osfamily", "platform")
    given.missing("architecture", "platform")
    system, processor = (pair.osfamily or "linux").lower(), (pair.architecture or "x86_64").lower()
    if system not in _SYSTEMS:
        given.refuse(f"got {pair.osfamily!r}; allowed: {', '.join(_SYSTEMS)}", "platform", "osfamily")
    allowed = _PROCESSORS if system == "linux" else _PROCESSORS[:2]
    if processor not in allowed:
        given.refuse(f"got {pair.architecture!r}; allowed: {', '.join(allowed)}", "platform", "architecture")


def on_windows(workload: TaskWorkload) -> bool:
    """Tell whether the containers are Windows containers."""
    given = workload.platform
    name = given if isinstance(given, str) else given.osfamily if given else None
    return (name or "").lower().startswith("windows")


def size(workload: TaskWorkload | RequestDrivenWebService, given: Given) -> None:
    """Fargate supports the size. Copilot leaves this check to ECS, which fails minutes later."""
    defaults = next(pair for kind, pair in _DEFAULT_SIZE.items() if isinstance(workload, kind))
    if any(given.has(key) and getattr(workload, key) is None for key in ("cpu", "memory")):
        return
    cpu = defaults[0] if workload.cpu is None else workload.cpu
    memory = defaults[1] if workload.memory is None else workload.memory
    at = "cpu" if given.has("cpu") else "memory"
    if (cpu, memory) not in fargate_sizes():
        sizes = " or ".join(f"cpu: {units}, memory: {mib}" for units, mib in nearest_fargate_sizes(max(cpu, 1), memory))
        given.refuse(f"Fargate does not support cpu: {cpu} with memory: {memory}; the nearest sizes: {sizes}", at)
    elif isinstance(workload, TaskWorkload) and on_windows(workload) and cpu not in WINDOWS_CPU:
        given.refuse(f"got {cpu}; Windows on Fargate supports {', '.join(map(str, WINDOWS_CPU))}", at)


def volumes(workload: TaskWorkload, given: Given) -> None:
    """A volume has a path, and at most one volume uses the environment's file system."""
    managed = []
    for name, volume in ((workload.storage and workload.storage.volumes) or {}).items():
        path: tuple[Key, ...] = ("storage", "volumes", name)
        if not isinstance(volume, Volume):
            given.refuse("the volume is empty: set a `path`", *path)
            continue
        if not _VOLUME.match(name):
            given.refuse("volume names consist of letters, digits, - and _", *path)
        given.missing("path", *path)
        if isinstance(volume.efs, Efs):
            _efs(volume.efs, given, *path, "efs")
        if volume.is_managed_efs:
            managed.append(name)
    for name in managed[1:]:
        given.refuse(
            f"{managed[0]!r} already uses a folder of the environment's file system: a workload can have only one",
            "storage",
            "volumes",
            name,
        )
    for keys, scalar in given.scalars():
        if (
            keys[-1] in ("path", "root_dir")
            and keys[0] in ("storage", "sidecars")
            and scalar.text
            and not _PATH.match(scalar.text)
        ):
            scalar.refuse(f"got {scalar.text!r}; letters, digits, . - _ and / are allowed")


def _efs(efs: Efs, given: Given, *path: Key) -> None:
    own = [key for key in ("uid", "gid") if given.has(*path, key)]
    known = [key for key in ("id", "root_dir", "auth") if given.has(*path, key)]
    if own and known:
        message = (
            f"`{own[0]}` creates a folder in the environment's file system, but `{known[0]}` uses another file system"
        )
        given.refuse(message, *path)
    if len(own) == 1:
        given.missing("gid" if own == ["uid"] else "uid", *path)
    if efs.uid == 0:
        given.refuse("0 is root: set the id of another user", *path, "uid")
    if efs.auth and efs.auth.access_point_id:
        if efs.root_dir not in (None, "", "/"):
            given.refuse("an access point has its own root: remove `root_dir`, or set it to /", *path, "root_dir")
        if efs.auth.iam is False:
            given.refuse("an access point needs IAM: remove `iam`, or set it to true", *path, "auth", "iam")


def overrides(workload: TaskWorkload, given: Given) -> None:
    """An override has a path, and does not change the names by which Copilot finds the task."""
    for number, override in enumerate(workload.taskdef_overrides or []):
        path = (override and override.path) or ""
        if _FIXED.match(path):
            given.refuse("the family and container names cannot be changed", "taskdef_overrides", number, "path")
        elif not all(_SEGMENT.match(segment) for segment in path.split(".")):
            message = (
                f"got {path!r}; allowed: keys separated by dots, as in ContainerDefinitions[0].Ulimits[-].HardLimit"
            )
            given.refuse(message, "taskdef_overrides", number, "path")


def tracing(workload: TaskWorkload | RequestDrivenWebService, given: Given) -> None:
    """The tracer is supported."""
    tracer = isinstance(workload.observability, Observability) and workload.observability.tracing
    if tracer and tracer.lower() != "awsxray":
        given.refuse(f"got {tracer!r}; allowed: awsxray", "observability", "tracing")
