"""Plans a task definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from cdk_containers.core.frozen import frozen

from .container import ContainerPlanner, PlannedContainer, Surroundings
from .differences import left_out
from .errors import LocalError
from .fields import Fields
from .given import Given
from .machine import Machine
from .plan import Build, ContainerPlan, Difference, Port, TaskPlan, Volume
from .unresolved import Unresolved

_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
_OWN_ADDRESSES = (None, "bridge")
"""Network modes in which each container has its own address. On EC2 the default is `bridge`."""
_HERE_TOO = (*_OWN_ADDRESSES, "awsvpc")
_ROUTER = "ECS generates the configuration of the log router; logs go to this terminal only"
_COLLECTORS = {
    "aws-otel-collector": "traces and metrics are not collected",
    "aws-xray-daemon": "traces are not collected",
}
_SHARED = "task"


@frozen
class Choices:
    """Choices for a run.

    Attributes:
        given: Values of variables and secrets.
        images: Local images, by container or by task.
        with_: Containers to run although they are left out by default.
        without: Containers to leave out.
        missing_is_fine: Whether a variable with an unknown value counts as a secret whose value follows later.
    """

    given: Given
    images: Given
    with_: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    missing_is_fine: bool = False


def plan_task(name: str, definition: Mapping[str, Any], choices: Choices, machine: Machine) -> TaskPlan:
    """Return the plan of a task.

    Args:
        name: Short name of the task.
        definition: Properties of the task definition, as in CloudFormation. A value that could not be resolved is an
            `Unresolved`, and an image to build is a `Build`.
        choices: Choices for the run.
        machine: Machine that it runs on.

    Raises:
        LocalError: A required value is unknown, or the containers wait for each other in a circle.
    """
    fields = Fields(definition)
    sources = fields.take("ContainerDefinitions") or []
    differences, kept = _left_out_containers(sources, choices)
    if not kept:
        raise LocalError(f"{name}: no containers left to run")
    cpu, memory = _number(fields.take("Cpu")), _number(fields.take("Memory"))
    mode = fields.take("NetworkMode")
    shared_network = mode not in _OWN_ADDRESSES
    if mode not in _HERE_TOO:
        differences.append(Difference(what=f"NetworkMode {mode}", why="the task gets its own network address"))
    around = Surroundings(
        task=name,
        cpu=cpu,
        memory=memory,
        shared_network=shared_network,
        machine=machine,
        given=choices.given,
        images=choices.images,
        missing_is_fine=choices.missing_is_fine,
        first=str(sources[0]["Name"]),
    )
    planned = [ContainerPlanner(source, around).planned() for source in kept]
    problems = [problem for one in planned for problem in one.problems]
    volumes, of_volumes = _volumes(fields)
    problems += _mount_problems(name, planned, volumes)
    architecture, of_platform = _platform(name, fields)
    problems += of_platform
    if problems:
        raise LocalError(*problems)
    family, launch_types = fields.take("Family"), fields.take("RequiresCompatibilities") or ()
    shares = [space for space in ("pid", "ipc") if _shares(fields, space)]
    role = [Difference(what="TaskRoleArn", why=_ROLE)] if fields.take("TaskRoleArn") is not None else []
    return TaskPlan(
        name=name,
        containers=tuple(_in_order(name, [one.plan for one in planned] if shared_network else _linked(planned))),
        volumes=volumes,
        ports=_ports(planned),
        shared_network=shared_network,
        network_settings=_merged(one.network_settings for one in planned),
        shares=tuple(shares),
        architecture=architecture,
        family=family if isinstance(family, str) else name,
        limits={key: value for key, value in (("CPU", cpu), ("Memory", memory)) if value is not None},
        launch_type=str(launch_types[0]) if launch_types else "EC2",
        differences=(
            *differences,
            *role,
            *of_volumes,
            *left_out(fields.left()),
            *(it for one in planned for it in one.differences),
        ),
    )


_ROLE = "calls to AWS use your credentials; --task-role uses the task role"


def _left_out_containers(
    sources: Sequence[Mapping[str, Any]], choices: Choices
) -> tuple[list[Difference], list[Mapping[str, Any]]]:
    """Leave out the containers that have no use locally, and the dependencies on them."""
    reasons = {}
    for source in sources:
        name = str(source["Name"])
        reason = "left out by --without" if name in choices.without else _reason(source)
        if reason is not None and name not in choices.with_:
            reasons[name] = reason
    found = [Difference(what=f"{name}: container", why=why) for name, why in reasons.items()]
    kept: list[Mapping[str, Any]] = []
    for source in sources:
        if source["Name"] in reasons:
            continue
        waits = source.get("DependsOn") or []
        possible = [it for it in waits if it["ContainerName"] not in reasons]
        if len(possible) < len(waits):
            found.append(Difference(what=f"{source['Name']}: DependsOn", why="a dependency is left out"))
        kept.append({**source, "DependsOn": possible})
    return found, kept


def _reason(source: Mapping[str, Any]) -> str | None:
    if source.get("FirelensConfiguration"):
        return _ROUTER
    image = source.get("Image")
    text = "" if isinstance(image, Build) else image.why if isinstance(image, Unresolved) else str(image)
    return next((f"{why}; pass --with to run it" for part, why in _COLLECTORS.items() if part in text), None)


def _platform(name: str, fields: Fields) -> tuple[str | None, list[str]]:
    system = fields.take("RuntimePlatform.OperatingSystemFamily") or "LINUX"
    architecture = fields.take("RuntimePlatform.CpuArchitecture")
    wrong = [] if system == "LINUX" else [f"{name}: {system} containers only run on Windows"]
    return _ARCHITECTURES.get(str(architecture)), wrong


def _shares(fields: Fields, space: str) -> bool:
    field = f"{space.capitalize()}Mode"
    mode = fields.take(field)
    if mode not in (None, _SHARED):
        fields.put(field, mode)
    return bool(mode == _SHARED)


def _volumes(fields: Fields) -> tuple[tuple[Volume, ...], list[Difference]]:
    volumes, differences = [], []
    for source in fields.take("Volumes") or ():
        inside = Fields(source)
        name = str(inside.take("Name"))
        volumes.append(Volume(name=name, kept=_kept(name, source)))
        differences += [
            replace(it, what=f"volume {name}: {it.what}") for it in left_out(_under("Volumes", inside.left()))
        ]
    return tuple(volumes), differences


def _under(prefix: str, paths: Iterable[str]) -> list[str]:
    return [f"{prefix}.{path}" for path in paths]


def _kept(name: str, source: Mapping[str, Any]) -> str:
    """Return the name under which a volume is kept; empty for a volume that is removed with the task."""
    for kind, keys in _KEPT.items():
        if kind in source:
            inside = source[kind]
            parts = [_key(inside.get(key)) for key in keys]
            return "-".join(part for part in parts if part)
    docker = source.get("DockerVolumeConfiguration", {})
    return name if docker.get("Scope") == "shared" else ""


_KEPT = {
    "EFSVolumeConfiguration": ("FilesystemId", "RootDirectory"),
    "FSxWindowsFileServerVolumeConfiguration": ("FileSystemId", "RootDirectory"),
    "S3FilesVolumeConfiguration": ("FileSystemArn", "RootDirectory"),
    "Host": ("SourcePath",),
}


def _key(value: Any) -> str:
    text = value.names[0] if isinstance(value, Unresolved) and value.names else str(value or "")
    return "".join(letter if letter.isalnum() else "-" for letter in text).strip("-")


def _mount_problems(name: str, planned: Sequence[PlannedContainer], volumes: Iterable[Volume]) -> list[str]:
    known = {volume.name for volume in volumes}
    return [
        f"{name}/{one.plan.name}: it mounts the volume {mount.volume!r}, which the task definition does not declare"
        for one in planned
        for mount in one.plan.mounts
        if mount.volume not in known
    ]


def _ports(planned: Iterable[PlannedContainer]) -> tuple[Port, ...]:
    return tuple({(port.number, port.protocol): port for one in planned for port in one.ports}.values())


def _merged(settings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for one in settings:
        for field, value in one.items():
            before = merged.get(field)
            merged[field] = [*before, *(it for it in value if it not in before)] if isinstance(before, list) else value
    return merged


def _in_order(name: str, plans: Sequence[ContainerPlan]) -> list[ContainerPlan]:
    by_name = {plan.name: plan for plan in plans}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for plan in plans:
        needed = {wait.container for wait in plan.waits} | {it.removesuffix(":ro") for it in plan.volumes_from}
        if missing := needed - by_name.keys():
            raise LocalError(
                f"{name}/{plan.name}: it depends on the container {sorted(missing)[0]!r}, which does not run"
            )
        sorter.add(plan.name, *sorted(needed))
    try:
        return [by_name[one] for one in sorter.static_order()]
    except CycleError as error:
        raise LocalError(f"{name}: circular dependency between containers: {' → '.join(error.args[1])}") from None


def _linked(planned: Sequence[PlannedContainer]) -> list[ContainerPlan]:
    """Set the names of containers with their own addresses, including the names from links."""
    names: dict[str, list[str]] = {one.plan.name: [one.plan.name] for one in planned}
    for one in planned:
        for link in one.links:
            target, _, alias = link.partition(":")
            names.setdefault(target, []).append(alias or target)
    return [replace(one.plan, aliases=tuple(dict.fromkeys(names[one.plan.name]))) for one in planned]


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None
