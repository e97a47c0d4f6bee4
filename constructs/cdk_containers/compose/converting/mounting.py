"""Converts volumes, bind mounts and tmpfs directories."""

from __future__ import annotations

import re
from typing import Any

from cdk_containers.core.documents import nearest
from cdk_containers.core.frozen import frozen

from ..reading.models import Service
from .amounts import mebibytes
from .choices import VOLUME_CHOICES
from .context import Context
from .names import container_name
from .short_forms import MountedPath, mounted_path
from .source import Raw, call

_COPY = "copy its content with AWS DataSync or a task"
_BUILT = {"node_modules", "vendor", "bundle", ".venv", "venv", "target", "dist", "build", ".next", "__pycache__"}
"""Folders that are part of images. A volume there would hide their content."""

_CLOCK = ("/etc/localtime", "/etc/timezone")
_DEFAULT_TMPFS_MIB = 64


@frozen
class Mounted:
    """The mounts of a container.

    Attributes:
        volumes: The volumes of the task, by name.
        mounts: The mounts of the container.
        tmpfs: Directories in memory.
        overlay: Files for its image: paths outside, by paths in the container.
        writes_to_files: Whether it writes to EFS.
    """

    volumes: dict[str, Any]
    mounts: list[Any]
    tmpfs: list[Any]
    overlay: dict[str, str]
    writes_to_files: bool


def mounted(context: Context, name: str, service: Service, user: Any) -> Mounted:
    """Return the mounts of a container.

    Args:
        context: The conversion.
        name: The service.
        service: Its definition.
        user: Owner of its files on EFS.
    """
    volumes: dict[str, Any] = {}
    mounts, tmpfs, overlay = [], [], {}
    writes = False
    targets: set[str] = set()
    for index, given in enumerate(service.volumes or []):
        try:
            mount = mounted_path(given)
        except ValueError as error:
            context.refuse(name, "volumes", index, message=str(error))
            continue
        if mount.target in targets:
            context.refuse(name, "volumes", index, message=f"another volume is already mounted at {mount.target}")
            continue
        targets.add(mount.target)
        if mount.kind == "tmpfs":
            tmpfs.append(_tmpfs(context, name, index, mount.target, mount.size))
            continue
        choice = _choice(context, name, service, index, mount)
        if choice == "image":
            if not (context.project.folder / mount.source).exists():
                context.refuse(
                    name,
                    "volumes",
                    index,
                    message=(f"{mount.source} does not exist, so it cannot be copied into the image"),
                )
            overlay[mount.target] = mount.source
        elif choice in ("efs", "empty"):
            key = container_name(mount.source or mount.target)
            volumes[key] = _volume(choice, key, mount, user)
            mounts.append(call("VolumeMount", volume=key, path=mount.target, read_only=mount.read_only or None))
            writes = writes or (choice == "efs" and not mount.read_only)
    for index, text in enumerate(service.tmpfs or []):
        path, _, options = text.partition(":")
        if not path.startswith("/") or path in targets:
            message = f"got {text!r}; expected an unused path, such as /run:size=64m"
            context.refuse(name, "tmpfs", index, message=message)
            continue
        targets.add(path)
        size = re.search(r"(?:^|,)size=([^,]+)", options)
        tmpfs.append(_tmpfs(context, name, index, path, size[1] if size else None))
    return Mounted(volumes=volumes, mounts=mounts, tmpfs=tmpfs, overlay=overlay, writes_to_files=writes)


def _choice(context: Context, name: str, service: Service, index: int, mount: MountedPath) -> str | None:
    chosen = _chosen(context, mount.source)
    if chosen == "image" and mount.kind == "volume":
        message = f"a volume has no files to copy; allowed: --volume {mount.source}=efs, empty or none"
        context.refuse(name, "volumes", index, message=message)
        return None
    if mount.kind == "volume":
        return _choice_of_volume(context, name, service, index, mount=mount, chosen=chosen)
    if mount.source.endswith("docker.sock"):
        message = (
            f"a task has no access to Docker: omit the service with --without {name}; if it routes requests, publish "
            "its targets with --publish SERVICE=PORT"
        )
        context.refuse(name, "volumes", index, message=message)
    elif chosen:
        if chosen == "none":
            context.say(name, f"{mount.source} is omitted, as you chose: {mount.target} has the content of the image")
        elif chosen == "empty":
            context.say(
                name,
                (
                    f"{mount.target} is an empty directory in each task, deleted with the task; {mount.source} does "
                    "not exist"
                ),
            )
        elif chosen == "efs":
            context.say("", f"{mount.source} is on EFS, and empty: {_COPY}")
        return chosen
    elif mount.source in _CLOCK or mount.target in _CLOCK:
        context.say(
            name, (f"{mount.target} is omitted: tasks use UTC; if the application needs another time zone, set TZ")
        )
    elif service.build is not None and _in_context(service.build.context or ".", mount.source):
        context.say(name, f"{mount.source}:{mount.target} is omitted: the image contains these files")
    else:
        ways = "; ".join(f"`{choice}`, {what}" for choice, what in VOLUME_CHOICES.items())
        message = (
            f"a task has no host directory {mount.source}: decide with --volume {mount.source}=CHOICE. The choices: "
            f"{ways}"
        )
        context.refuse(name, "volumes", index, message=message)
    return None


def _chosen(context: Context, source: str) -> str | None:
    """Return the choice for a source, with or without a trailing slash."""
    wanted = source.rstrip("/")
    return next(
        (choice for one, choice in context.choices.volumes.items() if wanted and one.rstrip("/") == wanted), None
    )


def _choice_of_volume(
    context: Context, name: str, service: Service, index: int, *, mount: MountedPath, chosen: str | None
) -> str | None:
    if not mount.source:
        if service.read_only:
            return "empty"
        context.say(name, f"{mount.target} is on the disk of the task, and deleted with the task")
        return None
    if chosen is None and service.build is not None and mount.target.rpartition("/")[2] in _BUILT:
        context.say(name, f"the volume at {mount.target} is omitted: the image contains these files")
        return None
    declared = context.project.model.volumes or {}
    if mount.source not in declared:
        hint = nearest(mount.source, declared) if declared else "declare it under `volumes`"
        context.refuse(name, "volumes", index, message=f"there is no volume {mount.source!r}: {hint}")
        return None
    volume = declared[mount.source]
    special = volume is not None and (volume.driver not in (None, "local") or volume.driver_opts)
    if special and chosen is None:
        message = f"the volume has its own driver: decide with --volume {mount.source}=efs, empty or none"
        context.refuse(name, "volumes", index, message=message)
    elif chosen in (None, "efs"):
        context.say("", f"the volume {mount.source} is on EFS, and empty: {_COPY}")
        return "efs"
    elif chosen == "empty":
        context.say(name, f"the volume {mount.source} is an empty directory in each task, deleted with the task")
    elif chosen == "none":
        context.say(
            name, (f"the volume {mount.source} is omitted, as you chose: {mount.target} has the content of the image")
        )
    return chosen


def _in_context(context: str, source: str) -> bool:
    """Tell whether a bind mount contains files of the build context, as for development."""
    here, there = (path.removeprefix("./").strip("/") or "." for path in (context, source))
    return not source.startswith(("/", "~")) and (here in (".", there) or there.startswith(f"{here}/"))


def _volume(choice: str, key: str, mount: MountedPath, user: Any) -> Any:
    if choice == "empty":
        return call("SharedVolume", name=key)
    path = f"/{key}/{mount.subpath.strip('/')}" if mount.subpath else None
    return call("EfsVolume", name=key, file_system=Raw("files"), path=path, user=user)


def _tmpfs(context: Context, name: str, index: int, path: str, size: str | None) -> Any:
    try:
        mib = _DEFAULT_TMPFS_MIB if size is None else max(1, mebibytes(size))
    except ValueError as error:
        context.refuse(name, "tmpfs", index, message=str(error))
        mib = _DEFAULT_TMPFS_MIB
    return call("Tmpfs", path=path, size_mib=mib)
