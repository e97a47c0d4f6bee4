"""Exposes services to the internet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.frozen import frozen

from ..reading.models import HealthCheck, Service
from .context import Context
from .known_images import NO_HTTP, is_database
from .names import construct_id
from .short_forms import PublishedPort
from .source import Call, Raw, call

_TLS = {443: 80, 8443: 8080}
"""TLS ports, with the plain ports of the same services."""

_PATH = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::(\d+))?(/[^\s\"'|;&]*)?")


@frozen
class Exposed:
    """The exposed ports of a service.

    Attributes:
        web: Port behind an Application Load Balancer, if there is one.
        connections: Ports behind a Network Load Balancer.
    """

    web: PublishedPort | None
    connections: Sequence[PublishedPort]

    def __bool__(self) -> bool:
        return self.web is not None or bool(self.connections)


def exposed(context: Context, name: str, service: Service, ports: Sequence[PublishedPort]) -> Exposed:
    """Choose how to expose the published ports of a service."""
    outside = [port for port in ports if port.outside]
    if name in context.choices.internal:
        return Exposed(web=None, connections=[])
    if local := [str(port.number) for port in ports if not port.outside and port.published]:
        context.say(
            name, (f"port {', '.join(local)} is published only on the local machine, so it stays inside the network")
        )
    if outside and is_database(service.image):
        numbers = ", ".join(str(port.number) for port in outside)
        context.say(name, f"port {numbers} is not published: a database is reachable only from inside the network")
        return Exposed(web=None, connections=[])
    web: PublishedPort | None = None
    connections = []
    for port in outside:
        if port.protocol == "udp" or port.number in NO_HTTP:
            connections.append(port)
        elif web is None or _TLS.get(web.number) == port.number:
            web = port
        elif _TLS.get(port.number) is not None:
            context.say(name, f"port {port.number} is not published: the load balancer terminates TLS")
        elif port.number != web.number:
            text = f"port {port.number} stays inside the network: to publish it, add an AlbExposure with its own rule"
            context.say(name, f"{text}, or its own load balancer")
    return Exposed(web=web, connections=connections)


def web_exposure(context: Context, name: str, service: Service, port: PublishedPort) -> Call:
    """Return the exposure of an HTTP port."""
    path = _path(service.healthcheck, port.number)
    if path is None:
        context.say(name, "the load balancer checks `/` and accepts any status up to 399 as healthy: set a better path")
    host = context.choices.hosts.get(name)
    return call(
        "AlbExposure",
        port=port.number,
        rule=call("ListenerRule", hosts=[host]) if host else None,
        health_check_path=path,
        health_check=call("TargetHealthCheck", healthy_codes="200-399"),
        target_protocol="HTTPS" if port.number in _TLS else None,
    )


def _path(check: HealthCheck | None, port: int) -> str | None:
    """Return the path that the container health check requests on the published port."""
    if check is None or check.disable or check.test is None:
        return None
    text = check.test if isinstance(check.test, str) else " ".join(word or "" for word in check.test)
    match = _PATH.search(text)
    if match is None or int(match[1] or 80) != port or not match[2] or "$" in match[2]:
        return None
    return match[2].partition("?")[0]


def connection_exposures(
    context: Context, name: str, ports: Sequence[PublishedPort], health_port: int | None
) -> tuple[list[Call], Call | None]:
    """Return the exposures of other ports, and the load balancer that they share, if any.

    Args:
        context: The conversion.
        name: The service.
        ports: The ports.
        health_port: TCP port of the service, for health checks.
    """
    by_number: dict[tuple[int, int], set[str]] = {}
    for port in ports:
        by_number.setdefault((port.number, port.published or port.number), set()).add(port.protocol)
    shared = call(
        "NetworkLoadBalancer",
        Raw("self"),
        f"{construct_id(name)}Entrance",
        network=Raw("app.network"),
        deletion_protection=Raw("environment.throw_away or True"),
    )
    made = []
    for (number, published), protocols in by_number.items():
        udp_alone = protocols == {"udp"}
        if udp_alone and health_port is None:
            message = (
                f"port {number}/udp: a load balancer checks health over TCP, but the service has no TCP port; add one "
                f"with `expose`, or keep the service inside the network with --internal {name}"
            )
            context.refuse(name, "ports", message=message)
        many = len(by_number) > 1
        made.append(
            call(
                "NlbExposure",
                port=number,
                protocol={1: "UDP" if udp_alone else None, 2: "TCP_UDP"}[len(protocols)],
                listener_port=published if published != number else None,
                health_check_port=health_port if udp_alone else None,
                name=f"port-{number}" if many else None,
                load_balancer=Raw("entrance") if many else None,
            )
        )
    return made, shared if len(by_number) > 1 else None


def check_hosts(context: Context, web: dict[str, PublishedPort]) -> None:
    """Find services that one load balancer cannot distinguish."""
    nameless = [name for name in web if name not in context.choices.hosts]
    if len(web) < 2 or not nameless:
        return
    for name in nameless:
        message = (
            f"{len(web)} services are reachable from outside ({', '.join(web)}), and a load balancer distinguishes "
            f"them by host name: --host {name}={name}.example.com; or keep it inside the network with --internal {name}"
        )
        context.refuse(name, "ports", message=message)
