"""Tasks as a compose file. Comments list what Compose cannot express."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdk_containers.local.engines import Published
from cdk_containers.local.planning import (
    Build,
    ContainerPlan,
    Difference,
    LocalError,
    Machine,
    TaskPlan,
    compose_of,
    shown,
)
from cdk_containers.local.running import PAUSE, PAUSE_IMAGE, Cloud, Options, Planned, assign, differences, plan_tasks

_CONDITIONS = {
    "START": "service_started",
    "HEALTHY": "service_healthy",
    "SUCCESS": "service_completed_successfully",
    "COMPLETE": "service_completed_successfully",
}
_BUILD = {"--target": "target", "--file": "dockerfile", "--network": "network"}
_HEADER = """\
# Written by `cdk-containers compose export`. Do not edit: change the task definitions of the app.
# What differs from AWS:
"""


def export(options: Options) -> str:
    """Return tasks as a compose file. Values that only a deployment sets are variables of the file.

    Raises:
        LocalError: All problems that prevent the export.
    """
    try:
        import yaml  # noqa: PLC0415  (only who exports needs it)
    except ImportError:
        raise LocalError('compose export: PyYAML is not installed: pip install "cdk-containers[compose]"') from None
    cloud = Cloud(options)
    planned = plan_tasks(options, cloud, Machine(cpus=1 << 10), missing_is_fine=True)
    ports = assign(planned, options.published, free=lambda *_: True)
    pause = options.images.find(PAUSE) or PAUSE_IMAGE
    services: dict[str, Any] = {}
    found = differences(planned, cloud, native=True)
    for one in planned:
        services |= _services(one, planned, ports.get(one.plan.name, ()), pause)
        found += [(one.plan.name, difference) for difference in _without_words(one.plan)]
    volumes: dict[str, dict[str, Any]] = {
        _volume(one.plan, volume.name, volume.kept): {} for one in planned for volume in one.plan.volumes
    }
    content = {"services": services, **({"volumes": volumes} if volumes else {})}
    comments = "".join(f"# - {line}\n" for line in shown(found))
    written: str = yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)
    return f"{_HEADER}{comments}\n{written}"


def _services(
    one: Planned, planned: Sequence[Planned], published: Sequence[Published], pause: str
) -> dict[str, dict[str, Any]]:
    plan = one.plan
    address: dict[str, Any] = {"networks": {"default": {"aliases": list(one.aliases)}}}
    if published:
        address["ports"] = [port.flag for port in published]
    address |= compose_of(plan.network_settings)
    after = {name: {"condition": _ready(other)} for name, other in _last_of(one, planned).items()}
    if plan.shared_network and len(plan.containers) > 1:
        holder = _name(plan, PAUSE)
        services = {holder: {"image": pause, **address, **({"depends_on": after} if after else {})}}
        shared: dict[str, Any] = {"network_mode": f"service:{holder}"}
    else:
        services, shared = {}, {**address, **({"depends_on": after} if after else {})}
    for container in plan.containers:
        services[_name(plan, container.name)] = _service(one, container, shared)
    return services


def _last_of(one: Planned, planned: Sequence[Planned]) -> dict[str, ContainerPlan]:
    """Return the essential containers of the tasks that must be ready first."""
    services = [other for other in planned if not other.is_job]
    needed = services if one.is_job else [other for other in services if other.plan.name in one.needs]
    return {_name(other.plan, it.name): it for other in needed for it in other.plan.containers if it.essential}


def _ready(container: ContainerPlan) -> str:
    return _CONDITIONS["HEALTHY" if container.health else "START"]


def _service(one: Planned, container: ContainerPlan, shared: Mapping[str, Any]) -> dict[str, Any]:
    plan = one.plan
    service: dict[str, Any] = _image(container.image)
    if plan.architecture:
        service["platform"] = f"linux/{plan.architecture}"
    service |= _escaped(compose_of(container.settings))
    variables = {name: f"${{{name}:?{_why(value)}}}" for name, value in container.secrets.items()}
    environment = {**_escaped(container.environment), **_escaped(container.given), **variables}
    if environment:
        service["environment"] = environment
    if container.mounts:
        kept = {volume.name: volume.kept for volume in plan.volumes}
        service["volumes"] = [
            f"{_volume(plan, it.volume, kept[it.volume])}:{it.path}{':ro' if it.read_only else ''}"
            for it in container.mounts
        ]
    if container.volumes_from:
        service["volumes_from"] = [_name(plan, it) for it in container.volumes_from]
    if container.health:
        check = container.health
        service["healthcheck"] = {
            "test": ["CMD", *_escaped(list(check.command))],
            "interval": f"{check.interval}s",
            "timeout": f"{check.timeout}s",
            "retries": check.retries,
            "start_period": f"{check.start_period}s",
        }
    if container.restart:
        service["restart"] = "on-failure"
    before = {_name(plan, wait.container): {"condition": _CONDITIONS[wait.condition]} for wait in container.waits}
    service |= shared
    if before:
        service["depends_on"] = {**shared.get("depends_on", {}), **before}
    if one.is_job:
        service["profiles"] = ["jobs"]
    return service


def _image(image: str | Build) -> dict[str, Any]:
    if isinstance(image, str):
        return {"image": image}
    build: dict[str, Any] = {"context": image.directory}
    pairs = iter(image.arguments)
    for flag, value in zip(pairs, pairs, strict=True):
        if flag in _BUILD:
            build[_BUILD[flag]] = value
        elif flag == "--build-arg":
            build.setdefault("args", []).append(value)
    return {"image": image.tag, "build": build}


def _escaped(value: Any) -> Any:
    """Double the dollar signs, which Compose would read as variables."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {name: _escaped(it) for name, it in value.items()}
    return [_escaped(it) for it in value] if isinstance(value, list | tuple) else value


def _why(value: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " .:/-_" else " " for letter in value)


def _without_words(plan: TaskPlan) -> list[Difference]:
    found = []
    for container in plan.containers:
        if any(wait.condition == "COMPLETE" for wait in container.waits):
            found.append(
                Difference(what=f"{container.name}: DependsOn", why="Compose waits for success, not for any exit code")
            )
        if not container.essential:
            found.append(
                Difference(what=f"{container.name}: Essential", why="Compose does not stop the other containers")
            )
        if container.restart:
            found.append(
                Difference(
                    what=f"{container.name}: RestartPolicy", why="Compose has no exit codes and no attempt period"
                )
            )
    return found


def _name(plan: TaskPlan, container: str) -> str:
    name = plan.name.lower()
    return name if len(plan.containers) == 1 and container != PAUSE else f"{name}-{container}"


def _volume(plan: TaskPlan, name: str, kept: str) -> str:
    return kept.lower() or f"{plan.name.lower()}-{name}"
