"""Checks of the ports of tasks, and of the load balancers that send to them."""

from __future__ import annotations

from collections import Counter

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Resource

from .containers import containers_of, network_mode
from .service_parts import SERVICE, TASK_DEFINITION, task_definition


@check("port-mappings", TASK_DEFINITION, fix="Use each port once. With awsvpc or host, remove HostPort.")
def ports_are_used_once(task: Resource) -> Outcome | None:
    """Two containers cannot listen on one port of the task, or of the instance."""
    mode = network_mode(task)
    used: Counter[tuple[str, int]] = Counter()
    mapped = False
    for one in containers_of(task):
        for mapping in one.source.maps("PortMappings"):
            port, host = mapping.number("ContainerPort"), mapping.number("HostPort")
            mapped = True
            if mode in {"awsvpc", "host"} and port is not None and host not in (None, 0, port):
                return fault(
                    f"{one} maps port {port:.0f} to {host:.0f}, but {mode} networking does not support port mapping"
                )
            taken = host if mode == "bridge" else port
            if taken:
                used[mapping.text("Protocol", default="tcp").lower(), int(taken)] += 1
    twice = sorted(port for (_, port), count in used.items() if count > 1)
    if twice:
        return fault(f"port {', '.join(map(str, twice))} is used twice")
    return ok("each port is used once") if mapped else None


@check("port-mappings", SERVICE, fix="Add the port to the PortMappings of the container that the service names.")
def load_balancer_uses_a_declared_port(service: Resource) -> Outcome | None:
    """A load balancer reaches ports that the container declares."""
    targets = service.maps("LoadBalancers")
    if not targets:
        return None
    containers = {one.source.text("Name"): one for one in containers_of(task_definition(service))}
    for target in targets:
        name, port = target.text("ContainerName"), target.number("ContainerPort")
        if name not in containers:
            return fault(f"its load balancer targets {name}, which is not a container of the task")
        mappings = containers[name].source.maps("PortMappings")
        if any(mapping.has("ContainerPortRange") for mapping in mappings):
            raise CannotTell(f"container {name} maps a range of ports")
        if port not in [mapping.number("ContainerPort") for mapping in mappings]:
            return fault(f"its load balancer targets port {port or 0:.0f} of {name}, which does not declare it")
    return ok("the container declares the port of the load balancer")
