"""How a service is reached through a Network Load Balancer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import acm
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, is_token, seconds

from .domain import Domain, DomainNames, names_of
from .exposure import Exposure
from .exposure_options import (
    delay_problems,
    domain_problems,
    path_problems,
    shared_option_problems,
    test_ingress_problems,
)
from .listener_checks import test_port_problems
from .network_load_balancer import NetworkLoadBalancer


@frozen
class NlbExposure(Exposure):
    """A port of a service, reached through a Network Load Balancer.

    Attributes:
        port: Port in the container, 1–65535.
        container: Container that listens on the port. Default: the service's own container.
        name: Distinguishes this exposure from others of the service: letters, digits and hyphens, up to 40. A named
            exposure keeps its resources when anything except its load balancer changes. Default: none; then the port
            identifies a listener on a shared load balancer.
        protocol: `TCP`, `UDP`, `TCP_UDP` for both on one port, or `TLS`, which the load balancer terminates with a
            certificate. With `TCP_UDP` the container declares the port once, for TCP; bridge networking does not
            support it. Default: `TCP`.
        listener_port: Port of the load balancer. Default: 443 with TLS, otherwise the container's port.
        load_balancer: Load balancer to share. Default: a new load balancer for this service.
        domain: Domain, or names in it (`domain.names("mqtt")`), at which callers reach the service. The service creates
            Route 53 records, and certificates for `TLS`. Default: none.
        certificate: Certificate for `TLS`.
        ingress: Allowed sources of the service's own load balancer, as `ec2.Peer`. Default: any address for a
            `WebService`, none for a `BackendService`.
        health_check_path: Path for an HTTP health check, instead of opening a TCP connection. Default: none.
        health_check_port: Port for the health check, which a container of the task must declare. UDP needs a TCP port
            here. With bridge networking it needs a `Port.host_port`. Default: `port`.
        deregistration_delay: Time for connections to end when a task stops, 0–3600 s. Default: 30 s.
        preserve_client_ip: Whether the task sees the caller's address; with UDP it always does. Default: True.
        test_port: Port of a second listener that sends test traffic to a new version before production traffic shifts
            to it. Requires a deployment that shifts traffic. Default: none.
        test_ingress: Allowed sources of `test_port`, as `ec2.Peer`. Default: no one; let callers in with
            `caller.connections.allow_to(load_balancer, …)`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/nlb.html
    """

    kind: ClassVar[str] = "Nlb"

    protocol: Literal["TCP", "UDP", "TCP_UDP", "TLS"] = "TCP"
    listener_port: int | None = None
    load_balancer: NetworkLoadBalancer | None = None
    domain: Domain | DomainNames | None = None
    certificate: acm.ICertificate | None = None
    ingress: Sequence[ec2.IPeer] | None = None
    health_check_path: str | None = None
    health_check_port: int | None = None
    deregistration_delay: DurationLike | None = None
    preserve_client_ip: bool = True
    test_port: int | None = None
    test_ingress: Sequence[ec2.IPeer] | None = None

    @property
    def transport(self) -> Literal["tcp", "udp"]:
        """Transport protocol, as ports name it."""
        return "udp" if self.protocol == "UDP" else "tcp"

    @property
    def outer_transport(self) -> Literal["tcp", "udp", "tcp_udp"]:
        """Transport protocol, as the load balancer names it."""
        return "tcp_udp" if self.protocol == "TCP_UDP" else self.transport

    @property
    def names(self) -> DomainNames | None:
        """The names of the service, if it has a domain."""
        return names_of(self.domain)

    @property
    def shared_load_balancer(self) -> NetworkLoadBalancer | None:
        """The load balancer, if it is shared."""
        return self.load_balancer

    @property
    def outer_port_alone(self) -> int | None:
        """Port of the load balancer, which belongs to this exposure only; None if it is a token."""
        return None if is_token(self.outer_port) else self.outer_port

    @property
    def breadth(self) -> tuple[int, str]:
        """Port of the load balancer, as number and text."""
        port = self.outer_port_alone
        return (0, "") if port is None else (port, f"{port}{'' if self.transport == 'tcp' else 'udp'}")

    @property
    def outer_port(self) -> int:
        """Port of the load balancer."""
        if self.listener_port is not None:
            return self.listener_port
        return 443 if self.protocol == "TLS" else self.port

    @property
    def separate_health_check_port(self) -> int | None:
        """Port in the container for the health check, if it is not the port for connections."""
        same = self.health_check_port == self.port and self.transport == "tcp"
        return None if same else self.health_check_port

    @property
    def deregistration_delay_seconds(self) -> int:
        """Time for connections to end, in seconds."""
        return 30 if self.deregistration_delay is None else seconds(self.deregistration_delay)

    def problems(self) -> list[Problem]:
        """Find problems with this exposure by itself."""
        found = Problems()
        found.extend(Exposure.problems(self))
        if any(problem.root not in ("port", "name") for problem in found):
            return list(found)
        for option, number in (("listener_port", self.listener_port), ("health_check_port", self.health_check_port)):
            if number is not None and not is_token(number) and not 1 <= number <= 65535:
                found.add(option, "not a port", given=number, allowed="1–65535", practice="port-mappings")
        found.extend(self._domain_problems())
        certified = self.certificate is not None or (self.protocol == "TLS" and self.domain is not None)
        if (self.protocol == "TLS") != certified:
            found.add(
                "certificate",
                "TLS requires a certificate, and the other protocols do not use one",
                given=Shown("a certificate") if self.certificate is not None else None,
                allowed="protocol TLS with a certificate or a domain, or another protocol without a certificate",
                practice="https-listener",
            )
        found.extend(self._udp_problems())
        found.extend(path_problems(self.health_check_path))
        found.extend(delay_problems(self.deregistration_delay_seconds))
        if self.load_balancer is not None:
            found.extend(shared_option_problems(NetworkLoadBalancer, {"ingress": self.ingress}))
            found.extend(self.load_balancer.claim_problems(self.outer_port, self.outer_transport))
        found.extend(self._test_problems())
        return list(found)

    def _test_problems(self) -> list[Problem]:
        found = Problems()
        port = self.test_port
        found.extend(test_ingress_problems(port, self.test_ingress))
        if port is None:
            return list(found)
        if not is_token(port):
            found.extend(test_port_problems(port, [self.outer_port]))
        if not found and self.load_balancer is not None:
            found.extend(self.load_balancer.claim_problems(port, self.outer_transport, option="test_port"))
        return list(found)

    def _domain_problems(self) -> list[Problem]:
        found = Problems()
        found.extend(
            domain_problems(
                self.domain,
                self.certificate,
                self.load_balancer,
                kind=NetworkLoadBalancer,
                instead="domain or certificate",
            )
        )
        names = self.names
        if names is not None and names.redirect_from:
            found.add(
                "domain.redirect_from",
                "a Network Load Balancer forwards connections and cannot redirect",
                given=list(names.redirect_from),
                allowed="these names in hosts, or an AlbExposure",
                practice="domain-names",
            )
        return list(found)

    def _udp_problems(self) -> list[Problem]:
        found = Problems()
        if self.protocol not in ("UDP", "TCP_UDP"):
            return []
        if self.protocol == "UDP" and self.health_check_port is None:
            found.add(
                "health_check_port",
                "a health check cannot use UDP",
                allowed="a port on which the container answers by TCP or HTTP",
                practice="target-health-check",
            )
        if not self.preserve_client_ip:
            found.add(
                "preserve_client_ip",
                "with UDP the task always sees the address of the caller",
                given=False,
                allowed="True, or TCP or TLS",
            )
        return list(found)
