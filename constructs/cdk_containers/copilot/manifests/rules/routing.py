"""Rules of load balancers: listener rules and listeners."""

from __future__ import annotations

import re
from typing import Any

from ..models.balancing import Alias, Http, HttpHealthCheck, Nlb, RoutingRule
from ..models.workloads import BackendService, LoadBalancedWebService
from .given import Given, Key

_VERSIONS = ("http1", "http2", "grpc")
_CODES = re.compile(r"\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*")
_MOST_CONDITIONS = 5


def web(service: LoadBalancedWebService, given: Given) -> None:
    """A web service has a route and a single grace period."""
    if not given.has("http"):
        given.refuse("`http` is missing: set `http.path`, or `http: false` with `nlb`")
    elif service.http is False and not given.has("nlb"):
        given.refuse("the service has no route: set `http.path`, or `nlb`", "http")
    elif service.http is True and not given.has("nlb"):
        given.refuse(
            "true alone creates no rule, and CloudFormation refuses the template: write `http: {path: /}`", "http"
        )
    grace = [kind for kind in ("http", "nlb") if given.has(kind, "healthcheck", "grace_period")]
    if len(grace) == 2:
        given.refuse(
            "a service has only one grace period, which http.healthcheck sets", "nlb", "healthcheck", "grace_period"
        )


def rules(service: LoadBalancedWebService | BackendService, given: Given) -> None:
    """Each rule has a path, compatible names, and at most the allowed number of conditions."""
    if not isinstance(service.http, Http):
        return
    if given.has("http", "target_container") and given.has("http", "targetContainer"):
        given.refuse("`target_container` is also set: keep only that", "http", "targetContainer")
    for number, rule in enumerate(service.http.rules):
        path: tuple[Key, ...] = ("http", "additional_rules", number - 1) if number else ("http",)
        if not isinstance(rule, RoutingRule):
            given.refuse("the rule is empty", *path)
            continue
        if number and given.has(*path, "healthcheck", "grace_period"):
            given.refuse("a service has only one: set it in http.healthcheck", *path, "healthcheck", "grace_period")
        _rule(rule, given, *path)


def _rule(rule: RoutingRule, given: Given, *path: Key) -> None:
    given.missing("path", *path)
    if rule.version and rule.version.lower() not in _VERSIONS:
        given.refuse(f"got {rule.version!r}; allowed: {', '.join(_VERSIONS)}", *path, "version")
    if rule.hosted_zone and not rule.alias:
        given.missing("alias", *path, why=", and `hosted_zone` needs it")
    _aliases(rule.alias, given, *path)
    for number, address in enumerate(rule.allowed_source_ips or []):
        cidr(given, address, *path, "allowed_source_ips", number)
    _check_times(rule.healthcheck, given, *path, "healthcheck")
    names, addresses = len(rule.aliases), len(rule.allowed_source_ips or [])
    paths = 1 if rule.path in (None, "", "/") else 2
    if names + addresses + paths > _MOST_CONDITIONS:
        message = (
            f"{names} names, {addresses} source addresses and {paths} for the path are more than the "
            f"{_MOST_CONDITIONS} values that a listener rule allows: distribute them over `additional_rules`"
        )
        given.refuse(message, *path, "alias" if names else "allowed_source_ips")


def _aliases(names: Any, given: Given, *path: Key) -> None:
    listed = names if isinstance(names, list) else []
    mixed = any(isinstance(name, Alias) for name in listed)
    for number, name in enumerate(listed):
        if isinstance(name, Alias):
            given.missing("name", *path, "alias", number)
        elif mixed:
            given.refuse(f"Copilot ignores text next to maps: write {{name: {name}}}", *path, "alias", number)


def _check_times(check: Any, given: Given, *path: Key) -> None:
    if isinstance(check, HttpHealthCheck) and check.success_codes and not _CODES.fullmatch(check.success_codes):
        given.refuse(
            f"got {check.success_codes!r}; allowed: codes and ranges, such as 200,301 or 200-299",
            *path,
            "success_codes",
        )
    if isinstance(check, HttpHealthCheck) and check.timeout and check.interval and check.timeout >= check.interval:
        given.refuse("the timeout must be shorter than the interval", *path, "timeout")


def cidr(given: Given, text: Any, *path: Key) -> None:
    """Check a range of addresses."""
    from ipaddress import ip_network  # noqa: PLC0415  (few manifests name addresses)

    try:
        ip_network(text or "", strict=False)
    except ValueError:
        given.refuse(f"got {text!r}; allowed: an address range such as 10.0.0.0/16", *path)
    else:
        if "/" not in text:
            given.refuse(f"got {text!r}; did you mean {text}/{128 if ':' in text else 32}?", *path)


def listeners(service: LoadBalancedWebService, given: Given) -> None:
    """Each listener has its own port."""
    if not isinstance(service.nlb, Nlb):
        return
    _aliases(service.nlb.alias, given, "nlb")
    for number, name in enumerate(service.nlb.alias if isinstance(service.nlb.alias, list) else []):
        if isinstance(name, Alias) and name.hosted_zone:
            given.refuse(
                "a Network Load Balancer accepts only names in the application's domain",
                "nlb",
                "alias",
                number,
                "hosted_zone",
            )
    seen: set[str] = set()
    for number, listener in enumerate(service.nlb.listeners):
        path: tuple[Key, ...] = ("nlb", "additional_listeners", number - 1) if number else ("nlb",)
        given.missing("port", *path)
        if number and given.has(*path, "healthcheck", "grace_period"):
            given.refuse("a service has only one: set it in nlb.healthcheck", *path, "healthcheck", "grace_period")
        port = ((listener and listener.port) or "").partition("/")[0]
        if port and port in seen:
            given.refuse(f"another listener already uses port {port}", *path, "port")
        seen.add(port)
