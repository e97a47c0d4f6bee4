"""Containers: images, dependencies, environment files."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.documents import nearest

from ..models.containers import Sidecar, SidecarImage
from ..models.workloads import LoadBalancedWebService, RequestDrivenWebService, StaticSite, TaskWorkload, Workload
from .given import Given, Key

LOG_ROUTER = "firelens_log_router"
_STATES = ("start", "complete", "success", "healthy")
_STATES_OF_ESSENTIAL = ("start", "healthy")


def image(workload: Workload, given: Given) -> None:
    """An image is either built or from a registry, and a web service has a port."""
    if isinstance(workload, StaticSite):
        return
    if not given.has("image"):
        given.refuse("`image` is missing: set `image.build` or `image.location`")
        return
    _one_source(given, "image")
    if isinstance(workload, LoadBalancedWebService | RequestDrivenWebService):
        given.missing("port", "image")


def names_once(workload: Any, given: Given) -> None:
    """Within a container, a name is either a variable or a secret."""
    places: list[tuple[Key, ...]] = [(), *(("sidecars", name) for name in given.keys("sidecars")), ("logging",)]
    for path in places:
        for name in set(given.keys(*path, "variables")) & set(given.keys(*path, "secrets")):
            given.refuse("a variable also has this name: ECS accepts only one of the two", *path, "secrets", name)
        _words(given, *path)
        for kind in ("secrets", "secretOptions"):
            for name in given.keys(*path, kind):
                _secret_by_name(given, *path, kind, name)
        for kind in ("variables", "secrets"):
            for name in given.keys(*path, kind):
                if given.text(*path, kind, name, "from_cfn") == "":
                    given.refuse("the name of the export is empty", *path, kind, name, "from_cfn")
    del workload


def _words(given: Given, *path: Key) -> None:
    """A command as one text must have matching quotation marks, because it is split like shell words."""
    import shlex  # noqa: PLC0415  (few manifests write a command as one text)

    for key in ("entrypoint", "command"):
        try:
            shlex.split(given.text(*path, key) or "")
        except ValueError:
            given.refuse("a quotation mark is missing", *path, key)


def _secret_by_name(given: Given, *path: Key) -> None:
    named = [given.text(*path), given.text(*path, "secretsmanager"), given.text(*path, "from_cfn")]
    if not any(named):
        given.refuse("the secret has no name", *path)
    if (given.text(*path, "secretsmanager") or "").startswith("arn:"):
        message = "needs the name of a secret, not an ARN: set the ARN as the value of the secret"
        given.refuse(message, *path, "secretsmanager")


def sidecars(workload: TaskWorkload, given: Given) -> None:
    """A sidecar has an image and a unique name, and mounts existing volumes."""
    volumes = given.keys("storage", "volumes")
    for name, sidecar in (workload.sidecars or {}).items():
        if name == workload.name:
            given.refuse("the main container already has this name", "sidecars", name)
        if not isinstance(sidecar, Sidecar):
            given.refuse("the sidecar is empty: set an `image`", "sidecars", name)
            continue
        given.missing("image", "sidecars", name)
        if isinstance(sidecar.image, SidecarImage):
            _one_source(given, "sidecars", name, "image")
        for number, mount in enumerate(sidecar.mount_points or []):
            path: tuple[Key, ...] = ("sidecars", name, "mount_points", number)
            given.missing("path", *path)
            given.missing("source_volume", *path)
            if mount and mount.source_volume and mount.source_volume not in volumes:
                hint = nearest(mount.source_volume, volumes)
                given.refuse(f"{mount.source_volume!r} is not in storage.volumes: {hint}", *path, "source_volume")


def files(workload: TaskWorkload, given: Given) -> None:
    """The name of an environment file ends in `.env`, as ECS requires."""
    for path in (
        ("env_file",),
        ("logging", "env_file"),
        *(("sidecars", name, "env_file") for name in given.keys("sidecars")),
    ):
        file = given.text(*path)
        if file is not None and not file.endswith(".env"):
            given.refuse(f"got {file!r}; ECS accepts only files that end in .env", *path)
    del workload


def dependencies(workload: TaskWorkload, given: Given) -> None:
    """A container waits for existing containers, in a state that they can reach, without circles."""
    waits: dict[str, list[str]] = {name: [] for name in containers_of(workload, given)}
    for name, awaited in waits.items():
        path: tuple[Key, ...] = ("image", "depends_on") if name == workload.name else ("sidecars", name, "depends_on")
        for other in given.keys(*path):
            state = (given.text(*path, other) or "").lower()
            if other == name:
                given.refuse("a container cannot wait for itself", *path, other)
            elif other not in waits:
                given.refuse(f"there is no container {other!r}: {nearest(other, waits)}", *path, other)
            else:
                awaited.append(other)
                _state_is_reached(workload, given, other, state, *path, other)
    for name in _in_circles(waits):
        message = f"containers wait for each other: {', '.join(sorted(_in_circles(waits)))}"
        given.refuse(message, *(("image", "depends_on") if name == workload.name else ("sidecars", name, "depends_on")))


def containers_of(workload: TaskWorkload, given: Given) -> list[str]:
    """Return the names of all containers, the main one first."""
    router = [LOG_ROUTER] if set(given.keys("logging")) - {"retention"} else []
    return [workload.name, *given.keys("sidecars"), *router]


def _state_is_reached(workload: TaskWorkload, given: Given, other: str, state: str, *path: Key) -> None:
    sidecar = (workload.sidecars or {}).get(other)
    essential = not (isinstance(sidecar, Sidecar) and sidecar.essential is False)
    if state not in _STATES:
        given.refuse(f"got {state!r}; allowed: {', '.join(_STATES)}", *path)
    elif essential and state not in _STATES_OF_ESSENTIAL:
        message = (
            f"{other!r} is essential, so the task stops when it ends: wait for {' or '.join(_STATES_OF_ESSENTIAL)}, "
            f"or set sidecars.{other}.essential: false"
        )
        given.refuse(message, *path)


def _in_circles(waits: dict[str, list[str]]) -> set[str]:
    """Return the containers that wait for themselves through others."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        ahead = list(waits[start])
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead += waits[name]
        return found

    return {name for name in waits if name in reached(name)}


def _one_source(given: Given, *path: Key) -> None:
    build, location = given.has(*path, "build"), given.has(*path, "location")
    if build == location:
        given.refuse(f"{'both' if build else 'neither'} of `build` and `location`: set one of them", *path)
