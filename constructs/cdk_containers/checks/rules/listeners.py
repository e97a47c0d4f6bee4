"""Load balancers and their listeners: attributes, actions, and security groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_containers.checks.templates import CannotTell, Map, Resource, Value

from .service_parts import LISTENER, LISTENER_RULE, LOAD_BALANCER, load_balancer_of

CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"

ENCRYPTED = {"HTTPS", "TLS", "SSL"}


def attribute(resource: Resource, key: str, default: str) -> str:
    """Return an attribute of a load balancer or a target group, as `true`, `false` or text."""
    name = "LoadBalancerAttributes" if resource.type == LOAD_BALANCER else "TargetGroupAttributes"
    for item in resource.maps(name):
        if item.text("Key") == key:
            return item.text("Value", default=default).lower()
    return default


def kind(balancer: Resource) -> str:
    """Return `application`, `network` or `gateway`."""
    return balancer.text("Type", default="application")


def is_internal(balancer: Resource) -> bool:
    """Tell whether a load balancer has private addresses only."""
    return balancer.text("Scheme", default="internet-facing") == "internal"


def protocol(listener: Resource) -> str:
    """Return the protocol of a listener, derived from its port or certificates if it sets none."""
    if listener.has("Protocol"):
        return listener.text("Protocol").upper()
    if listener.has("Certificates") or listener.text("Port") in {"443", "8443"}:
        return "HTTPS"
    return "HTTP"


def listeners_on(balancer: Resource) -> list[Resource]:
    """Return the listeners of a load balancer that are in sight."""
    return balancer.referring(LISTENER)


def rules_on(listener: Resource) -> list[Resource]:
    """Return the rules of a listener that are in sight."""
    find = listener.template.estate.find
    return [it for it in listener.referring(LISTENER_RULE) if find(it.value("ListenerArn"), LISTENER) is listener]


def balancer_or_none(listener: Resource) -> Resource | None:
    """Return the load balancer of a listener; None if it is of another stack."""
    try:
        return load_balancer_of(listener)
    except CannotTell:
        return None


def ports_of(balancer: Resource) -> set[int]:
    """Return the ports that a load balancer listens on."""
    if balancer.type == CLASSIC:
        return {int(item.number("LoadBalancerPort", default=0)) for item in balancer.maps("Listeners")}
    return {int(listener.number("Port", default=0)) for listener in listeners_on(balancer)}


def groups_of(balancer: Resource) -> Sequence[Value]:
    """Return the security groups of a load balancer, as its property has them."""
    return balancer.values("SecurityGroups")


def actions_of(listener: Resource) -> Iterator[tuple[str, Map]]:
    """Yield the actions of a listener and of its rules, each with a name for users."""
    for action in listener.maps("DefaultActions"):
        yield "its default action", action
    for rule in rules_on(listener):
        for action in rule.maps("Actions"):
            yield f"rule {rule.logical_id}", action


def redirects_to_https(action: Map) -> bool:
    """Tell whether an action sends callers to HTTPS."""
    to = action.text("RedirectConfig", "Protocol", default="#{protocol}")
    return action.text("Type") == "redirect" and to == "HTTPS"
