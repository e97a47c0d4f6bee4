"""Checks of the path from load balancers to tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource, Value

from .capacity_parts import LAUNCHES, group_of, launch_data, launches_of
from .listeners import groups_of, kind
from .security_groups import GROUP, Ports, ingress, obstacle
from .service_parts import (
    SERVICE,
    capacity_providers_of,
    cluster_of,
    containers_of,
    listeners_of,
    load_balancer_of,
    network_mode,
    target_group_of,
    task_definition,
)

_ALL: Ports = (1, 65535)
_DYNAMIC: Ports = (49153, 60999)
"""The host ports that every Linux instance may take; whether the rest is open, its image decides."""


@check(
    "load-balancer-to-task-path",
    SERVICE,
    fix=(
        "Allow egress to the container port in the security group of the load balancer, and ingress from it in that of "
        "the tasks."
    ),
)
def gets_requests_through(service: Resource) -> Outcome | None:
    """Security groups let requests and health checks through from the load balancer to the tasks."""
    if not service.has("LoadBalancers"):
        return None
    return worst(lambda entry: _path(service, entry), service.maps("LoadBalancers"))


def _path(service: Resource, entry: Map) -> Outcome | None:
    target_group = target_group_of(service, entry)
    if target_group is None:
        return None
    targets, ports = _ends(service, entry, target_group)
    listeners = listeners_of(target_group)
    if not listeners:
        return _closed_to_everybody(service, targets, ports)
    outcomes = [_way(listener, targets, port) for listener in listeners for port in ports]
    return next((it for it in outcomes if not it.passes), outcomes[0])


def _ends(service: Resource, entry: Map, target_group: Resource) -> tuple[Sequence[Value], list[Ports]]:
    """Return the security groups of the targets, and the ports of requests and of health checks."""
    own = service.has("NetworkConfiguration", "AwsvpcConfiguration")
    if own or network_mode(task_definition(service)) == "awsvpc":
        targets = service.values("NetworkConfiguration", "AwsvpcConfiguration", "SecurityGroups")
        port = _number(entry, "ContainerPort")
    else:
        targets = [group for launch in _launches(service) for group in _groups(launch)]
        port = _host_port(task_definition(service), entry)
    if not targets:
        raise CannotTell("the tasks have the default security group of the VPC")
    if target_group.text("HealthCheckPort", default="traffic-port") == "traffic-port":
        return targets, [port]
    health = int(target_group.number("HealthCheckPort", default=0))
    return targets, [port, (health, health)]


def _number(source: Map, key: str) -> Ports:
    """Return a port as a range; an unknown port becomes all ports, because a rule may open them all."""
    try:
        port = int(source.number(key, default=0))
    except CannotTell:
        return _ALL
    return (port, port)


def _host_port(task: Resource, entry: Map) -> Ports:
    """Return the port of the instance that leads to the port of the container."""
    name, port = entry.text("ContainerName"), entry.number("ContainerPort", default=0)
    for container in containers_of(task):
        if container.text("Name") == name:
            for mapping in container.maps("PortMappings"):
                if mapping.number("ContainerPort") == port and network_mode(task) == "bridge":
                    return _number(mapping, "HostPort") if mapping.number("HostPort", default=0) else _DYNAMIC
    return (int(port), int(port))


def _launches(service: Resource) -> list[Resource]:
    """Return what starts the instances of a service."""
    providers = capacity_providers_of(service)
    if providers:
        return [launch for provider in providers for launch in launches_of(group_of(provider))]
    cluster = cluster_of(service)
    launches = [] if cluster is None else cluster.referring(*LAUNCHES)
    if not launches:
        raise CannotTell("the instances are in another stack")
    return launches


def _groups(launch: Resource) -> Iterator[Value]:
    data = launch_data(launch)
    yield from data.values("SecurityGroupIds")
    yield from data.values("SecurityGroups")
    for interface in data.maps("NetworkInterfaces"):
        yield from interface.values("Groups")


def _closed_to_everybody(service: Resource, targets: Sequence[Value], ports: list[Ports]) -> Outcome:
    """Check only the rules of the tasks if the load balancer is in another stack."""
    for target in targets:
        group = service.template.estate.find(target, GROUP)
        if ports[0] == _ALL or group is None or any(rule.lets_through(it) for rule in ingress(group) for it in ports):
            raise CannotTell("the load balancer is in another stack")
    return fault(f"the tasks accept {_said(ports[0])} from no caller")


def _way(listener: Resource, targets: Sequence[Value], ports: Ports) -> Outcome:
    estate, balancer = listener.template.estate, load_balancer_of(listener)
    callers = groups_of(balancer)
    name = balancer.logical_id
    if not callers and kind(balancer) == "network":
        return _from_addresses(balancer, targets, ports)
    if not callers:
        raise CannotTell(f"load balancer {name} has the default security group of the VPC")
    wrong = obstacle(estate, callers, targets, ports)
    if wrong and ports == _ALL:
        raise CannotTell("the port of the container is not known")
    if wrong:
        return fault(f"security groups block {_said(ports)} between load balancer {name} and the tasks: {wrong}")
    return ok(f"security groups allow {_said(ports)} from load balancer {name}")


def _from_addresses(balancer: Resource, targets: Sequence[Value], ports: Ports) -> Outcome:
    """A Network Load Balancer without groups comes with addresses, which no rule about a group is about."""
    name = balancer.logical_id
    for target in targets:
        group = balancer.template.estate.find(target, GROUP)
        if group is None:
            raise CannotTell("a security group is not in the templates")
        for rule in ingress(group):
            if rule.lets_through(ports) and not rule.properties.has("SourceSecurityGroupId"):
                return ok(f"IP addresses can reach {_said(ports)} behind load balancer {name}")
    if ports == _ALL:
        raise CannotTell("the port of the container is not known")
    return fault(f"load balancer {name} has no security group, and no rule opens {_said(ports)} of tasks to addresses")


def _said(ports: Ports) -> str:
    return f"port {ports[0]}" if ports[0] == ports[1] else "every port" if ports == _ALL else "the dynamic ports"
