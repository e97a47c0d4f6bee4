"""From a project to the plan of an app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cdk_containers.core.frozen import frozen

from ..reading.models import Service
from .amounts import cpu_units, mebibytes, task_size
from .calls import called_as, edges_of, ordered
from .containers import container_options, owner_of, user_of
from .context import CONTAINER, Context, look_at_unkept
from .exposing import Exposed, check_hosts, connection_exposures, exposed, web_exposure
from .images import image_of
from .known_images import KnownImage, is_database, known
from .mentions import mentions, replaced
from .mounting import Mounted, mounted
from .names import container_name, construct_id, variable
from .plan import Edge, Plan, Unit
from .settings import Secrets, Settings, settings_of
from .short_forms import PublishedPort, published_port
from .source import Raw, call

_ONCE = ("no", "on-failure")
_PLATFORMS = {"linux/amd64": None, "linux/x86_64": None, "linux/arm64": "ARM64", "linux/arm64/v8": "ARM64"}


@frozen(slots=False)
class _Kinds:
    """What each service becomes."""

    init_of: dict[str, list[str]]
    """Services that run to their end before others, with those."""

    sidecar_of: dict[str, str]
    """Services in the network of another one, with that."""


def plan_of(context: Context, output: Path | None) -> Plan:
    """Return the plan of an app; what is wrong with it is in the project's problems."""
    look_at_unkept(context)
    _check_choices(context)
    services = {name: service or Service() for name, service in context.project.services.items()}
    left = {name: one for name, one in services.items() if name not in context.left_out}
    secrets = Secrets()
    settings = {name: settings_of(context, secrets, name, service) for name, service in left.items()}
    for name in (context.left_out - context.choices.without) & set(services):
        _call_managed(context, name, services[name], settings)
    hosts = {name: _hosts(name, service) for name, service in left.items()}
    ports = {name: _ports(context, name, service) for name, service in left.items()}
    kinds = _kinds(context, left)
    edges = edges_of(left, settings, hosts, kinds.init_of, kinds.sidecar_of)
    for edge in edges:
        listens = ports[edge.callee]
        if edge.port is not None and edge.port not in [port.number for port in listens]:
            listens.append(PublishedPort(number=edge.port))
    units: dict[str, Unit] = {}
    for name, service in left.items():
        taken = {unit.variable for unit in units.values()} | _TAKEN
        host = called_as(context, name, hosts[name], left, settings)
        unit = _unit(context, name, service, kinds, settings[name], host, ports[name], output, taken)
        units[name] = unit
    _check_ids(context, units)
    check_hosts(context, {name: unit.exposed.web for name, unit in units.items() if unit.exposed.web is not None})
    forward, backward = ordered(context, edges)
    _check_jobs(context, units, forward)
    _join_containers(context, units, kinds)
    return Plan(name=context.project.name, units=units, edges=forward, backward=backward, secrets=secrets.used_by)


_TAKEN = {
    "app",
    "files",
    "self",
    "environment",
    "secrets",
    "entrance",
    "cdk",
    "ec2",
    "efs",
    "certificate",
    "certificates",
}


_CHILDREN = {
    *("AlarmTopic", "Cluster", "Dashboard", "Domain", "Events", "InternalLoadBalancer", "Namespace", "Network"),
    "PublicLoadBalancer",
}
"""What an application has already."""


def _check_choices(context: Context) -> None:
    """Find choices about what is not there."""
    services = set(context.project.services)
    for option, names in (
        ("database", context.choices.databases),
        ("host", context.choices.hosts),
        ("schedule", context.choices.schedules),
        ("internal", context.choices.internal),
        ("without", context.choices.without),
    ):
        for name in sorted(set(names) - services):
            context.project.root.refuse(f"--{option}: there is no service {name!r}")
    for name in context.choices.without & services:
        context.say(name, "left out, as you chose")


def _hosts(name: str, service: Service) -> frozenset[str]:
    aliases = [alias for use in (service.networks or {}).values() if use is not None for alias in use.aliases or []]
    return frozenset(filter(None, [name, service.container_name, service.hostname, *aliases]))


def _ports(context: Context, name: str, service: Service) -> list[PublishedPort]:
    found: list[PublishedPort] = []
    for key, given in (("ports", service.ports), ("expose", service.expose)):
        for index, port in enumerate(given or []):
            try:
                made = published_port(port)
            except ValueError as error:
                context.refuse(name, key, index, message=str(error))
                continue
            inside = PublishedPort(number=made.number, protocol=made.protocol)
            found.append(made if key == "ports" else inside)
    image = known(service.image)
    there = {port.number for port in found}
    return found + [PublishedPort(number=port) for port in (image.ports if image else ()) if port not in there]


def _kinds(context: Context, services: dict[str, Service]) -> _Kinds:
    init_of: dict[str, list[str]] = {}
    sidecar_of = {}
    for name, service in services.items():
        for other, dependency in (service.depends_on or {}).items():
            condition = dependency.condition if dependency is not None else None
            if condition not in (None, "service_started", "service_healthy", "service_completed_successfully"):
                message = (
                    f"got {condition!r}; allowed: service_started, service_healthy, service_completed_successfully"
                )
                context.refuse(name, "depends_on", other, "condition", message=message)
            if condition == "service_completed_successfully" and other in services:
                init_of.setdefault(other, []).append(name)
        mode = service.network_mode or ""
        kind, _, other = mode.partition(":")
        if kind == "service" and other in services and other != name:
            sidecar_of[name] = other
        elif mode not in ("", "bridge", "default"):
            message = f"got {mode!r}: a task has a network of its own; allowed: bridge, or service:NAME"
            context.refuse(name, "network_mode", message=message)
    for name, other in sidecar_of.items():
        if other in sidecar_of or other in init_of or name in init_of:
            context.refuse(name, "network_mode", message=f"{other!r} is no service that others can run beside")
    for name, dependants in init_of.items():
        if name in dependants or any(dependant in init_of or dependant in sidecar_of for dependant in dependants):
            context.refuse(name, message="what runs to its end before others cannot wait for such a service itself")
        else:
            many = "each task of " + ", ".join(dependants)
            context.say(name, f"it runs before {many}, and not once: it has to bear that")
    return _Kinds(init_of=init_of, sidecar_of=sidecar_of)


def _unit(
    context: Context,
    name: str,
    service: Service,
    kinds: _Kinds,
    settings: Settings,
    host: str,
    ports: list[PublishedPort],
    output: Path | None,
    taken: set[str],
) -> Unit:
    _keeps_data(context, name, service)
    user = user_of(context, name, service)
    storage = mounted(context, name, service, owner_of(user))
    reached = exposed(context, name, service, ports)
    kind = _kind(context, name, service, kinds, ports, reached)
    container: dict[str, Any] = {
        "image": image_of(context, name, service, storage.overlay, output),
        "user": user,
        **container_options(context, name, service),
        "mounts": storage.mounts or None,
        "tmpfs": storage.tmpfs or None,
    }
    options, entrance = _options(context, name, service, kind, ports, reached, storage)
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


def _kind(
    context: Context, name: str, service: Service, kinds: _Kinds, ports: list[PublishedPort], reached: Exposed
) -> str:
    if name in kinds.init_of:
        return "init"
    if name in kinds.sidecar_of:
        return "sidecar"
    if name in context.choices.schedules:
        return "ScheduledJob"
    restart = (service.restart or "").partition(":")[0]
    if restart not in ("", "always", "unless-stopped", *_ONCE):
        message = f"got {service.restart!r}; allowed: no, always, unless-stopped, on-failure"
        context.refuse(name, "restart", message=message)
    mode = service.deploy.mode if service.deploy else None
    if mode == "global":
        message = "one on each machine: Fargate has none; on `Ec2Capacity` it is a DaemonService"
        context.refuse(name, "deploy", "mode", message=message)
    elif mode not in (None, "replicated", "replicated-job"):
        context.refuse(name, "deploy", "mode", message=f"got {mode!r}; allowed: replicated, replicated-job")
    if mode == "replicated-job" or (restart in _ONCE and not ports):
        context.say(
            name, f"it runs to its end: an EventJob, which you start by hand, or --schedule {name}='rate(1 day)'"
        )
        return "EventJob"
    return "WebService" if reached else "BackendService"


def _options(
    context: Context,
    name: str,
    service: Service,
    kind: str,
    ports: list[PublishedPort],
    reached: Exposed,
    storage: Mounted,
) -> tuple[dict[str, Any], Any]:
    """Return the options of a construct, and a load balancer that it needs before."""
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
    if order == "stop-first" or (storage.writes_to_files and count == 1 and order is None):
        options["deployment"] = Raw("ONE_AT_A_TIME")
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
        context.say(name, f"no size is given: {size[0]} CPU units and {size[1]} MiB; look at what it uses")
    elif size != (cpu, memory):
        context.say(
            name, f"the task has {size[0]} CPU units and {size[1]} MiB, the smallest pair on Fargate that holds it"
        )
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
            context.say(name, f"it keeps nothing when its task is replaced{_instead(image)}")
        return
    if context.choices.databases.get(name) == CONTAINER:
        context.say(name, f"one task with its data on EFS, slower than a disk and without a standby{_instead(image)}")
        return
    better = f"{image.managed} is what you want" if image.managed else "a container is a poor place for it"
    message = (
        f"{service.image} keeps data, and {better}: decide with --database {name}=ADDRESS, of one that you make, or "
        f"--database {name}={CONTAINER}, one task with its data on EFS; or leave it out with --without {name}"
    )
    context.refuse(name, "image", message=message)


def _instead(image: KnownImage) -> str:
    return f"; {image.managed} is there for this" if image.managed else ""


def _call_managed(context: Context, name: str, service: Service, settings: dict[str, Settings]) -> None:
    """Write the address of a managed database where the name of its service stands."""
    address = context.choices.databases[name]
    hosts = _hosts(name, service)
    context.say(name, f"left out: it is at {address}; let its security group in from the services that call it")
    for caller, given in settings.items():
        for key, value in list(given.plain.items()):
            given.plain[key] = replaced(value, hosts, address, setting=key)
        for key, text in given.texts.items():
            if any(mentions(text, hosts, setting=key)):
                context.say(caller, f"write {address} into the secret of {key}, in place of {name}")


def _check_ids(context: Context, units: dict[str, Unit]) -> None:
    seen: dict[str, str] = {}
    for name, unit in units.items():
        if unit.id in seen:
            context.refuse(name, message=f"its construct would have the id of {seen[unit.id]}: {unit.id}")
        seen[unit.id] = name


def _check_jobs(context: Context, units: dict[str, Unit], edges: list[Edge]) -> None:
    for edge in edges:
        if not units[edge.caller].is_service and units[edge.callee].is_service and edge.port is not None:
            message = (
                f"it calls {edge.callee}, which services find by Service Connect, and jobs do not: have a service wait "
                "for it with `condition: service_completed_successfully`, and it runs in the task of that; or name an "
                "address that everybody finds"
            )
            context.refuse(edge.caller, message=message)


def _join_containers(context: Context, units: dict[str, Unit], kinds: _Kinds) -> None:
    """Put what runs before others, or beside them, into their tasks."""
    for name, owners in {**kinds.init_of, **{name: [owner] for name, owner in kinds.sidecar_of.items()}}.items():
        unit = units[name]
        if is_database(context.project.services[name].image):
            context.refuse(name, message="a database runs for itself, not in the task of another service")
        for owner in owners:
            host = units[owner]
            for key, volume in unit.volumes.items():
                host.volumes.setdefault(key, volume)
            host.options.setdefault("sidecars", []).append(unit)
            if name in kinds.init_of:
                host.container.setdefault("depends_on", {})[container_name(name)] = "SUCCESS"
