"""How a service is reached through an Application Load Balancer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import ClassVar, Literal

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds
from cdk_containers.core.practices import Disabled

from .application_load_balancer import (
    ApplicationLoadBalancer,
    https_problems,
    taken_ports,
    test_port_problems,
)
from .domain import Domain, DomainNames, names_of, names_problems
from .exposure import Exposure
from .rule_priorities import (
    FIRST,
    LAST,
    Conditions,
    band_of,
    before,
    canonical,
    specificity,
    without_tokens,
)

_HOST = re.compile(r"[A-Za-z0-9.*?_-]{1,128}")
_METHOD = re.compile(r"[A-Z_-]{1,40}")
_CODES = re.compile(r"\d{1,3}(?:[,-]\d{1,3})*")
_CALL = re.compile(r"/[^/]+/[^/]+")
_DAY = 24 * 60 * 60
_MAX_VALUES = 5
"""Values that all conditions of one listener rule may have together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListenerRule:
    """Which requests of a load balancer are a service's: all conditions given must hold, one value of each is enough.

    Attributes:
        paths: Such as `/api/*`. Default: every path.
        hosts: Such as `api.example.com`. Default: every host.
        headers: Values by the name of the header. Default: any.
        methods: Such as `GET`. Default: any.
        source_ips: Blocks of addresses that callers come from. Default: any.
        priority: 1–50000; lower numbers are tried first. Default: a number that belongs to the service and its
            exposure, so that it does not move when another service comes; more specific rules come first. A load
            balancer that is imported may have rules that are not known here: give a number that is free.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
    """

    paths: Sequence[str] = ()
    hosts: Sequence[str] = ()
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    methods: Sequence[str] = ()
    source_ips: Sequence[str] = ()
    priority: int | None = None

    @property
    def conditions(self) -> Conditions:
        """The conditions by the field that they look at; a rule without any takes every path."""
        given = {"host": self.hosts, "method": self.methods, "path": self.paths, "source-ip": self.source_ips}
        conditions = {name: values for name, values in given.items() if values}
        conditions |= {f"header {name.lower()}": values for name, values in self.headers.items()}
        return conditions or {"path": ["/*"]}

    def problems(self) -> list[Problem]:
        """Find what is wrong with this rule."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        count = sum(len(values) for values in self.conditions.values())
        if count > _MAX_VALUES:
            found.add(
                "",
                "too many values for one listener rule",
                given=count,
                allowed=f"up to {_MAX_VALUES} in all",
                practice="listener-rule-priority",
            )
        for option, right, what, allowed in (
            ("paths", lambda path: path.startswith(("/", "*")), "a path begins with a slash", "a path such as /api/*"),
            ("hosts", _HOST.fullmatch, "not the name of a host", "a name such as *.example.com, alone"),
            ("methods", _METHOD.fullmatch, "not a method", "capital letters, such as GET"),
            ("source_ips", _is_block, "not a block of addresses", "a block such as 10.0.0.0/8, or 10.0.0.1/32"),
        ):
            for value in getattr(self, option):
                if not is_token(value) and not right(value):
                    found.add(option, what, given=value, allowed=allowed)
        if self.priority is not None and not is_token(self.priority) and not FIRST <= self.priority <= LAST:
            found.add(
                "priority",
                "out of range",
                given=self.priority,
                allowed=f"{FIRST}–{LAST}",
                practice="listener-rule-priority",
            )
        return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetHealthCheck:
    """How a load balancer tells whether a task can take requests.

    Attributes:
        interval: Time between checks, 5–300 s. Default: 10 s; the 30 s of AWS make each deployment a minute longer.
        timeout: Time for an answer, 2–120 s, shorter than the interval. Default: 5 s.
        healthy_threshold: Answers in a row that make a task healthy, 2–10. Default: 2.
        unhealthy_threshold: Failures in a row that make it unhealthy, 2–10. Default: 3.
        healthy_codes: Status codes that count as an answer. Default: `200`, and `0` (OK) with gRPC.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    interval: DurationLike | None = None
    timeout: DurationLike | None = None
    healthy_threshold: int = 2
    unhealthy_threshold: int = 3
    healthy_codes: str | None = None

    @property
    def interval_seconds(self) -> int:
        """Time between checks in seconds."""
        return 10 if self.interval is None else seconds(self.interval)

    @property
    def timeout_seconds(self) -> int:
        """Time for an answer in seconds."""
        return 5 if self.timeout is None else seconds(self.timeout)

    def problems(self) -> list[Problem]:
        """Find what is wrong with this health check."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        practice = "target-health-check"
        interval, timeout = self.interval_seconds, self.timeout_seconds
        for option, value, low, high, unit in (
            ("interval", interval, 5, 300, " s"),
            ("timeout", timeout, 2, 120, " s"),
            ("healthy_threshold", self.healthy_threshold, 2, 10, ""),
            ("unhealthy_threshold", self.unhealthy_threshold, 2, 10, ""),
        ):
            # CDK compares the times itself, so they cannot be known at deployment only.
            if not low <= value <= high and (unit or not is_token(value)):
                given = Shown("a token") if is_token(value) else f"{value}{unit}"
                found.add(option, "out of range", given=given, allowed=f"{low}–{high}{unit}", practice=practice)
        if (
            self.healthy_codes is not None
            and not is_token(self.healthy_codes)
            and not _CODES.fullmatch(self.healthy_codes)
        ):
            found.add(
                "healthy_codes",
                "not status codes",
                given=self.healthy_codes,
                allowed="codes and ranges, such as 200,301 or 200-299",
                practice=practice,
            )
        if not is_token([interval, timeout]) and timeout >= interval:
            found.add(
                "timeout",
                "not shorter than the interval",
                given=Shown(f"{timeout} s"),
                allowed=f"less than {interval} s",
                practice=practice,
            )
        return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stickiness:
    """Bring the requests of one browser to the same task, as long as that runs.

    A deployment that shifts traffic cannot have it: browsers would stay with the old version.

    Attributes:
        duration: How long a browser stays with a task, 1 s to 7 days. Default: 1 day.
        cookie_name: Name of a cookie that the application sets; the load balancer follows that one. Default: a cookie
            of the load balancer's own.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
    """

    duration: DurationLike | None = None
    cookie_name: str | None = None

    @property
    def duration_seconds(self) -> int:
        """How long a browser stays with a task, in seconds."""
        return _DAY if self.duration is None else seconds(self.duration)

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        duration = self.duration_seconds
        # CDK compares it itself, so it cannot be known at deployment only.
        if is_token(duration) or not 1 <= duration <= 7 * _DAY:
            given = Shown("a token") if is_token(duration) else Shown(f"{duration} s")
            found.add("duration", "out of range", given=given, allowed="1 s to 7 days")
        name = self.cookie_name
        if name is not None and not is_token(name) and (not name or name.upper().startswith("AWSALB")):
            found.add(
                "cookie_name",
                "the load balancer keeps names that begin with AWSALB to itself",
                given=name,
                allowed="the name of a cookie that the application sets",
            )
        return list(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlbExposure(Exposure):
    """A port of a service, reached through an Application Load Balancer.

    Attributes:
        port: Port in the container, 1–65535. The service's own container listens there without being told; a sidecar
            has to declare it.
        container: Container that listens on the port. Default: the service's own.
        name: What tells it from other exposures of the service: letters, digits and hyphens, up to 40. With it, the
            exposure keeps its resources when everything else about it changes but its load balancer. Default: none;
            give names when a service has several exposures on one load balancer.
        load_balancer: Load balancer to share. Default: the service gets one of its own.
        domain: The domain, or names of one (`domain.names("api")`), under which the service is reached. The service
            makes a certificate, records in Route 53 and the rule for each name. Default: none.
        certificate: Certificate of a load balancer of its own.
        https: `Disabled(reason="…")` has a load balancer of its own speak plain HTTP. Default: True.
        ingress: Who may reach a load balancer of its own, as `ec2.Peer`. Default: everybody for a `WebService`, nobody
            for a `BackendService`.
        rule: Which requests are this service's. Default: all.
        health_check_path: Path that answers when a task can take requests. Default: `/`.
        health_check_port: Port for the health check, where the application answers it on another one. A container of
            the task has to declare it; with bridge networking it needs a `Port.host_port`. Default: `port`.
        health_check: How often the path is asked, and what counts. Default: every 10 s, healthy after 2 answers.
        deregistration_delay: Time that requests under way have to finish when a task stops, 0–3600 s; at least as long
            as the longest request. SIGTERM comes after it. Default: 30 s; the 300 s of AWS hold up deployments.
        stickiness: Bring the requests of a browser to the same task. Default: none.
        target_protocol: `HTTPS` if the container speaks TLS. Default: `HTTP`.
        protocol_version: `HTTP2` or `GRPC` if the container speaks them; both need HTTPS. With `GRPC`,
            `health_check_path` is a method, and `healthy_codes` are gRPC's, 0–99. Default: `HTTP1`.
        test_port: Port of a second listener, like the first, that brings test traffic to a new version before it gets
            any other. For deployments that shift traffic. Default: none.
        test_ingress: Who may reach `test_port`, as `ec2.Peer`. Default: nobody; then
            `caller.connections.allow_to(load_balancer, …)` lets callers in.
        test_rule: Which of the service's requests are test traffic: these conditions beside those of `rule`. Without
            `test_port` it is tried before `rule`, on the same listener. Default: all on `test_port`, none without it.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
    """

    kind: ClassVar[str] = "Alb"

    load_balancer: ApplicationLoadBalancer | None = None
    domain: Domain | DomainNames | None = None
    certificate: acm.ICertificate | None = None
    https: Literal[True] | Disabled = True
    ingress: Sequence[ec2.IPeer] | None = None
    rule: ListenerRule = field(default_factory=ListenerRule)
    health_check_path: str = "/"
    health_check_port: int | None = None
    health_check: TargetHealthCheck = field(default_factory=TargetHealthCheck)
    deregistration_delay: DurationLike | None = None
    stickiness: Stickiness | None = None
    target_protocol: Literal["HTTP", "HTTPS"] = "HTTP"
    protocol_version: Literal["HTTP1", "HTTP2", "GRPC"] = "HTTP1"
    test_port: int | None = None
    test_ingress: Sequence[ec2.IPeer] | None = None
    test_rule: ListenerRule | None = None

    def __post_init__(self) -> None:
        names = self.names
        if names is not None and isinstance(self.rule, ListenerRule) and not self.rule.hosts:
            object.__setattr__(self, "rule", replace(self.rule, hosts=names.served))

    @property
    def names(self) -> DomainNames | None:
        """The names under which the service is reached, if its domain is known."""
        return names_of(self.domain)

    @property
    def separate_health_check_port(self) -> int | None:
        """Port for the health check, where that is another than the one for requests."""
        return None if self.health_check_port == self.port else self.health_check_port

    @property
    def shared_load_balancer(self) -> ApplicationLoadBalancer | None:
        """The load balancer, if it is not the service's own."""
        return self.load_balancer

    @property
    def breadth(self) -> tuple[int, str]:
        """How specific its rule is, and the conditions of the rule."""
        conditions = {
            field: [without_tokens(value) for value in values] for field, values in self.rule.conditions.items()
        }
        return specificity(conditions), canonical(conditions)

    @property
    def test_traffic(self) -> ListenerRule | None:
        """Which requests are test traffic, with the conditions of `rule`; None if there is no way for any."""
        if self.test_rule is None:
            return None if self.test_port is None else self.rule
        test, rule = self.test_rule, self.rule
        return ListenerRule(
            paths=test.paths or rule.paths,
            hosts=test.hosts or rule.hosts,
            headers={**rule.headers, **test.headers},
            methods=test.methods or rule.methods,
            source_ips=test.source_ips or rule.source_ips,
            priority=test.priority,
        )

    @property
    def deregistration_delay_seconds(self) -> int:
        """Time that requests under way have to finish, in seconds."""
        return 30 if self.deregistration_delay is None else seconds(self.deregistration_delay)

    def problems(self) -> list[Problem]:
        """Find what is wrong with this exposure by itself."""
        found = Problems()
        found.extend(Exposure.problems(self))
        if any(problem.root not in ("port", "name") for problem in found):
            return list(found)
        of_domain = self.names is not None and tuple(self.rule.hosts) == tuple(self.names.served)
        wrong_rule = [] if of_domain and names_problems(self.domain) else self.rule.problems()
        found.extend(wrong_rule, under="rule")
        wrong_check = self.health_check.problems()
        found.extend(wrong_check, under="health_check")
        if self.stickiness is not None:
            found.extend(self.stickiness.problems(), under="stickiness")
        found.extend(self._domain_problems())
        check_port = self.health_check_port
        if check_port is not None and not is_token(check_port) and not 1 <= check_port <= 65535:
            found.add(
                "health_check_port", "not a port", given=check_port, allowed="1–65535", practice="target-health-check"
            )
        if not self.health_check_path.startswith("/") and not is_token(self.health_check_path):
            found.add(
                "health_check_path",
                "a path begins with a slash",
                given=self.health_check_path,
                allowed="a path such as /healthz",
                practice="target-health-check",
            )
        delay = self.deregistration_delay_seconds
        if not is_token(delay) and not 0 <= delay <= 3600:
            found.add(
                "deregistration_delay",
                "out of range",
                given=Shown(f"{delay} s"),
                allowed="0–3600 s",
                practice="deregistration-delay",
            )
        found.extend(self._load_balancer_problems(rule_is_right=not wrong_rule))
        found.extend(self._protocol_problems(None if wrong_check else self.health_check.healthy_codes))
        if not found:
            found.extend(self._test_problems())
        return list(found)

    def _protocol_problems(self, codes: str | None) -> list[Problem]:
        """Find what does not go with the protocol between load balancer and container."""
        found = Problems()
        balancer = self.load_balancer
        if self.protocol_version != "HTTP1" and not (balancer.speaks_https if balancer else self.https is True):
            found.add(
                "protocol_version",
                "an Application Load Balancer speaks it to containers only behind an HTTPS listener",
                given=self.protocol_version,
                allowed="HTTPS, with a certificate; or HTTP1",
                practice="https-listener",
            )
        grpc = self.protocol_version == "GRPC"
        path = self.health_check_path
        if grpc and not is_token(path) and path.startswith("/") and not _CALL.fullmatch(path):
            found.add(
                "health_check_path",
                "with gRPC the check calls a method",
                given=path,
                allowed="/package.Service/Method, such as /grpc.health.v1.Health/Check",
                practice="target-health-check",
            )
        low, high = (0, 99) if grpc else (200, 499)
        if codes is not None and not is_token(codes):
            numbers = [int(code) for code in re.findall(r"\d+", codes)]
            if not all(low <= number <= high for number in numbers):
                found.add(
                    "health_check.healthy_codes",
                    f"no {'gRPC' if grpc else 'HTTP'} status that a health check may want",
                    given=codes,
                    allowed=f"{low}–{high}",
                    practice="target-health-check",
                )
        return list(found)

    def _domain_problems(self) -> list[Problem]:
        found = Problems()
        found.extend(names_problems(self.domain), under="domain")
        names = self.names
        if names is None:
            return list(found)
        if tuple(self.rule.hosts) != tuple(names.served):
            found.add(
                "rule.hosts",
                "the names of the domain are the hosts of the rule",
                given=list(self.rule.hosts),
                allowed="the names in domain, such as domain.names(…), or hosts without domain",
                practice="domain-names",
            )
        if self.certificate is not None:
            found.add(
                "certificate",
                "the domain has a certificate made for each of its names",
                given=Shown("a certificate"),
                allowed="domain, or a certificate of your own and rule=ListenerRule(hosts=[…])",
                practice="dns-validated-certificate",
            )
        if self.load_balancer is not None and not self.load_balancer.has_hosted_zone:
            found.add(
                "load_balancer",
                "nobody said in which hosted zone the name of the imported load balancer is",
                allowed="ApplicationLoadBalancer.from_attributes(canonical_hosted_zone_id=…)",
                practice="domain-names",
            )
        return list(found)

    def _test_problems(self) -> list[Problem]:
        found = Problems()
        port, load_balancer = self.test_port, self.load_balancer
        if port is not None:
            found.extend(
                test_port_problems(port, taken_ports(self.https))
                if load_balancer is None
                else load_balancer.test_port_problems(port)
            )
        elif self.test_ingress is not None:
            found.add(
                "test_ingress",
                "there is no listener that it could let callers reach",
                given=Shown(f"{len(self.test_ingress)} peers"),
                allowed="nothing, or a test_port",
                practice="test-traffic",
            )
        if self.test_rule is not None:
            found.extend(self._test_rule_problems(self.test_rule))
        if not found and load_balancer is not None and (traffic := self.test_traffic) is not None:
            option = "rule" if self.test_rule is None else "test_rule"
            found.extend(
                load_balancer.claim_problems(traffic.conditions, traffic.priority, test_port=port, option=option)
            )
        return list(found)

    def _test_rule_problems(self, rule: ListenerRule) -> list[Problem]:
        found = Problems()
        traffic = self.test_traffic or rule
        found.extend(rule.problems() or traffic.problems(), under="test_rule")
        if found or self.test_port is not None:
            return list(found)
        if canonical(traffic.conditions) == canonical(self.rule.conditions):
            found.add(
                "test_rule",
                "every request would be test traffic",
                allowed="a condition that the requests of production do not meet, such as a header; or a test_port",
                practice="test-traffic",
            )
        elif not is_token([traffic.priority, self.rule.priority]):
            found.extend(self._order_problems(traffic.priority))
        return list(found)

    def _order_problems(self, test: int | None) -> list[Problem]:
        """Find a test rule that would not be tried before the rule of production."""
        found = Problems()
        rule = self.rule
        if test is None and rule.priority is None:
            return []
        production = band_of(rule.conditions)[0] if rule.priority is None else rule.priority
        latest = band_of(rule.conditions, at_least=before(rule.conditions))[-1] if test is None else test
        if latest >= production:
            found.add(
                "test_rule.priority",
                "the rule of production may be tried before it, and take its requests",
                given=test,
                allowed=f"a number under {production}"
                if production > FIRST
                else "a higher number for rule, and one before it here",
                practice="test-traffic",
            )
        return list(found)

    def _load_balancer_problems(self, *, rule_is_right: bool) -> list[Problem]:
        if self.load_balancer is None:
            certified = self.certificate is not None or (self.domain is not None and self.https is True)
            return https_problems(self.https, [self.certificate] if certified else [], "certificate")
        found = Problems()
        given = {
            "certificate": self.certificate is not None,
            "https": self.https is not True,
            "ingress": self.ingress is not None,
        }
        for option in (name for name, present in given.items() if present):
            found.add(
                option,
                "a load balancer that is shared has its own",
                given=getattr(self, option),
                allowed="this option on the ApplicationLoadBalancer, or no load_balancer here",
            )
        if not found and rule_is_right:
            found.extend(self.load_balancer.claim_problems(self.rule.conditions, self.rule.priority))
        return list(found)


def _is_block(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text  # Elastic Load Balancing takes no address without its mask
