"""A port of a service in VPC Lattice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, disabled_problems, is_token, seconds
from cdk_containers.core.practices import Disabled

from .exposure import Exposure
from .rule_priorities import without_tokens
from .service_network import ServiceNetwork
from .target_options import TargetHealthCheck

_HEADER = re.compile(r"[A-Za-z0-9-]{1,40}")
_MAX_HEADERS, _MAX_VALUE = 5, 128
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


@frozen
class LatticeExposure(Exposure):
    """A port of a service in VPC Lattice: HTTPS and signed requests, also from other VPCs.

    Attributes:
        port: Port in the container, 1–65535. A container that declares its ports must name it.
        container: Container that listens on the port. Default: the service's own container.
        name: What tells it from other exposures of the service: letters, digits and hyphens, up to 40. Default: none;
            give names when a service has several exposures in VPC Lattice, so that they keep their addresses.
        service_network: The service network to join.
        certificate: Certificate for `domain_name`.
        domain_name: Custom domain name; you create its DNS record. Default: the name that VPC Lattice generates, with a
            certificate from AWS.
        auth: Refuses requests that no role of this account signed. `Disabled(reason="…")` accepts all requests that the
            service network accepts. Default: True.
        listener_port: Port that callers use, 1–65535. Default: 443.
        health_check_path: Path that answers when a task can accept requests. Default: `/`.
        health_check: Interval, timeout and thresholds. Default: `TargetHealthCheck()`.
        target_protocol: Protocol between VPC Lattice and tasks, `HTTP` or `HTTPS`. Default: `HTTP`.
        protocol_version: `HTTP1`, `HTTP2` or `GRPC`. Default: `HTTP1`.
        idle_timeout: Time that a connection may be idle, 60–600 s. Default: 60 s, as in VPC Lattice.
        test_headers: Headers that mark test traffic: one to five, each with its value. A `BlueGreen`, `Linear` or
            `Canary` deployment sends it to the new version first. Default: no test traffic.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-vpc-lattice.html
    """

    kind: ClassVar[str] = "Lattice"

    service_network: ServiceNetwork | None = None
    certificate: acm.ICertificate | None = None
    domain_name: str | None = None
    auth: Literal[True] | Disabled = True
    listener_port: int = 443
    health_check_path: str = "/"
    health_check: TargetHealthCheck = field(default_factory=TargetHealthCheck)
    target_protocol: Literal["HTTP", "HTTPS"] = "HTTP"
    protocol_version: Literal["HTTP1", "HTTP2", "GRPC"] = "HTTP1"
    idle_timeout: DurationLike | None = None
    test_headers: Mapping[str, str] | None = None

    @property
    def breadth(self) -> tuple[int, str]:
        """Name and port that callers use; exposures without a custom name come first."""
        name = "" if self.domain_name is None else without_tokens(self.domain_name)
        port = 0 if is_token(self.listener_port) else self.listener_port
        return int(bool(name)), f"{name}:{port:05}"

    @property
    def port_name(self) -> str | None:
        """Name of the port, if the container does not declare it."""
        known = isinstance(self.port, int | float) and not is_token(self.port)
        return f"port-{int(self.port)}" if known else None

    def problems(self) -> list[Problem]:
        """Find problems with this exposure by itself."""
        found = Problems()
        found.extend(Exposure.problems(self))
        if any(problem.root not in ("port", "name") for problem in found):
            return list(found)
        if self.service_network is None:
            found.add(
                "service_network",
                "a service of VPC Lattice is called through a service network",
                allowed="a ServiceNetwork",
                practice="explicit-ingress",
            )
        if (self.certificate is None) != (self.domain_name is None):
            found.add(
                "certificate",
                "a custom domain name needs a certificate, and the name that VPC Lattice generates already has one",
                given=Shown("certificate" if self.domain_name is None else "domain_name"),
                allowed="both certificate and domain_name, or neither",
                practice="https-listener",
            )
        if self.domain_name is not None and not is_token(self.domain_name) and not _DOMAIN.fullmatch(self.domain_name):
            found.add(
                "domain_name",
                "not a name in DNS",
                given=self.domain_name,
                allowed="a name such as orders.example.com",
                practice="https-listener",
            )
        if not is_token(self.listener_port) and not 1 <= self.listener_port <= 65535:
            found.add(
                "listener_port", "not a port", given=self.listener_port, allowed="1–65535", practice="port-mappings"
            )
        if not is_token(self.health_check_path) and not self.health_check_path.startswith("/"):
            found.add(
                "health_check_path",
                "a path begins with a slash",
                given=self.health_check_path,
                allowed="a path such as /healthz",
                practice="target-health-check",
            )
        if self.idle_timeout is not None and not is_token(time := seconds(self.idle_timeout)) and not 60 <= time <= 600:
            found.add(
                "idle_timeout",
                "out of range",
                given=Shown(f"{time} s"),
                allowed="60–600 s",
                practice="explicit-ingress",
            )
        found.extend(_header_problems(self.test_headers))
        found.extend(disabled_problems(self.auth), under="auth")
        found.extend(self.health_check.problems(), under="health_check")
        return list(found)


def _header_problems(headers: Mapping[str, str] | None) -> list[Problem]:
    found = Problems()
    if headers is None:
        return []
    if not 1 <= len(headers) <= _MAX_HEADERS:
        found.add(
            "test_headers",
            "VPC Lattice matches one to five headers",
            given=len(headers),
            allowed='{"x-test": "true"}, or none',
            practice="test-traffic",
        )
    for name, value in headers.items():
        if not is_token(name) and not _HEADER.fullmatch(name):
            found.add(
                "test_headers",
                "not the name of a header",
                given=name,
                allowed="up to 40 letters, digits and hyphens",
                practice="test-traffic",
            )
        if not is_token(value) and not 1 <= len(value) <= _MAX_VALUE:
            found.add(
                f"test_headers[{name!r}]",
                "VPC Lattice matches values of 1–128 characters",
                given=value,
                allowed="the value that a test request has",
                practice="test-traffic",
            )
    return list(found)
