"""Checks of security groups: what the whole internet can reach."""

from __future__ import annotations

from collections.abc import Callable

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .capacity_parts import LAUNCHES, is_for_ecs
from .eks_settings import starts_nodes
from .listeners import CLASSIC, attribute, is_internal, ports_of
from .security_groups import GROUP, Rule, ingress
from .service_parts import LOAD_BALANCER, SERVICE, target_group_of

_WEB = {80, 443}
"""Ports of a public web site, where an open rule does no harm without a listener."""
_STARTERS = ("AWS::Scheduler::Schedule", "AWS::Events::Rule", "AWS::ECS::TaskSet", "AWS::Pipes::Pipe")


@check(
    "explicit-ingress",
    GROUP,
    fix="Limit CidrIp to the callers, and the ports to those of the listeners.",
)
def opens_what_listens(group: Resource) -> Outcome | None:
    """The group of a load balancer opens its listeners' ports, and an internal one is not open to the world."""
    return worst(lambda balancer: _opened_by(balancer, group), group.referring(LOAD_BALANCER, CLASSIC))


def _opened_by(balancer: Resource, group: Resource) -> Outcome | None:
    name = balancer.logical_id
    if not is_internal(balancer):
        return _beyond_listeners(balancer, group)
    open_ = _open(group)
    if open_:
        return fault(f"every address can reach {open_} of internal load balancer {name}")
    return ok(f"internal load balancer {name} is open only to named callers")


def _beyond_listeners(balancer: Resource, group: Resource) -> Outcome:
    listening = ports_of(balancer)
    beyond = _open(group, lambda rule: _within(rule, listening | _WEB))
    name = balancer.logical_id
    if beyond and not listening:
        raise CannotTell("the listeners are in another stack")
    if beyond:
        return fault(f"every address can reach {beyond}, where load balancer {name} does not listen")
    return ok(f"every address can reach only the listeners of load balancer {name}")


def _within(rule: Rule, ports: set[int]) -> bool:
    first, last = rule.ports
    return last - first < len(ports) and all(port in ports for port in range(first, last + 1))


@check(
    "closed-task-security-group",
    GROUP,
    fix="Allow the security group of the load balancer on the container port, instead of 0.0.0.0/0.",
)
def is_closed_to_the_world(group: Resource) -> Outcome | None:
    """The group of tasks is closed to the internet; that of a public load balancer opens its listeners' ports."""
    inside = _inside(group)
    if inside:
        needed = _ports_for_the_world(group)
        open_ = _open(group, lambda rule: _within(rule, needed))
        return (
            fault(f"every address can reach {open_} of {inside}")
            if open_
            else ok(f"only named callers can reach {inside}")
        )
    public = [it for it in group.referring(LOAD_BALANCER, CLASSIC) if not is_internal(it)]
    return worst(lambda balancer: _beyond_listeners(balancer, group), public)


def _inside(group: Resource) -> str:
    """Describe the cluster resource with the group; empty if there is none."""
    if group.referring(SERVICE, *_STARTERS):
        return "tasks"
    for launch in group.referring(*LAUNCHES):
        if starts_nodes(launch):
            return "nodes"
        if is_for_ecs(launch):
            return "container instances"
    return ""


def _ports_for_the_world(group: Resource) -> set[int]:
    """Return the ports at which tasks see the addresses of callers, behind a Network Load Balancer without a group."""
    return {
        int(entry.number("ContainerPort", default=0))
        for service in group.referring(SERVICE)
        for entry in service.maps("LoadBalancers")
        if _keeps_addresses(service, entry)
    }


def _keeps_addresses(service: Resource, entry: Map) -> bool:
    try:
        target_group = target_group_of(service, entry)
    except CannotTell:
        return False
    if target_group is None or target_group.text("Protocol", default="HTTP") not in {"TCP", "UDP", "TCP_UDP"}:
        return False
    by_default = "false" if target_group.text("Protocol") == "TCP" else "true"
    return attribute(target_group, "preserve_client_ip.enabled", by_default) == "true"


def _open(group: Resource, harmless: Callable[[Rule], bool] = lambda _: False) -> str:
    """Describe what the whole internet can reach, except harmless ports; empty if there is nothing."""
    found = worst(lambda rule: None if harmless(rule) or not _is_open(rule) else fault(str(rule)), ingress(group))
    return "" if found is None else found.why.replace(";", ",")


def _is_open(rule: Rule) -> bool:
    return rule.protocol not in {"icmp", "icmpv6", "1", "58"} and rule.is_open
