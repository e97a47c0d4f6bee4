"""Rules of environments: a new or an existing VPC, and matching load balancers."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

from ..models.environments import Cdn, Environment, EnvironmentVpc, Subnet
from .given import Given, Key
from .routing import cidr
from .sites import CLOUDFRONT_REGION, certificate

_VPC = ("network", "vpc")
_KINDS = ("public", "private")
_PORTS = re.compile(r"(\d{1,5}|-1)(?:-(\d{1,5}))?\Z")


def check(environment: Environment, given: Given) -> None:
    """Record the problems of an environment."""
    vpc = environment.network.vpc if environment.network else None
    if isinstance(vpc, EnvironmentVpc):
        _subnets(vpc, given)
        _security_rules(vpc, given)
    _cdn(environment, given)
    _balancers(environment, given)
    _internal_subnets(vpc, environment, given)


def _subnets(vpc: EnvironmentVpc, given: Given) -> None:
    listed = {kind: getattr(vpc.subnets, kind, None) or [] for kind in _KINDS}
    imported = given.has(*_VPC, "id") or any(one and one.id for subnets in listed.values() for one in subnets)
    for kind, subnets in listed.items():
        for number, subnet in enumerate(subnets):
            _subnet(subnet, imported, given, *_VPC, "subnets", kind, number)
    if imported:
        _imported(listed, given)
    else:
        _zones(listed, given)
    if given.has(*_VPC, "cidr"):
        if imported:
            given.refuse("the VPC exists, and has its own range: remove the key", *_VPC, "cidr")
        _vpc_range(vpc.cidr, listed, given)


def _subnet(subnet: Subnet | None, imported: bool, given: Given, *path: Key) -> None:  # noqa: FBT001
    if imported:
        given.missing("id", *path, why=", and the VPC exists")
        for key in ("cidr", "az"):
            if given.has(*path, key):
                given.refuse("is only for new subnets, but `id` refers to an existing one", *path, key)
    else:
        given.missing("cidr", *path)
    if subnet and subnet.cidr:
        cidr(given, subnet.cidr, *path, "cidr")


def _imported(listed: dict[str, list[Any]], given: Given) -> None:
    given.missing("id", *_VPC, why=", and its subnets are given")
    if not any(listed.values()):
        given.refuse("`subnets` is missing: list the subnets of the VPC", *_VPC)
    for kind, subnets in listed.items():
        if len(subnets) == 1:
            given.refuse("at least two, in two Availability Zones", *_VPC, "subnets", kind)


def _zones(listed: dict[str, list[Any]], given: Given) -> None:
    zones = {kind: {one.az for one in subnets if one and one.az} for kind, subnets in listed.items()}
    if not any(listed.values()):
        return
    given.missing("cidr", *_VPC, why=": Copilot does not accept `subnets` without it")
    for kind, subnets in listed.items():
        if not subnets:
            given.refuse(f"`{kind}` is missing: set both public and private subnets", *_VPC, "subnets")
            return
    if zones["public"] != zones["private"]:
        given.refuse("public and private subnets are in different Availability Zones", *_VPC, "subnets")
    elif len(zones["public"]) == 1:
        given.refuse("at least two Availability Zones", *_VPC, "subnets")
    for kind, subnets in listed.items():
        ranges = {one.cidr for one in subnets if one}
        if zones[kind] and len(ranges) != len(zones[kind]):
            message = f"{len(ranges)} ranges for {len(zones[kind])} Availability Zones: set one for each zone"
            given.refuse(message, *_VPC, "subnets", kind)


def _vpc_range(text: str | None, listed: dict[str, list[Any]], given: Given) -> None:
    try:
        whole = ip_network(text or "")
    except ValueError:
        given.refuse(f"got {text!r}; allowed: an address range such as 10.0.0.0/16", *_VPC, "cidr")
        return
    for kind, subnets in listed.items():
        for number, subnet in enumerate(subnets):
            try:
                inside = ip_network((subnet and subnet.cidr) or "", strict=False)
            except ValueError:
                continue
            if inside.version == whole.version and not inside.subnet_of(whole):  # type: ignore[arg-type]
                given.refuse(f"is outside the VPC's {text}", *_VPC, "subnets", kind, number, "cidr")


def _security_rules(vpc: EnvironmentVpc, given: Given) -> None:
    for direction in ("ingress", "egress"):
        for number, rule in enumerate(getattr(vpc.security_group, direction, None) or []):
            path = (*_VPC, "security_group", direction, number)
            for key in ("cidr", "ip_protocol", "ports"):
                given.missing(key, *path)
            if rule and rule.cidr:
                cidr(given, rule.cidr, *path, "cidr")
            match = _PORTS.match(rule.ports) if rule and rule.ports else None
            if rule and rule.ports and not match:
                given.refuse(f"got {rule.ports!r}; allowed: a port, or FROM-TO", *path, "ports")
            elif match and match[2] and int(match[1]) > int(match[2]):
                given.refuse(f"{match[1]} is more than {match[2]}", *path, "ports")


def _cdn(environment: Environment, given: Given) -> None:
    cdn = environment.cdn
    public = environment.http.public if environment.http else None
    on = cdn is True or isinstance(cdn, Cdn)
    old = ("http", "public", "security_groups", "ingress", "restrict_to", "cdn")
    for path in (("http", "public", "ingress", "cdn"), old):
        if given.text(*path) == "true" and not on:
            given.refuse("only CloudFront is allowed, but it is not enabled: set `cdn`", *path)
    own = cdn.certificate if isinstance(cdn, Cdn) else None
    balanced = bool(public and public.certificates)
    if on and balanced and not own:
        given.refuse(
            "`certificate` is missing: the load balancer has certificates, and CloudFront also needs one", "cdn"
        )
    if isinstance(cdn, Cdn) and own and not balanced and cdn.terminate_tls is not True:
        given.refuse("without http.public.certificates, set `terminate_tls: true`", "cdn", "certificate")
    if own:
        certificate(given, own, "cdn", "certificate", region=CLOUDFRONT_REGION)
    if isinstance(cdn, Cdn) and cdn.static_assets:
        for key in ("location", "alias", "path"):
            given.missing(key, "cdn", "static_assets")


def _balancers(environment: Environment, given: Given) -> None:
    for kind in _KINDS:
        http = getattr(environment.http, kind, None)
        path: tuple[Key, ...] = ("http", kind)
        for number, arn in enumerate((http and http.certificates) or []):
            certificate(given, arn or "", *path, "certificates", number)
        old = (*path, "security_groups", "ingress")
        if given.keys(*old) and given.keys(*path, "ingress"):
            given.refuse("`ingress` is also set: keep only `ingress`", *path, "security_groups")
        for place in ((*path, "ingress", "source_ips"), (*old, "restrict_to", "source_ips")):
            for number, text in enumerate(given.texts(*place)):
                cidr(given, text, *place, number)
    if given.has("http", "public", "security_groups", "ingress", "from_vpc"):
        given.refuse(
            "the public load balancer always accepts the VPC: remove the key",
            "http",
            "public",
            "security_groups",
            "ingress",
            "from_vpc",
        )
    if given.has("http", "private", "security_groups", "ingress", "restrict_to"):
        given.refuse(
            "the internal load balancer is not reachable from outside: remove the key",
            "http",
            "private",
            "security_groups",
            "ingress",
            "restrict_to",
        )


def _internal_subnets(vpc: EnvironmentVpc | None, environment: Environment, given: Given) -> None:
    wanted = environment.http.private.subnets if environment.http and environment.http.private else None
    if wanted is None:
        return
    known = {
        one.id for kind in _KINDS for one in getattr(getattr(vpc, "subnets", None), kind, None) or [] if one and one.id
    }
    if not known:
        given.refuse("only subnets of an existing VPC can be given: see network.vpc.id", "http", "private", "subnets")
        return
    for number, subnet in enumerate(wanted):
        if subnet not in known:
            given.refuse(f"{subnet!r} is not in network.vpc.subnets", "http", "private", "subnets", number)
