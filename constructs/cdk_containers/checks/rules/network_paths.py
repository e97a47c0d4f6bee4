"""Checks of who reaches what: through load balancers, to tasks, and from the internet."""

from __future__ import annotations

from collections.abc import Callable

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Estate, Map, Resource, Value

from .listeners import CLASSIC, attribute, groups_of, is_internal, kind, ports_of
from .security_groups import GROUP, Rule, ingress, obstacle
from .service_parts import (
    LOAD_BALANCER,
    SERVICE,
    listeners_of,
    load_balancer_of,
    network_mode,
    target_group_of,
    task_definition,
)

_STARTERS = ("AWS::Scheduler::Schedule", "AWS::Events::Rule", "AWS::ECS::TaskSet", "AWS::Pipes::Pipe")
_INSTANCES = ("AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")


# ---- from load balancer to tasks


@check(
    "load-balancer-to-task-path",
    SERVICE,
    fix=(
        "Let the security group of the load balancer send to the port of the container, "
        "and that of the tasks accept it from there."
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
    if network_mode(task_definition(service)) != "awsvpc":
        raise CannotTell("the security groups of the container instances decide")
    targets = service.values("NetworkConfiguration", "AwsvpcConfiguration", "SecurityGroups")
    if not targets:
        raise CannotTell("the tasks have the default security group of the VPC")
    ports = _ports(entry, target_group)
    listeners = listeners_of(target_group)
    if not listeners:
        return _closed_to_everybody(service.template.estate, targets, ports)
    outcomes = [_way(service.template.estate, listener, targets, port) for listener in listeners for port in ports]
    return next((it for it in outcomes if not it.passes), outcomes[0])


def _ports(entry: Map, target_group: Resource) -> list[int]:
    """Return the port of the container, and that of the health check."""
    container = int(entry.number("ContainerPort", default=0))
    health = target_group.text("HealthCheckPort", default="traffic-port")
    return [container] if health in {"traffic-port", str(container)} else [container, int(health)]


def _closed_to_everybody(estate: Estate, targets: list[Value], ports: list[int]) -> Outcome:
    """Judge by the end of the tasks alone, where the load balancer is of another stack."""
    for target in targets:
        group = estate.find(target, GROUP)
        if group is None or any(rule.lets_through((port, port)) for rule in ingress(group) for port in ports):
            raise CannotTell("the load balancer is of another stack")
    return fault(f"the tasks do not accept port {ports[0]} from anybody")


def _way(estate: Estate, listener: Resource, targets: list[Value], port: int) -> Outcome:
    balancer = load_balancer_of(listener)
    callers = groups_of(balancer)
    name = balancer.logical_id
    if not callers and kind(balancer) == "network":
        return _from_addresses(estate, name, targets, port)
    if not callers:
        raise CannotTell(f"load balancer {name} has the default security group of the VPC")
    wrong = obstacle(estate, callers, targets, (port, port))
    if not wrong:
        return ok(f"security groups let port {port} through from load balancer {name}")
    return fault(f"security groups close port {port} between load balancer {name} and the tasks: {wrong}")


def _from_addresses(estate: Estate, name: str, targets: list[Value], port: int) -> Outcome:
    """A Network Load Balancer without groups comes with addresses, which no rule about a group is about."""
    for target in targets:
        group = estate.find(target, GROUP)
        if group is None:
            raise CannotTell("a security group is not in the templates")
        for rule in ingress(group):
            if rule.lets_through((port, port)) and rule.properties.has("SourceSecurityGroupId"):
                continue
            if rule.lets_through((port, port)):
                return ok(f"addresses may reach port {port} behind load balancer {name}")
    return fault(f"load balancer {name} has no security group, and no rule opens port {port} of the tasks to addresses")


# ---- from the internet


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
        return fault(f"{open_} of internal load balancer {name} is open to the world")
    return ok(f"internal load balancer {name} is open to named callers only")


def _beyond_listeners(balancer: Resource, group: Resource) -> Outcome:
    ports = ports_of(balancer)
    if not ports:
        raise CannotTell("the listeners are of another stack")
    beyond = _open(group, lambda rule: _within(rule, ports))
    if beyond:
        name = balancer.logical_id
        return fault(f"{beyond} is open to the world, where load balancer {name} does not listen")
    return ok(f"the world reaches nothing but the listeners of load balancer {balancer.logical_id}")


def _within(rule: Rule, ports: set[int]) -> bool:
    first, last = rule.ports
    return last - first < len(ports) and all(port in ports for port in range(first, last + 1))


@check(
    "closed-task-security-group",
    GROUP,
    fix="Let in the security group of the load balancer on the port of the container, in place of 0.0.0.0/0.",
)
def is_closed_to_the_world(group: Resource) -> Outcome | None:
    """The group of tasks is closed to the internet; that of a public load balancer opens its listeners' ports."""
    inside = _inside(group)
    if inside:
        needed = _ports_for_the_world(group)
        open_ = _open(group, lambda rule: _within(rule, needed))
        return fault(f"{open_} of {inside} is open to the world") if open_ else ok(f"only named callers reach {inside}")
    public = [it for it in group.referring(LOAD_BALANCER, CLASSIC) if not is_internal(it)]
    return worst(lambda balancer: _beyond_listeners(balancer, group), public)


def _inside(group: Resource) -> str:
    """Say what of a cluster has the group; empty where nothing has."""
    if group.referring(SERVICE, *_STARTERS):
        return "tasks"
    for template in group.referring(*_INSTANCES):
        if template.referring("AWS::EKS::Nodegroup"):
            return "nodes"
        groups = template.referring("AWS::AutoScaling::AutoScalingGroup")
        if any(it.referring("AWS::ECS::CapacityProvider") for it in groups) or "ECS_CLUSTER" in str(template.source):
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
    """Say what the whole internet may reach beside what is harmless; empty where it is nothing."""
    found = worst(lambda rule: None if harmless(rule) or not _is_open(rule) else fault(str(rule)), ingress(group))
    return "" if found is None else found.why.replace(";", ",")


def _is_open(rule: Rule) -> bool:
    return rule.protocol not in {"icmp", "icmpv6", "1", "58"} and rule.is_open
