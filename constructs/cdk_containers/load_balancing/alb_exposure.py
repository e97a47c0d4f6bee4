"""How a service is reached through an Application Load Balancer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace
from typing import ClassVar, Literal

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, is_token, seconds
from cdk_containers.core.practices import Disabled

from .application_load_balancer import ApplicationLoadBalancer
from .domain import Domain, DomainNames, names_of, names_problems
from .exposure import Exposure
from .exposure_options import (
    delay_problems,
    domain_problems,
    path_problems,
    shared_option_problems,
    test_ingress_problems,
)
from .listener_checks import https_problems, taken_ports, test_port_problems
from .listener_rule import ListenerRule
from .rule_priorities import FIRST, band_of, before, canonical, specificity, without_tokens
from .target_options import Stickiness, TargetHealthCheck

_CALL = re.compile(r"/[^/]+/[^/]+")


@frozen
class AlbExposure(Exposure):
    """A port of a service, reached through an Application Load Balancer.

    Attributes:
        port: Port in the container, 1–65535. The service's own container gets this port automatically; a sidecar must
            declare it.
        container: Container that listens on the port. Default: the service's own container.
        name: Distinguishes this exposure from others of the service: letters, digits and hyphens, up to 40. A named
            exposure keeps its resources when anything except its load balancer changes. Give names when a service has
            several exposures on one load balancer. Default: none.
        load_balancer: Load balancer to share. Default: a new load balancer for this service.
        domain: Domain, or names in it (`domain.names("api")`), at which callers reach the service. For each name the
            service creates a certificate, Route 53 records and the listener rule. Default: none.
        certificate: Certificate for the new load balancer of this service.
        https: Serves HTTPS on the service's own load balancer; `Disabled(reason="…")` serves plain HTTP. Default: True.
        ingress: Allowed sources of the service's own load balancer, as `ec2.Peer`. Default: any address for a
            `WebService`, none for a `BackendService`.
        rule: Which requests go to this service. Default: all.
        health_check_path: Path that answers when a task can accept requests. Default: `/`.
        health_check_port: Port for the health check, if it differs from `port`. A container of the task must declare
            it; with bridge networking it needs a `Port.host_port`. Default: `port`.
        health_check: Interval, thresholds and status codes of the health check. Default: every 10 s, healthy after 2
            answers.
        deregistration_delay: Time for requests in flight to finish when a task stops, 0–3600 s. Make it at least as
            long as your longest request; ECS sends SIGTERM after it. Default: 30 s, because the 300 s of AWS slow
            deployments down.
        stickiness: Sends the requests of a browser to the same task. Default: none.
        target_protocol: `HTTPS` if the container speaks TLS. Default: `HTTP`.
        protocol_version: `HTTP2` or `GRPC` if the container speaks them; both need HTTPS. With `GRPC`,
            `health_check_path` is a method, and `healthy_codes` are gRPC's, 0–99. Default: `HTTP1`.
        test_port: Port of a second listener that sends test traffic to a new version before production traffic shifts
            to it. Requires a deployment that shifts traffic. Default: none.
        test_ingress: Allowed sources of `test_port`, as `ec2.Peer`. Default: no one; let callers in with
            `caller.connections.allow_to(load_balancer, …)`.
        test_rule: Conditions, in addition to those of `rule`, that mark test traffic. Without `test_port`, the load
            balancer evaluates them before `rule` on the same listener. Default: all requests on `test_port`, none
            without it.

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
        """The names of the service, if it has a domain."""
        return names_of(self.domain)

    @property
    def separate_health_check_port(self) -> int | None:
        """Port for the health check, if it is not the port for requests."""
        return None if self.health_check_port == self.port else self.health_check_port

    @property
    def shared_load_balancer(self) -> ApplicationLoadBalancer | None:
        """The load balancer, if it is shared."""
        return self.load_balancer

    @property
    def breadth(self) -> tuple[int, str]:
        """How specific its rule is, and the conditions of that rule."""
        conditions = {
            field: [without_tokens(value) for value in values] for field, values in self.rule.conditions.items()
        }
        return specificity(conditions), canonical(conditions)

    @property
    def test_traffic(self) -> ListenerRule | None:
        """Which requests are test traffic, with the conditions of `rule`; None if there is no test traffic."""
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
        """Time for requests in flight to finish, in seconds."""
        return 30 if self.deregistration_delay is None else seconds(self.deregistration_delay)

    def problems(self) -> list[Problem]:
        """Find problems with this exposure by itself."""
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
        found.extend(path_problems(self.health_check_path))
        found.extend(delay_problems(self.deregistration_delay_seconds))
        found.extend(self._load_balancer_problems(rule_is_right=not wrong_rule))
        found.extend(self._protocol_problems(None if wrong_check else self.health_check.healthy_codes))
        if not found:
            found.extend(self._test_problems())
        return list(found)

    def _protocol_problems(self, codes: str | None) -> list[Problem]:
        """Find options that do not fit the protocol between load balancer and container."""
        found = Problems()
        balancer = self.load_balancer
        if self.protocol_version != "HTTP1" and not (balancer.speaks_https if balancer else self.https is True):
            found.add(
                "protocol_version",
                "an Application Load Balancer supports it only behind an HTTPS listener",
                given=self.protocol_version,
                allowed="HTTPS, with a certificate; or HTTP1",
                practice="https-listener",
            )
        grpc = self.protocol_version == "GRPC"
        path = self.health_check_path
        if grpc and not is_token(path) and path.startswith("/") and not _CALL.fullmatch(path):
            found.add(
                "health_check_path",
                "with gRPC the health check calls a method, not a path",
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
                    f"not a valid {'gRPC' if grpc else 'HTTP'} status for a health check",
                    given=codes,
                    allowed=f"{low}–{high}",
                    practice="target-health-check",
                )
        return list(found)

    def _domain_problems(self) -> list[Problem]:
        found = Problems()
        found.extend(
            domain_problems(
                self.domain,
                self.certificate,
                self.load_balancer,
                kind=ApplicationLoadBalancer,
                instead="domain, or your own certificate and rule=ListenerRule(hosts=[…])",
            )
        )
        names = self.names
        if names is not None and tuple(self.rule.hosts) != tuple(names.served):
            found.add(
                "rule.hosts",
                "the domain already sets the hosts of the rule",
                given=list(self.rule.hosts),
                allowed="the names in domain, such as domain.names(…), or hosts without domain",
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
        found.extend(test_ingress_problems(port, self.test_ingress))
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
                "these conditions would make every request test traffic",
                allowed="a condition that production requests do not meet, such as a header; or a test_port",
                practice="test-traffic",
            )
        elif not is_token([traffic.priority, self.rule.priority]):
            found.extend(self._order_problems(traffic.priority))
        return list(found)

    def _order_problems(self, test: int | None) -> list[Problem]:
        """Find a test rule that the load balancer would not evaluate before the production rule."""
        found = Problems()
        rule = self.rule
        if test is None and rule.priority is None:
            return []
        production = band_of(rule.conditions)[0] if rule.priority is None else rule.priority
        latest = band_of(rule.conditions, at_least=before(rule.conditions))[-1] if test is None else test
        if latest >= production:
            found.add(
                "test_rule.priority",
                "the load balancer may evaluate the production rule first, which would take the test requests",
                given=test,
                allowed=f"a number lower than {production}"
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
        https = None if self.https is True else self.https
        options = {"certificate": self.certificate, "https": https, "ingress": self.ingress}
        found.extend(shared_option_problems(ApplicationLoadBalancer, options))
        if not found and rule_is_right:
            found.extend(self.load_balancer.claim_problems(self.rule.conditions, self.rule.priority))
        return list(found)
