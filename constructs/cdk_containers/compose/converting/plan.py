"""The plan of an app."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.frozen import frozen

from .exposing import Exposed
from .settings import Settings
from .short_forms import PublishedPort
from .source import Call


@frozen(slots=False)
class Unit:
    """A service of the project, planned for the app.

    Attributes:
        name: Name in the project.
        variable: Name in Python.
        id: Id of its construct.
        kind: The class of its construct; `sidecar` and `init` for containers of other services.
        host: Host name for callers.
        ports: Ports that it listens on.
        exposed: Exposed ports.
        settings: Environment variables of its container.
        container: Options of its container.
        options: Options of its construct.
        volumes: Volumes of its task, by name.
        entrance: Load balancer that its exposures share, if any.
    """

    name: str
    variable: str
    id: str
    kind: str
    host: str
    ports: list[PublishedPort]
    exposed: Exposed
    settings: Settings
    container: dict[str, Any]
    options: dict[str, Any]
    volumes: dict[str, Any]
    entrance: Call | None

    @property
    def is_service(self) -> bool:
        """Whether it is a service, which others can call."""
        return self.kind.endswith("Service")

    @property
    def tcp_ports(self) -> list[int]:
        """Its TCP ports, each once."""
        return list(dict.fromkeys(port.number for port in self.ports if port.protocol == "tcp"))


@frozen
class Edge:
    """One service that calls, or waits for, another.

    Attributes:
        caller: The service that calls.
        callee: The called service.
        port: The port, if it is known.
        variable: Setting with the address; None if there is no separate setting.
        address: Value of the setting.
        waits: Whether it is in `depends_on`.
    """

    caller: str
    callee: str
    port: int | None
    variable: str | None = None
    address: str | None = None
    waits: bool = False


@frozen(slots=False)
class Plan:
    """The app.

    Attributes:
        name: Its name.
        units: Its services and jobs.
        edges: The calls between services, in an order without cycles.
        backward: Calls that would create a circle.
        secrets: Uses of each secret, by key.
    """

    name: str
    units: dict[str, Unit]
    edges: list[Edge]
    backward: list[Edge]
    secrets: dict[str, list[str]]
