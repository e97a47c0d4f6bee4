"""Rules of ports: each port belongs to one container and has one protocol."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.documents import nearest

from ..models.balancing import Http, Nlb, NlbListener
from ..models.workloads import TaskWorkload
from .given import Given, Key

_OF_CONTAINERS = ("tcp", "udp")
_OF_LISTENERS = ("tcp", "udp", "tls")


def port_and_protocol(text: str | None) -> tuple[int | None, str]:
    """Parse `53/udp`; without a number if the text has none."""
    number, _, protocol = (text or "").partition("/")
    valid = number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= 65535
    return int(number) if valid else None, protocol.lower() or "tcp"


def exposed(workload: TaskWorkload, given: Given) -> None:
    """Containers do not share a port, a port has one protocol, and health checks use TCP."""
    claims = _Claims(workload, given)
    for name, sidecar in (workload.sidecars or {}).items():
        port = sidecar.port if sidecar else None
        if port is not None and valid_port(given, port, _OF_CONTAINERS, "sidecars", name, "port"):
            number, protocol = port_and_protocol(port)
            claims.claim(number, protocol, name, "sidecars", name, "port")
    for path, rule in _rules(getattr(workload, "http", None)):
        _target_exists(workload, given, rule, *path)
        if rule.target_port is not None:
            claims.claim(rule.target_port, "tcp", claims.owner(rule, rule.target_port), *path, "target_port")
    listeners = list(_listeners(getattr(workload, "nlb", None)))
    for path, listener in listeners:
        _target_exists(workload, given, listener, *path)
        if listener.port is None or not valid_port(given, listener.port, _OF_LISTENERS, *path, "port"):
            continue
        target = claims.target(listener)
        protocol = port_and_protocol(listener.port)[1].replace("tls", "tcp")
        key = "target_port" if listener.target_port is not None else "port"
        claims.claim(target, protocol, claims.owner(listener, target), *path, key)
    claims.main()
    for path, listener in listeners:
        claims.health(listener, *path)


def valid_port(given: Given, text: str, protocols: tuple[str, ...], *path: Key) -> bool:
    """Check a port with its protocol."""
    number, protocol = port_and_protocol(text)
    if number is None or protocol not in protocols:
        given.refuse(f"got {text!r}; allowed: a port from 1 to 65535, with or without /{', /'.join(protocols)}", *path)
        return False
    return True


class _Claims:
    """Ports with the containers that have them."""

    def __init__(self, workload: TaskWorkload, given: Given) -> None:
        self._name = workload.name
        self._port: int | None = getattr(getattr(workload, "image", None), "port", None)
        self._given = given
        self._taken: dict[int, tuple[str, str]] = {}

    def claim(self, port: int | None, protocol: str, container: str, *path: Key) -> None:
        """Assign a port to a container."""
        if port is None:
            return
        owner, known = self._taken.setdefault(port, (container, protocol))
        if owner != container:
            self._given.refuse(f"the containers {owner!r} and {container!r} both have port {port}", *path)
        elif known != protocol:
            self._given.refuse(f"port {port} of {container!r} is both {known} and {protocol}", *path)

    def main(self) -> None:
        """Assign the main port, with the protocol that is known so far."""
        if self._port is not None:
            protocol = self._taken.get(self._port, ("", "tcp"))[1]
            self.claim(self._port, protocol, self._name, "image", "port")

    def owner(self, rule: Any, port: int | None) -> str:
        """Return the target container of a rule."""
        named = rule.target_container or getattr(rule, "target_container_camel_case", None)
        return named or self._taken.get(port or 0, (self._name, ""))[0]

    def target(self, listener: NlbListener) -> int | None:
        """Return the target port of a listener."""
        return listener.target_port if listener.target_port is not None else port_and_protocol(listener.port)[0]

    def health(self, listener: NlbListener, *path: Key) -> None:
        """A health check uses TCP."""
        named = (listener.healthcheck and listener.healthcheck.port) or self.target(listener)
        owner, protocol = self._taken.get(named or 0, ("", "tcp"))
        if protocol == "udp":
            message = f"port {named} of {owner!r} is UDP, but health checks use TCP: set `healthcheck.port`"
            self._given.refuse(message, *path, "port")


def _target_exists(workload: TaskWorkload, given: Given, rule: Any, *path: Key) -> None:
    for attribute, key in (
        ("target_container", "target_container"),
        ("target_container_camel_case", "targetContainer"),
    ):
        name = getattr(rule, attribute, None)
        if name is None:
            continue
        sidecars = workload.sidecars or {}
        image = getattr(workload, "image", None)
        if name != workload.name and name not in sidecars:
            given.refuse(f"there is no container {name!r}: {nearest(name, [workload.name, *sidecars])}", *path, key)
        elif not given.has(*(("image", "port") if name == workload.name else ("sidecars", name, "port"))) and image:
            given.refuse(f"the container {name!r} has no port", *path, key)


def _rules(http: Any) -> list[tuple[tuple[Key, ...], Any]]:
    if not isinstance(http, Http):
        return []
    more = enumerate(http.additional_rules or [])
    return [(("http",), http), *((("http", "additional_rules", number), rule) for number, rule in more if rule)]


def _listeners(nlb: Any) -> list[tuple[tuple[Key, ...], NlbListener]]:
    if not isinstance(nlb, Nlb):
        return []
    more = enumerate(nlb.additional_listeners or [])
    return [(("nlb",), nlb), *((("nlb", "additional_listeners", number), one) for number, one in more if one)]
