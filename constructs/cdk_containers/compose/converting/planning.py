"""Plans the app for a project."""

from __future__ import annotations

from pathlib import Path

from cdk_containers.core.documents import nearest

from ..reading.models import Service
from .calls import called_as, edges_of, ordered
from .context import Context, look_at_unkept
from .exposing import check_hosts
from .kinds import Kinds, kinds_of
from .known_images import is_database, known
from .mentions import mentions, replaced
from .names import container_name
from .plan import Edge, Plan, Unit
from .settings import Secrets, Settings, settings_of
from .short_forms import PublishedPort, mounted_path, published_port
from .units import unit_of


def plan_of(context: Context, output: Path | None) -> Plan:
    """Return the plan of an app, and add its problems to those of the project."""
    look_at_unkept(context)
    _check_choices(context)
    services = context.project.services
    left = {name: one for name, one in services.items() if name not in context.left_out}
    secrets = Secrets()
    settings = {name: settings_of(context, secrets, name, service) for name, service in left.items()}
    for name in (context.left_out - context.choices.without) & set(services):
        _call_managed(context, name, services[name], settings)
    hosts = {name: _hosts(name, service) for name, service in left.items()}
    ports = {name: _ports(context, name, service) for name, service in left.items()}
    kinds = kinds_of(context, left)
    edges = edges_of(left, settings, hosts, kinds.init_of, kinds.sidecar_of)
    for edge in edges:
        listens = ports[edge.callee]
        if edge.port is not None and edge.port not in [port.number for port in listens]:
            listens.append(PublishedPort(number=edge.port))
    units: dict[str, Unit] = {}
    for name, service in left.items():
        taken = {unit.variable for unit in units.values()} | _TAKEN
        host = called_as(context, name, hosts[name], left, settings)
        units[name] = unit_of(
            context,
            name,
            service,
            kinds=kinds,
            settings=settings[name],
            host=host,
            ports=ports[name],
            output=output,
            taken=taken,
        )
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


def _check_choices(context: Context) -> None:
    """Find choices about services that do not exist."""
    services = set(context.project.services)
    for option, names in (
        ("database", context.choices.databases),
        ("host", context.choices.hosts),
        ("publish", context.choices.published),
        ("schedule", context.choices.schedules),
        ("internal", context.choices.internal),
        ("without", context.choices.without),
    ):
        for name in sorted(set(names) - services):
            context.project.root.refuse(f"--{option}: there is no service {name!r}")
    for name in context.choices.without & services:
        context.say(name, "omitted, as you chose")
    _check_volumes(context)


def _check_volumes(context: Context) -> None:
    """Find choices about volumes and bind mounts that do not exist."""
    sources = set()
    for service in context.project.services.values():
        for given in service.volumes or []:
            try:
                sources.add(mounted_path(given).source.rstrip("/"))
            except ValueError:  # the mount reports it
                continue
    for source in context.choices.volumes:
        if source.rstrip("/") not in sources:
            hint = nearest(source, sorted(filter(None, sources)))
            context.project.root.refuse(f"--volume: nothing is mounted from {source!r}: {hint}")


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
    if (number := context.choices.published.get(name)) is not None:
        try:
            found.append(published_port(number))
        except ValueError as error:
            context.refuse(name, message=f"--publish: {error}")
    image = known(service.image)
    there = {port.number for port in found}
    return found + [PublishedPort(number=port) for port in (image.ports if image else ()) if port not in there]


def _call_managed(context: Context, name: str, service: Service, settings: dict[str, Settings]) -> None:
    """Replace the name of a database service by the address of a managed database."""
    address = context.choices.databases[name]
    hosts = _hosts(name, service)
    context.say(name, f"omitted: it is at {address}; allow the services that call it in its security group")
    for caller, given in settings.items():
        for key, value in list(given.plain.items()):
            given.plain[key] = replaced(value, hosts, address, setting=key)
        for key, text in given.texts.items():
            if any(mentions(text, hosts, setting=key)):
                context.say(caller, f"write {address} into the secret of {key}, instead of {name}")


def _check_ids(context: Context, units: dict[str, Unit]) -> None:
    seen: dict[str, str] = {}
    for name, unit in units.items():
        if unit.id in seen:
            context.refuse(name, message=f"its construct would have the same id as {seen[unit.id]}: {unit.id}")
        seen[unit.id] = name


def _check_jobs(context: Context, units: dict[str, Unit], edges: list[Edge]) -> None:
    for edge in edges:
        if not units[edge.caller].is_service and units[edge.callee].is_service and edge.port is not None:
            message = (
                f"it calls {edge.callee}, which jobs cannot find by Service Connect: let a service wait for it with "
                "`condition: service_completed_successfully`, so that it runs in the task of that service; or use an "
                "address that jobs can resolve"
            )
            context.refuse(edge.caller, message=message)


def _join_containers(context: Context, units: dict[str, Unit], kinds: Kinds) -> None:
    """Move init containers and sidecars into the tasks of their services."""
    for name, owners in {**kinds.init_of, **{name: [owner] for name, owner in kinds.sidecar_of.items()}}.items():
        unit = units[name]
        if is_database(context.project.services[name].image):
            context.refuse(name, message="a database must have its own task, not run in that of another service")
        for owner in owners:
            host = units[owner]
            for key, volume in unit.volumes.items():
                host.volumes.setdefault(key, volume)
            host.options.setdefault("sidecars", []).append(unit)
            if name in kinds.init_of:
                host.container.setdefault("depends_on", {})[container_name(name)] = "SUCCESS"
