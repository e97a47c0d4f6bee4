"""What all ways to reach a service share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import Problem, Problems
from ..inputs import field_problems, is_token


@dataclass(frozen=True, kw_only=True, slots=True)
class Exposure:
    """A port of a service, reached through a load balancer or VPC Lattice; see the kinds, such as `AlbExposure`.

    Attributes:
        port: Port in the container, 1–65535. The service's own container listens there without being told; a sidecar
            has to declare it.
        container: Container that listens on the port. Default: the service's own.
    """

    port: int
    container: str | None = None

    @property
    def transport(self) -> Literal["tcp", "udp"]:
        """Protocol under the application's, as ports have it."""
        return "tcp"

    @property
    def port_name(self) -> str | None:
        """Name that the port has to have, if it is declared for the exposure alone."""
        return None

    def problems(self) -> list[Problem]:
        """Find what is wrong with this exposure by itself."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("port") and not is_token(self.port) and not 1 <= self.port <= 65535:
            found.add("port", "not a port", given=self.port, allowed="1–65535", practice="port-mappings")
        return list(found)
