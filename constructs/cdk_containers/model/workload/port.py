"""Ports of containers."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

_MAX_PORT = 65535


@frozen
class Port:
    """A port on which a container listens.

    Attributes:
        number: The port in the container, 1–65535.
        protocol: `tcp` or `udp`. Default: `tcp`.
        name: Name of the port for Service Connect and VPC Lattice. Default: none.
        host_port: Port on the instance, EC2 only. Default: any free port with bridge networking, the same otherwise.
        app_protocol: Application protocol of a named port for Service Connect: `http`, `http2` or `grpc`, for which it
            retries requests and counts statuses. Default: none, it forwards bytes.
    """

    number: int
    protocol: Literal["tcp", "udp"] = "tcp"
    name: str | None = None
    host_port: int | None = None
    app_protocol: Literal["http", "http2", "grpc"] | None = None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this port."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        host_port = self.host_port
        if host_port is not None and not is_token(host_port) and not 0 <= host_port <= _MAX_PORT:
            found.add(
                "host_port",
                "not a port",
                given=host_port,
                allowed="1–65535, or 0 for any free port",
                practice="port-mappings",
            )
        if not is_token(self.number) and not 1 <= self.number <= _MAX_PORT:
            found.add("number", "not a port", given=self.number, allowed="1–65535", practice="port-mappings")
        return list(found)


@frozen
class PortRange:
    """A range of ports on which a container listens, such as those of media streams. Load balancers cannot use them.

    Attributes:
        first: The first port, 1–65535.
        last: The last port, up to 65535.
        protocol: `tcp` or `udp`. Default: `tcp`.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """

    first: int
    last: int
    protocol: Literal["tcp", "udp"] = "tcp"

    def problems(self) -> list[Problem]:
        """Find what is wrong with this range."""
        found = Problems()
        found.extend(field_problems(self))
        # CDK takes the range as text, and no tokens in it.
        if not found and (is_token([self.first, self.last]) or not 1 <= self.first < self.last <= _MAX_PORT):
            given = Shown("a token" if is_token([self.first, self.last]) else f"{self.first}-{self.last}")
            found.add("", "not a range of ports", given=given, allowed="1–65535, the first below the last")
        return list(found)
