"""Connections of services: names, load balancers, health checks of target groups, and dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Map, Reference, Resource, references_in
from cdk_containers.core.frozen import frozen

from .runnable import Runnable, references

_LISTENING = (
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::VpcLattice::Listener",
    "AWS::VpcLattice::Rule",
)
_BALANCERS = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::VpcLattice::Service")


@frozen
class Probe:
    """The health check of a target group: a request to a port of the service.

    Attributes:
        port: The port of the container.
        path: Path; None if a TCP connection is enough.
        codes: The status codes that are healthy, such as `200` or `200-299`.
    """

    port: int
    path: str | None
    codes: str = "200"

    def __str__(self) -> str:
        return f"a connection to {self.port}" if self.path is None else f"GET {self.path} on {self.port}"


class Services:
    """The services of an app and how they connect."""

    def __init__(self, estate: Estate, everything: Sequence[Runnable]) -> None:
        self._estate = estate
        self._everything = everything
        self._by_service = {one.service.key: one for one in everything if one.service is not None}

    def needed_by(self, chosen: Sequence[Runnable]) -> list[Runnable]:
        """Return what to run: the chosen services and jobs, each after everything that it depends on."""
        ordered: dict[str, Runnable] = {}

        def add(one: Runnable, above: frozenset[str]) -> None:
            if one.path in above:
                return
            for other in self.neighbours(one):
                add(other, above | {one.path})
            ordered.setdefault(one.path, one)

        for one in chosen:
            add(one, frozenset())
        return list(ordered.values())

    def neighbours(self, one: Runnable) -> list[Runnable]:
        """Return the services that a service reaches: it depends on them, or has the address of their load balancer."""
        found: dict[str, Runnable] = {}
        if one.service is not None:
            for logical_id in references(one.service):
                other = self._by_service.get(f"{one.service.template.key}/{logical_id}")
                if other is not None:
                    found[other.path] = other
        for reference in references_in(one.definition):
            found |= {other.path: other for other, _ in self._behind.get(reference.resource.key, ())}
        found.pop(one.path, None)
        return list(found.values())

    def address(self, balancer: Resource) -> str | None:
        """Return the local address for a load balancer; None if it leads to no service or to several services."""
        targets = list(dict.fromkeys((one.short.lower(), port) for one, port in self._behind.get(balancer.key, ())))
        return f"{targets[0][0]}:{targets[0][1]}" if len(targets) == 1 else None

    def aliases(self, one: Runnable) -> list[str]:
        """Return the names of a service on the network."""
        names = [one.short.lower()]
        if one.service is not None:
            names += [alias for (alias, _), _ in _service_connect(one.service)]
            names += self._cloud_map(one.service)
        return list(dict.fromkeys(names))

    def other_ports(self, one: Runnable) -> list[str]:
        """Return the Service Connect addresses whose port differs from the container port."""
        if one.service is None:
            return []
        ports = {
            it.text("Name"): it.text("ContainerPort")
            for container in one.definition.maps("ContainerDefinitions")
            for it in container.maps("PortMappings")
        }
        return [
            f"{alias} on {ports[name]}"
            for (alias, port), name in _service_connect(one.service)
            if ports.get(name, port) != port
        ]

    def probe(self, one: Runnable) -> Probe | None:
        """Return the health check of the first target group of a service."""
        for port, group in self._target_groups(one):
            if group.text("HealthCheckProtocol", default="HTTP").startswith("HTTP"):
                path = group.text("HealthCheckPath", default="/")
                return Probe(port=port, path=path, codes=group.text("Matcher", "HttpCode", default="200"))
            return Probe(port=port, path=None)
        return None

    @cached_property
    def _behind(self) -> dict[str, list[tuple[Runnable, int]]]:
        """The services behind each load balancer, with their ports."""
        behind: dict[str, list[tuple[Runnable, int]]] = {}
        for one in self._everything:
            for port, group in self._target_groups(one):
                for listening in self._estate.mentioning(group, *_LISTENING):
                    for balancer in self._balancers_of(listening):
                        behind.setdefault(balancer.key, []).append((one, port))
        return behind

    def _balancers_of(self, listening: Resource) -> Iterator[Resource]:
        for reference in references_in(listening):
            if reference.resource.type in _BALANCERS:
                yield reference.resource
            elif reference.resource.type in _LISTENING:
                yield from self._balancers_of(reference.resource)

    def _target_groups(self, one: Runnable) -> Iterator[tuple[int, Resource]]:
        if one.service is None:
            return
        ports = {
            it.text("Name"): it.number("ContainerPort")
            for container in one.definition.maps("ContainerDefinitions")
            for it in container.maps("PortMappings")
        }
        entries: list[tuple[Map, float | None]] = [
            (it, it.number("ContainerPort")) for it in one.service.maps("LoadBalancers")
        ]
        entries += [(it, ports.get(it.text("PortName"))) for it in one.service.maps("VpcLatticeConfigurations")]
        for entry, port in entries:
            try:
                group = self._estate.find(entry.value("TargetGroupArn")) if entry.has("TargetGroupArn") else None
            except (CannotTell, Malformed):
                continue
            if group is not None and port is not None:
                yield int(port), group

    def _cloud_map(self, service: Resource) -> Iterator[str]:
        for registry in service.maps("ServiceRegistries"):
            value = registry.value("RegistryArn")
            if not isinstance(value, Reference):
                continue
            named = value.resource
            space = named.value("NamespaceId") if named.has("NamespaceId") else named.value("DnsConfig", "NamespaceId")
            name = named.text("Name")
            if isinstance(space, Reference):
                name = f"{name}.{space.resource.text('Name')}"
            yield name


def _service_connect(service: Resource) -> Iterator[tuple[tuple[str, str], str]]:
    for entry in service.maps("ServiceConnectConfiguration", "Services"):
        for alias in entry.maps("ClientAliases"):
            name = alias.text("DnsName", default=entry.text("DiscoveryName", default=entry.text("PortName")))
            yield (name, alias.text("Port")), entry.text("PortName")
