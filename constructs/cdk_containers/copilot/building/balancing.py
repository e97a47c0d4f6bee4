"""Routes requests to a service: rules on the load balancers of its environment, with DNS records for its names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.cdk_modules import route53
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.load_balancing import (
    AlbExposure,
    AlbRoute,
    ApplicationLoadBalancer,
    ListenerRule,
    Stickiness,
    TargetHealthCheck,
)
from cdk_containers.load_balancing.rule_priorities import choose_priority

from ..manifests.models.balancing import Http, RoutingRule
from .making import Making, seconds_or
from .names import certify, make_alias_record, make_alias_records, zone_of
from .ports import Listening, Target
from .sites import CLOUDFRONT_ZONE

_DELAY, _HTTPS = 60, 443
_CHECK_OF_GRPC = "/AWS.ALB/healthcheck"


class Balancing:
    """The rules of a service on an Application Load Balancer of its environment, or on an existing one.

    Attributes:
        exposures: How the service is exposed.
    """

    def __init__(self, making: Making, http: Http, listening: Listening, *, internal: bool) -> None:
        self._making = making
        self._http = http
        self._rules = listening.rules
        self._internal = internal
        self._taken: dict[str, set[int]] = {}
        self.exposures = [self._exposure(place, rule, target) for place, (rule, target) in enumerate(self._rules)]

    @property
    def _https(self) -> bool:
        setting = self._making.setting
        if self._http.alb is not None:
            return True
        return setting.has_internal_https if self._internal else setting.has_https

    @cached_property
    def _balancer(self) -> ApplicationLoadBalancer:
        return self._making.around.load_balancer(
            "LoadBalancer",
            listener_arn=self._listener("HTTPS" if self._https else "HTTP"),
            dns_name=self.dns_name,
            zone_id=self._zone_id,
        )

    def _listener(self, protocol: str) -> str:
        if self._http.alb is not None:
            return self._making.parameter(
                f"{protocol}ListenerArn", f"ARN of the {protocol} listener of the load balancer {self._http.alb}"
            )
        return self._making.around.export(f"{'Internal' if self._internal else ''}{protocol}ListenerArn")

    @cached_property
    def dns_name(self) -> str:
        """The DNS name of the load balancer."""
        if self._http.alb is not None:
            return self._making.parameter("LoadBalancerDnsName", f"DNS name of the load balancer {self._http.alb}")
        return self._making.around.export(f"{'Internal' if self._internal else 'Public'}LoadBalancerDNS")

    @property
    def _zone_id(self) -> str:
        if self._http.alb is not None:
            return self._making.parameter(
                "LoadBalancerZoneId", f"Hosted zone of the DNS name of the load balancer {self._http.alb}"
            )
        return self._making.around.export(
            "InternalLoadBalancerCanonicalHostedZoneID" if self._internal else "CanonicalHostedZoneID"
        )

    def _hosts(self, rule: RoutingRule) -> list[str]:
        making = self._making
        if rule.aliases:
            return [alias.name or "" for alias in rule.aliases]
        if self._http.alb is not None:
            return []
        if self._internal:
            # A name for callers in the network, and the name of the load balancer.
            return [] if self._https else [self._internal_name, self.dns_name]
        if making.setting.subdomain is not None and not making.setting.imports_certificates:
            return [f"{making.name}.{making.setting.subdomain}"]
        return []

    @property
    def _internal_name(self) -> str:
        return f"{self._making.name}.{self._making.setting.internal_zone}"

    def _exposure(self, place: int, rule: RoutingRule, target: Target) -> AlbExposure:
        check = rule.health
        grpc = (rule.version or "").lower() == "grpc"
        hosts = self._hosts(rule)
        codes = check.success_codes or ("12" if grpc else "200")
        rule_made = ListenerRule(paths=_paths(rule), hosts=hosts, source_ips=rule.allowed_source_ips or ())
        return AlbExposure(
            port=target.port,
            container=None if target.container == self._making.name else target.container,
            name=f"rule{place}",
            load_balancer=self._balancer,
            rule=ListenerRule(
                paths=rule_made.paths,
                hosts=hosts,
                source_ips=rule_made.source_ips,
                priority=self._priority("HTTPS" if self._https else "HTTP", place, rule),
            ),
            health_check_path=_CHECK_OF_GRPC if grpc and not _is_call(check.path) else check.path or "/",
            health_check=TargetHealthCheck(
                interval=seconds_or(check.interval, 30),
                timeout=seconds_or(check.timeout, 5),
                healthy_threshold=5 if check.healthy_threshold is None else check.healthy_threshold,
                unhealthy_threshold=2 if check.unhealthy_threshold is None else check.unhealthy_threshold,
                healthy_codes=codes if _are_codes(codes, grpc=grpc) else None,
            ),
            deregistration_delay=seconds_or(rule.deregistration_delay, _DELAY),
            stickiness=Stickiness() if rule.stickiness else None,
            protocol_version=cast("Any", (rule.version or "HTTP1").upper()),
        )

    def _priority(self, protocol: str, place: int, rule: RoutingRule) -> int:
        """Return a unique and stable priority, derived from the rule and its owner."""
        conditions = {
            "path": _paths(rule),
            **({"host": [alias.name or "" for alias in rule.aliases]} if rule.aliases else {}),
            **({"source-ip": rule.allowed_source_ips} if rule.allowed_source_ips else {}),
        }
        taken = self._taken.setdefault(protocol, set())
        number = choose_priority(conditions, f"{self._making.full_name} {place} {protocol}", taken)
        taken.add(number)
        return number

    @property
    def grace_seconds(self) -> int | None:
        """Health check grace period of the manifest, if it has one."""
        given = self._http.health.grace_period
        return None if given is None else int(given.total_seconds())

    def finish(self, routes: Sequence[AlbRoute]) -> None:
        """Add the redirect from HTTP to HTTPS, and DNS records."""
        for place, (route, (rule, target)) in enumerate(zip(routes, self._rules, strict=True)):
            suffix = str(place) if place else ""
            self._finish_target_group(route, rule, target, suffix)
            first = "HTTPSListenerRule" if self._https else "HTTPListenerRule"
            self._making.name_it(f"{first}{suffix}", route.rule)
            if self._https:
                self._make_http_rule(place, suffix, rule, route)
        if self._https:
            self._serve_names()
        elif self._internal and any(not rule.aliases for rule, _ in self._rules):
            self._make_internal_record()

    def _finish_target_group(self, route: AlbRoute, rule: RoutingRule, target: Target, suffix: str) -> None:
        resource = resource_of(route.target_group)
        self._making.name_it(f"TargetGroup{suffix}", route.target_group)
        resource.add_property_override("Port", target.port)
        checked = rule.health.port or target.port
        if _HTTPS in (target.port, checked):
            # Copilot assumes that a container at this port uses TLS.
            resource.add_property_override("Protocol", "HTTPS" if target.port == _HTTPS else "HTTP")
            resource.add_property_override("HealthCheckProtocol", "HTTPS" if checked == _HTTPS else "HTTP")
        if not rule.version:
            # Copilot leaves it out, and setting it would replace the target group.
            resource.add_property_deletion_override("ProtocolVersion")
        codes, grpc = rule.health.success_codes, (rule.version or "").lower() == "grpc"
        if grpc and not _is_call(rule.health.path):
            # A server responds with 12, "unimplemented", which Copilot accepts as healthy.
            resource.add_property_override("HealthCheckPath", rule.health.path or "/")
        if codes is not None and not _are_codes(codes, grpc=grpc):
            resource.add_property_override("Matcher", {"HttpCode": codes})
            if grpc:
                resource.add_property_deletion_override("Matcher.GrpcCode")
            self._making.notes.append(f"the load balancer does not accept {codes!r} as a healthy status")
        if rule.health.port is not None:
            resource.add_property_override("HealthCheckPort", str(rule.health.port))

    def _make_http_rule(self, place: int, suffix: str, rule: RoutingRule, route: AlbRoute) -> None:
        redirects = rule.redirect_to_https is not False
        conditions = {
            "path-pattern": _paths(rule),
            "host-header": self._hosts(rule),
            "source-ip": rule.allowed_source_ips or [],
        }
        redirect = {"Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}
        action: dict[str, Any] = (
            {"Type": "redirect", "RedirectConfig": {**redirect, "StatusCode": "HTTP_301"}}
            if redirects
            else {"Type": "forward", "TargetGroupArn": route.target_group.target_group_arn}
        )
        made = elbv2.CfnListenerRule(
            self._making.scope,
            f"HttpRule{suffix}",
            listener_arn=self._listener("HTTP"),
            priority=self._priority("HTTP", place, rule),
            conditions=[],
            actions=[],
        )
        made.add_property_override(
            "Conditions", [{"Field": name, **_values(name, values)} for name, values in conditions.items() if values]
        )
        made.add_property_override("Actions", [action])
        self._making.name_it(f"HTTPListenerRuleWithDomain{suffix}", made)

    def _serve_names(self) -> None:
        """Create records and a certificate for the names of the rules, each name once."""
        making, own = self._making, list[str]()
        in_zone, left = dict[str, list[str]](), dict[str, str]()
        for place, (rule, _) in enumerate(self._rules):
            for name, zone in self._names(rule):
                if zone is not None and place:
                    # Copilot creates none: an existing record is yours, and Route 53 would reject a second one.
                    left[name] = zone
                elif zone is not None:
                    in_zone.setdefault(zone, []).append(name)
                elif not (making.setting.imports_certificates or self._internal):
                    own.append(name)
        own = list(dict.fromkeys(own))
        for name in own:
            where, zone = self._reached_at(name)
            make_alias_record(making, name, zone_of(making, name), dns_name=where, zone_id=zone)
        for zone, names in in_zone.items():
            make_alias_records(making, list(dict.fromkeys(names)), zone, dns_name=self.dns_name, zone_id=self._zone_id)
        making.notes.extend(
            f"http.additional_rules: as with Copilot, {name} gets no record in the hosted zone {zone}: create it, or "
            "keep the existing record"
            for name, zone in left.items()
            if name not in in_zone.get(zone, ())
        )
        if own and self._http.alb is None:
            certify(making, own, listener_arn=self._listener("HTTPS"))

    def _reached_at(self, name: str) -> tuple[str, str]:
        """Return the target of a name, with its zone: CloudFront for your own names."""
        aliases = {alias.name for rule, _ in self._rules for alias in rule.aliases}
        if self._making.setting.cdn is not None and self._http.alb is None and name in aliases:
            return self._making.around.export("CloudFrontDomainName"), CLOUDFRONT_ZONE
        return self.dns_name, self._zone_id

    def _names(self, rule: RoutingRule) -> list[tuple[str, str | None]]:
        """Return the names of a rule, each with your hosted zone, if it has one."""
        if not rule.aliases:
            return [(host, None) for host in self._hosts(rule)]
        zone = rule.hosted_zone or self._http.hosted_zone
        return [(alias.name or "", alias.hosted_zone or zone) for alias in rule.aliases]

    def _make_internal_record(self) -> None:
        making = self._making
        group = route53.CfnRecordSetGroup
        record = group(
            making.scope,
            "InternalRecord",
            hosted_zone_id=making.around.export("InternalWorkloadsHostedZoneID"),
            record_sets=[
                group.RecordSetProperty(
                    name=f"{self._internal_name}.",
                    type="A",
                    alias_target=group.AliasTargetProperty(dns_name=self.dns_name, hosted_zone_id=self._zone_id),
                )
            ],
        )
        making.name_it("LoadBalancerInternalDNSAlias", record)


def _paths(rule: RoutingRule) -> list[str]:
    """Return the paths of a rule as Copilot reads them, including everything below."""
    path = f"/{(rule.path or '').removeprefix('/')}"
    return ["/*"] if path == "/" else [path, f"{path}/*"]


def _is_call(path: str | None) -> bool:
    """Tell whether a path names a method of gRPC, such as /grpc.health.v1.Health/Check."""
    return path is not None and re.fullmatch("/[^/]+/[^/]+", path) is not None


def _are_codes(codes: str, *, grpc: bool) -> bool:
    """Tell whether a load balancer accepts these codes as healthy."""
    low, high = (0, 99) if grpc else (200, 499)
    return all(low <= int(code) <= high for code in re.findall(r"\d+", codes))


def _values(name: str, values: Sequence[str]) -> dict[str, Any]:
    key = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig", "source-ip": "SourceIpConfig"}[name]
    return {key: {"Values": list(values)}}
