"""Checks of load balancers, listeners and target groups."""

from __future__ import annotations

import json
import re

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Malformed, Map, Resource, Unknown, Value

from .listeners import (
    CLASSIC,
    ENCRYPTED,
    actions_of,
    attribute,
    balancer_or_none,
    kind,
    listeners_on,
    protocol,
    redirects_to_https,
)
from .questions import holds_for_any
from .service_parts import (
    LISTENER,
    LISTENER_RULE,
    LOAD_BALANCER,
    TARGET_GROUP,
    listeners_of,
    load_balancer_of,
    services_behind,
)

_OLD_TLS = re.compile(r"ELBSecurityPolicy-(2\d{3}-|TLS-1-[01]-|TLS13-1-[01]-|FS-1-1-|FS-2018)")
_WITHOUT_FORWARD_SECRECY = re.compile(r"ELBSecurityPolicy-(TLS-1-2-|TLS13-1-2-Ext)")
_MODERN_TLS = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]-|FS-1-2-)")
_API_DEFAULT = "ELBSecurityPolicy-2016-08"
_AWS_DELAY = 300


# ---- HTTPS


@check(
    "https-listener",
    LISTENER,
    CLASSIC,
    fix="Set Protocol to HTTPS, or TLS on a Network Load Balancer, and add an ACM certificate to Certificates.",
)
def listens_encrypted(resource: Resource) -> Outcome | None:
    """Nothing is served over plain HTTP."""
    if resource.type == CLASSIC:
        return worst(_classic_listener, resource.maps("Listeners"))
    spoken = protocol(resource)
    if spoken in ENCRYPTED:
        return ok(f"port {_port(resource)} uses {spoken} with a certificate")
    if spoken == "HTTP":
        return _plain_http(resource)
    if spoken.startswith("TCP"):
        if _in_front_of_a_balancer(resource):
            return None
        raise CannotTell("it forwards TCP, so callers and targets decide about encryption")
    return None


def _classic_listener(listener: Map) -> Outcome:
    port, spoken = listener.text("LoadBalancerPort"), listener.text("Protocol").upper()
    if spoken in ENCRYPTED:
        return ok(f"port {port} uses {spoken}")
    if spoken == "HTTP":
        return fault(f"port {port} uses plain HTTP", fix="Set Protocol to HTTPS, and set SSLCertificateId.")
    raise CannotTell(f"port {port} forwards TCP, so callers and targets decide about encryption")


def _plain_http(listener: Resource) -> Outcome | None:
    served = worst(_served, actions_of(listener))
    if served is None:
        raise CannotTell("rules of other stacks may serve requests over plain HTTP")
    if not served.passes and _stands_beside_https(listener):
        return None  # what it lacks is a redirect
    return served


def _stands_beside_https(listener: Resource) -> bool:
    """Tell whether its load balancer always has HTTPS too. A conditional listener does not always exist."""
    balancer = balancer_or_none(listener)
    if balancer is None:
        return False
    always = (it for it in listeners_on(balancer) if "Condition" not in it.declaration)
    return holds_for_any(lambda it: protocol(it) == "HTTPS", always)


def _served(named: tuple[str, Map]) -> Outcome | None:
    name, action = named
    type_ = action.text("Type")
    if type_.startswith("forward"):
        return fault(f"{name} serves requests over plain HTTP")
    return ok(f"{name} redirects plain HTTP") if type_ == "redirect" else None


def _in_front_of_a_balancer(listener: Resource) -> bool:
    """Tell whether a Network Load Balancer forwards TCP to an Application Load Balancer, which uses HTTPS or not."""
    find = listener.template.estate.find
    groups = (find(action.value("TargetGroupArn"), TARGET_GROUP) for action in listener.maps("DefaultActions"))
    return any(group is not None and group.text("TargetType", default="instance") == "alb" for group in groups)


@check(
    "http-redirect",
    LISTENER,
    fix="Replace the default action with a redirect action whose RedirectConfig is {Protocol: HTTPS, Port: '443'}.",
)
def redirects_plain_http(listener: Resource) -> Outcome | None:
    """Plain HTTP redirects to HTTPS if a load balancer has both."""
    if protocol(listener) != "HTTP":
        return None
    outcome = worst(_redirected, actions_of(listener))
    if outcome is None or outcome.passes:
        return outcome
    balancer = balancer_or_none(listener)
    if balancer is None:
        raise CannotTell("the load balancer is in another stack, which may have no HTTPS listener")
    encrypted = holds_for_any(lambda other: protocol(other) == "HTTPS", listeners_on(balancer))
    return outcome if encrypted else None


def _redirected(named: tuple[str, Map]) -> Outcome | None:
    name, action = named
    if redirects_to_https(action):
        return ok(f"{name} redirects to HTTPS")
    type_ = action.text("Type")
    if type_ == "redirect":
        return fault(f"{name} redirects to plain HTTP")
    return fault(f"{name} serves plain HTTP in addition to HTTPS") if type_.startswith("forward") else None


@check("tls-policy", LISTENER, fix="Set SslPolicy to ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09.")
def has_a_modern_tls_policy(listener: Resource) -> Outcome | None:
    """TLS 1.2 and newer with forward secrecy, as AWS recommends."""
    if protocol(listener) not in ENCRYPTED:
        return None
    policy = listener.text("SslPolicy", default=_API_DEFAULT)
    if _OLD_TLS.match(policy):
        named = f"{policy}, the default," if not listener.has("SslPolicy") else policy
        return fault(f"{named} accepts TLS 1.0 or 1.1")
    if _WITHOUT_FORWARD_SECRECY.match(policy):
        return fault(f"{policy} accepts ciphers without forward secrecy")
    if _MODERN_TLS.match(policy):
        return ok(f"{policy} accepts TLS 1.2 and newer")
    raise CannotTell(f"the policy {policy} is not known")


# ---- attributes


@check(
    "access-logs",
    LOAD_BALANCER,
    CLASSIC,
    fix="Set the attribute access_logs.s3.enabled to true, and access_logs.s3.bucket to a bucket for the logs.",
)
def writes_access_logs(balancer: Resource) -> Outcome | None:
    """Requests are logged."""
    if balancer.type == CLASSIC:
        enabled = balancer.flag("AccessLoggingPolicy", "Enabled")
        return ok("access logs are on") if enabled else fault("access logs are off", fix=_CLASSIC_LOGS)
    if kind(balancer) == "gateway":
        return None
    if kind(balancer) == "network" and not _speaks_tls(balancer):
        return None  # it logs connections with TLS only
    if attribute(balancer, "access_logs.s3.enabled", "false") == "true":
        return ok("access logs are on")
    return fault("access logs are off")


_CLASSIC_LOGS = "Set AccessLoggingPolicy with Enabled: true and the S3BucketName of a bucket for the logs."


def _speaks_tls(balancer: Resource) -> bool:
    return holds_for_any(lambda listener: protocol(listener) == "TLS", listeners_on(balancer))


@check(
    "drop-invalid-headers",
    LOAD_BALANCER,
    fix="Set the attribute routing.http.drop_invalid_header_fields.enabled to true.",
)
def drops_invalid_headers(balancer: Resource) -> Outcome | None:
    """Invalid headers do not reach the application."""
    if kind(balancer) != "application":
        return None
    if attribute(balancer, "routing.http.drop_invalid_header_fields.enabled", "false") == "true":
        return ok("invalid headers are dropped")
    return fault("invalid headers reach the targets")


@check("deletion-protection", LOAD_BALANCER, fix="Set the attribute deletion_protection.enabled to true.")
def is_protected_from_deletion(balancer: Resource) -> Outcome:
    """One wrong call does not delete it."""
    if attribute(balancer, "deletion_protection.enabled", "false") == "true":
        return ok("it is protected from deletion")
    return fault("it is not protected from deletion")


# ---- rules of listeners


@check(
    "listener-rule-priority",
    LISTENER_RULE,
    fix="Give the rule a Priority and Conditions that no other rule of the listener has.",
)
def is_alone_with_its_priority(rule: Resource) -> Outcome:
    """No other rule of the listener has the same priority, or the same conditions before it."""
    if not rule.has("Priority"):
        raise CannotTell("it has no Priority, which CloudFormation requires")
    priority = rule.text("Priority")
    rules = [it for it in rule.template.estate.of_type(LISTENER_RULE) if it.has("Priority")]
    others = [it for it in rules if it is not rule and _same_listener(it, rule)]
    same = [it.logical_id for it in others if it.text("Priority") == priority]
    if same:
        return fault(f"{', '.join(same)} also has priority {priority}")
    shadows = [it.logical_id for it in others if _same_conditions(it, rule) and _before(it, rule)]
    if shadows:
        return fault(f"it has the same conditions as {', '.join(shadows)}, which comes first, so no request reaches it")
    if isinstance(rule.value("ListenerArn"), Unknown) and rule.template.estate.find(rule.value("ListenerArn")) is None:
        raise CannotTell("the listener is in another stack, which may have a rule with this priority")
    return ok(f"no other rule has priority {priority}")


def _same_listener(one: Resource, other: Resource) -> bool:
    here, there = one.value("ListenerArn"), other.value("ListenerArn")
    try:
        return bool(here == there)
    except CannotTell:
        return False


def _same_conditions(one: Resource, other: Resource) -> bool:
    texts = [json.dumps(it.source.get("Conditions"), sort_keys=True, default=str) for it in (one, other)]
    return one.template is other.template and one.has("Conditions") and texts[0] == texts[1]


def _before(one: Resource, other: Resource) -> bool:
    return one.number("Priority", default=0) < other.number("Priority", default=0)


# ---- target groups


@check(
    "load-balancer-network",
    TARGET_GROUP,
    fix="Set VpcId to the VPC of the load balancer's subnets.",
)
def is_in_the_network_of_its_balancer(target_group: Resource) -> Outcome | None:
    """Load balancer and target group are in the same VPC."""
    find = target_group.template.estate.find
    if not target_group.has("VpcId"):
        return None
    listeners = listeners_of(target_group)
    if not listeners:
        raise CannotTell("the load balancer is in another stack")
    vpc = target_group.value("VpcId")
    for listener in listeners:
        for value in _subnets(load_balancer_of(listener)):
            subnet = find(value, "AWS::EC2::Subnet")
            if subnet is None:
                raise CannotTell("the subnets of the load balancer are in another stack")
            if not _same(subnet.value("VpcId"), vpc):
                return fault(f"it is not in the VPC of subnet {subnet.logical_id} of its load balancer")
    return ok("it is in the VPC of its load balancer")


def _subnets(balancer: Resource) -> list[Value]:
    return balancer.values("Subnets") or [it.value("SubnetId") for it in balancer.maps("SubnetMappings")]


def _same(one: Value, other: Value) -> bool:
    return bool(one == other)


@check("target-health-check", TARGET_GROUP, fix="Set HealthCheckPath to a path that shows whether the service works.")
def asks_a_path_of_its_own(target_group: Resource) -> Outcome | None:
    """The health check requests a path that shows whether the service works."""
    if target_group.text("TargetType", default="instance") in {"lambda", "alb"}:
        return None
    spoken = target_group.text("HealthCheckProtocol", default=target_group.text("Protocol", default="HTTP"))
    if not spoken.upper().startswith("HTTP"):
        return None
    if target_group.has("HealthCheckPath"):
        return ok(f"the health check requests {target_group.text('HealthCheckPath')}")
    return fault("the health check requests /, the default")


@check(
    "deregistration-delay",
    TARGET_GROUP,
    fix="Set the attribute deregistration_delay.timeout_seconds to the time of your longest request, such as 30.",
)
def gives_requests_time(target_group: Resource) -> Outcome | None:
    """Requests can finish before a task stops, and deployments do not wait five minutes."""
    type_ = target_group.text("TargetType", default="instance")
    if type_ in {"lambda", "alb"} or (type_ == "instance" and not services_behind(target_group)):
        return None
    told = attribute(target_group, "deregistration_delay.timeout_seconds", "")
    try:
        delay = int(told or _AWS_DELAY)
    except ValueError:
        raise Malformed("TargetGroupAttributes", "a number of seconds", told) from None
    if delay == 0:
        return fault("requests in progress are interrupted when a task stops")
    if delay >= _AWS_DELAY:
        return fault(f"each deployment waits {delay} seconds" + ("" if told else ", the default,") + " for old tasks")
    return ok(f"requests have {delay} seconds to finish")


def _port(listener: Resource) -> str:
    return listener.text("Port", default="of the listener")
