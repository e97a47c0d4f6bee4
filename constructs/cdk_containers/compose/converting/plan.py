"""What the app is made of."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.frozen import frozen

from .exposing import Exposed
from .settings import Settings
from .short_forms import PublishedPort
from .source import Call


@frozen(slots=False)
class Unit:
    """A service of the project on its way into the app.

    Attributes:
        name: Its name in the project.
        variable: Its name in Python.
        id: The id of its construct.
        kind: The class of its construct; `sidecar` and `init` for containers of other services.
        host: The name under which it is called.
        ports: Where it listens.
        exposed: How it is reached from outside.
        settings: What its container is told.
        container: The options of its container.
        options: The options of its construct.
        volumes: The volumes of its task, by name.
        entrance: The load balancer that its exposures share, if they do.
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
        """Where it listens for TCP, each port once."""
        return list(dict.fromkeys(port.number for port in self.ports if port.protocol == "tcp"))


@frozen
class Edge:
    """One service that calls, or waits for, another.

    Attributes:
        caller: The service that calls.
        callee: The called service.
        port: The port, if it is known.
        variable: The setting with the address; None if there is no separate setting.
        address: What it says.
        waits: Whether `depends_on` says so.
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
        backward: Calls that would close a circle.
        secrets: Where each secret is used, by its key.
    """

    name: str
    units: dict[str, Unit]
    edges: list[Edge]
    backward: list[Edge]
    secrets: dict[str, list[str]]
