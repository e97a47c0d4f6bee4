"""Plans one service of the app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..reading.models import Service
from .amounts import cpu_units, mebibytes, task_size
from .containers import container_options, owner_of, user_of
from .context import CONTAINER, Context
from .exposing import Exposed, connection_exposures, exposed, web_exposure
from .images import image_of
from .kinds import Kinds, kind_of
from .known_images import KnownImage, known
from .mounting import Mounted, mounted
from .names import construct_id, variable
from .plan import Unit
from .settings import Settings
from .short_forms import PublishedPort
from .source import Raw, call

_PLATFORMS = {"linux/amd64": None, "linux/x86_64": None, "linux/arm64": "ARM64", "linux/arm64/v8": "ARM64"}
_CHILDREN = {
    *("AlarmTopic", "Cluster", "Dashboard", "Domain", "Events", "InternalLoadBalancer", "Namespace", "Network"),
    "PublicLoadBalancer",
}
"""Names that `Application` already uses."""


def unit_of(
    context: Context,
    name: str,
    service: Service,
    *,
    kinds: Kinds,
    settings: Settings,
    host: str,
    ports: list[PublishedPort],
    output: Path | None,
    taken: set[str],
) -> Unit:
    """Return the plan of a service.

    Args:
        context: The conversion.
        name: The service.
        service: Its definition.
        kinds: Services that run in the task of another service.
        settings: Settings of its container.
        host: Host name for callers.
        ports: Ports that it listens on.
        output: The folder of the app.
        taken: Python names that are already used.
    """
    _keeps_data(context, name, service)
    user = user_of(context, name, service)
    storage = mounted(context, name, service, owner_of(user, service.image))
    if any("OWN_FILES" in repr(volume) for volume in storage.volumes.values()):
        text = "directories on EFS belong to root: if an image does not start as root, set `user` in numbers"
        context.say("", f"{text} to its `EfsVolume`, such as 1000:1000, or to the service in the compose file")
    reached = exposed(context, name, service, ports)
    kind = kind_of(context, name, service, kinds=kinds, ports=ports, reached=reached)
    container: dict[str, Any] = {
        "image": image_of(context, name, service, storage.overlay, output),
        "user": user,
        **container_options(context, name, service),
        "mounts": storage.mounts or None,
        "tmpfs": storage.tmpfs or None,
    }
    options, entrance = _options(context, name, service, kind=kind, ports=ports, reached=reached, storage=storage)
    return Unit(
        name=name,
        variable=variable(name, taken),
        id=id_ if (id_ := construct_id(name)) not in _CHILDREN else f"{id_}Service",
        kind=kind,
        host=host,
        ports=ports,
        exposed=reached,
        settings=settings,
        container=container,
        options=options,
        volumes=storage.volumes,
        entrance=entrance,
    )


def _options(
    context: Context,
    name: str,
    service: Service,
    *,
    kind: str,
    ports: list[PublishedPort],
    reached: Exposed,
    storage: Mounted,
) -> tuple[dict[str, Any], Any]:
    """Return the options of a construct, and the load balancer that it needs first."""
    options: dict[str, Any] = {}
    cpu, memory = _size(context, name, service)
    if kind in ("init", "sidecar"):
        return options, None
    options |= {"cpu": cpu, "memory_limit_mib": memory}
    platform = service.platform
    if platform is not None and platform not in _PLATFORMS:
        message = f"got {platform!r}; allowed: {', '.join(_PLATFORMS)}"
        context.refuse(name, "platform", message=message)
    elif platform is not None and (architecture := _PLATFORMS[platform]):
        options["task"] = call("TaskOptions", architecture=architecture)
    if kind == "ScheduledJob":
        options["schedule"] = context.choices.schedules[name]
        return options, None
    if kind == "EventJob":
        return options, None
    options["desired_count"] = count = _count(context, name, service)
    order = service.deploy.update_config.order if service.deploy and service.deploy.update_config else None
    if order not in (None, "start-first", "stop-first"):
        message = f"got {order!r}; allowed: start-first, stop-first"
        context.refuse(name, "deploy", "update_config", "order", message=message)
    if count == 1:
        text = "services have one task, as with Compose: set a `desired_count` of 2 for services that can run several"
        context.say("", f"{text}, to tolerate the failure of a zone")
    if order == "stop-first" or (storage.writes_to_files and count == 1 and order is None):
        options["deployment"] = Raw("ONE_AT_A_TIME")
        context.say(
            name,
            (
                "a deployment stops the old task before it starts the new one, because two tasks may not be able to "
                "share the volume"
            ),
        )
    exposures = [] if reached.web is None else [web_exposure(context, name, service, reached.web)]
    tcp = [port.number for port in ports if port.protocol == "tcp"]
    health_port = reached.web.number if reached.web is not None else next(iter(tcp), None)
    more, entrance = connection_exposures(context, name, reached.connections, health_port)
    exposures += more
    options["exposure"] = exposures[0] if len(exposures) == 1 else exposures or None
    return options, entrance


def _size(context: Context, name: str, service: Service) -> tuple[int, int]:
    resources = service.deploy.resources if service.deploy else None
    limits, kept = (resources.limits, resources.reservations) if resources else (None, None)
    given: dict[str, list[str | None]] = {
        "cpus": [service.cpus, limits.cpus if limits else None, kept.cpus if kept else None],
        "memory": [
            service.mem_limit,
            limits.memory if limits else None,
            service.mem_reservation,
            kept.memory if kept else None,
        ],
    }
    try:
        cpu = next((cpu_units(text) for text in given["cpus"] if text), None)
        memory = next((mebibytes(text) for text in given["memory"] if text), None)
        size = task_size(cpu, memory)
    except ValueError as error:
        key = next((key for key in ("cpus", "mem_limit", "mem_reservation") if getattr(service, key)), "deploy")
        context.refuse(name, key, message=str(error))
        return task_size(None, None)
    if cpu is None and memory is None:
        context.say(name, f"no size is set: {size[0]} CPU units and {size[1]} MiB; check what it uses")
    elif size != (cpu, memory):
        context.say(name, f"the task has {size[0]} CPU units and {size[1]} MiB, the smallest Fargate size that fits")
    return size


def _count(context: Context, name: str, service: Service) -> int:
    replicas = service.deploy.replicas if service.deploy else None
    count = next((one for one in (service.scale, replicas) if one is not None), 1)
    if not 0 <= count <= 5000:
        context.refuse(name, "scale" if service.scale is not None else "deploy", message=f"got {count} tasks")
    return count


def _keeps_data(context: Context, name: str, service: Service) -> None:
    image: KnownImage | None = known(service.image)
    if image is None or not (image.keeps_data or service.volumes):
        if image is not None:
            context.say(name, f"it loses its data when its task is replaced{_instead(image)}")
        return
    if context.choices.databases.get(name) == CONTAINER:
        context.say(name, f"one task with its data on EFS, slower than a disk and without a standby{_instead(image)}")
        return
    better = f"{image.managed} is a better choice" if image.managed else "a container is a poor choice for it"
    message = (
        f"{service.image} stores data, and {better}: decide with --database {name}=ADDRESS for a managed database, or "
        f"--database {name}={CONTAINER} for one task with its data on EFS; or omit it with --without {name}"
    )
    context.refuse(name, "image", message=message)


def _instead(image: KnownImage) -> str:
    return f"; use {image.managed} instead" if image.managed else ""
