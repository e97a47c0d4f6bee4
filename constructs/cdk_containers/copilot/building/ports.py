"""Ports of containers and targets of requests, derived from the ports in a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from cdk_containers.core.frozen import frozen

from ..manifests.models.balancing import Http, Nlb, NlbListener, RoutingRule
from ..manifests.models.containers import Sidecar
from ..manifests.models.workloads import BackendService, LoadBalancedWebService, TaskWorkload

Transport = Literal["tcp", "udp"]


@frozen(kw_only=False)
class Target:
    """A port of a container."""

    container: str
    port: int


@frozen(kw_only=False)
class NlbPort:
    """A port of a Network Load Balancer, and its target.

    Attributes:
        listener: Its section of the manifest.
        port: The port.
        protocol: Its protocol: `TCP`, `UDP` or `TLS`.
        target: Target of connections.
    """

    listener: NlbListener
    port: int
    protocol: str
    target: Target

    @property
    def transport(self) -> Transport:
        """Protocol below that of the listener."""
        return "udp" if self.protocol == "UDP" else "tcp"


class Listening:
    """The ports of the containers of a workload, and the targets of its rules and listeners.

    Attributes:
        ports: Ports by container, in the order in which they were found.
        rules: The rules of the Application Load Balancer, each with its target.
        listeners: The ports of the Network Load Balancer.
        main: Port for service discovery; None if it listens on no port.
    """

    def __init__(self, workload: TaskWorkload) -> None:
        self._name = workload.name
        self._own = getattr(workload.image, "port", None) if hasattr(workload, "image") else None
        self.ports: dict[str, dict[tuple[int, Transport], None]] = {workload.name: {}}
        self._default: dict[str, int] = {}
        if self._own is not None:
            self._default[workload.name] = self._own
            self._add(workload.name, self._own)
        for name, sidecar in (workload.sidecars or {}).items():
            self._add_sidecar(name, sidecar)
        http = workload.http if isinstance(workload, LoadBalancedWebService | BackendService) else None
        nlb = workload.nlb if isinstance(workload, LoadBalancedWebService) else None
        self.rules = list(self._routed(http)) if isinstance(http, Http) else []
        self.listeners = list(self._listened(nlb)) if nlb is not None and nlb.port is not None else []
        self.main = self.rules[0][1].port if self.rules else self._own

    def _add(self, container: str, port: int, transport: Transport = "tcp") -> None:
        self.ports.setdefault(container, {})[port, transport] = None

    def _add_sidecar(self, name: str, sidecar: Sidecar) -> None:
        self.ports.setdefault(name, {})
        if sidecar.port is not None:
            number, _, protocol = sidecar.port.partition("/")
            self._default[name] = int(number)
            self._add(name, int(number), "udp" if protocol.lower() == "udp" else "tcp")

    def _routed(self, http: Http) -> Iterator[tuple[RoutingRule, Target]]:
        for rule in http.rules:
            if rule.path is None:
                continue
            container = rule.target_container
            if rule is http and container is None:
                container = http.target_container_camel_case
            target = self._target(container, rule.target_port, self._own)
            self._add(target.container, target.port)
            yield rule, target

    def _listened(self, nlb: Nlb) -> Iterator[NlbPort]:
        for listener in nlb.listeners:
            number, _, protocol = (listener.port or "").partition("/")
            port, protocol = int(number), protocol.upper() or "TCP"
            transport: Transport = "udp" if protocol == "UDP" else "tcp"
            container, wanted = listener.target_container, listener.target_port
            if wanted is None and container is not None:
                # Copilot opens the port of the listener on the container, and sends connections to the container's own.
                self._add(container, port, transport)
                wanted = port if container == self._name else self._default.get(container, port)
            target = self._target(container, wanted, port)
            self._add(target.container, target.port, transport)
            yield NlbPort(listener, port, protocol, target)

    def _target(self, container: str | None, port: int | None, default: int | None) -> Target:
        if port is None:
            port = default if container in (None, self._name) else self._default.get(container or "", default)
        if port is None:
            port = 0
        if container is None:
            container = next((name for name, ports in self._known(port)), self._name)
        return Target(container, port)

    def _known(self, port: int) -> Sequence[tuple[str, object]]:
        return [(name, ports) for name, ports in self.ports.items() if any(number == port for number, _ in ports)]
