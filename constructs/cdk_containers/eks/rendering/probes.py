"""Probes: when a container counts as started, ready and alive.

As on ECS, the container's own health check decides whether it restarts, and the load balancer's check decides whether
it gets requests. The two never use the same path, because a path that returns "not ready" while a database is down must
not restart every pod. If the paths are equal, the liveness probe only opens a connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import Container, HealthCheck, HttpCheck
from cdk_containers.model.workload.health_check import CheckTimes

from .facts import Exposure
from .losses import Losses
from .start_order import Role

Probe = dict[str, Any]

_PERIOD, _TIMEOUT, _FAILURES = 10, 5, 3
_STARTUP_PERIOD = 5


def probes(
    container: Container,
    *,
    role: Role,
    exposures: Sequence[Exposure],
    startup_seconds: int,
    option: str,
    losses: Losses,
) -> dict[str, Probe]:
    """Return the probes of a container; a plain init container has none.

    Args:
        container: The container.
        role: Its role in the pod.
        exposures: Its ports with traffic from load balancers.
        startup_seconds: Time that the application may take to start.
        option: The option that contains the container.
        losses: Collects the losses.
    """
    if role == "init":
        return {}
    check = container.health_check
    if check is not None:
        _check_times(check, f"{option}.health_check", losses)
    ready = _ready(container, exposures) if role == "main" else None
    alive = None if check is None else _handler(check)
    if alive is None or alive == ready:
        alive = _connection(container, exposures) if role == "main" else None
    found: dict[str, Probe] = {}
    start = ready or alive
    if start is not None:
        found["startupProbe"] = _startup(start, check, startup_seconds if ready is not None else 0)
    if ready is not None:
        found["readinessProbe"] = {**ready, "periodSeconds": _PERIOD, "timeoutSeconds": _TIMEOUT}
        found["readinessProbe"]["failureThreshold"] = _FAILURES
    if alive is not None:
        found["livenessProbe"] = _liveness(alive, check)
    return found


def check_ports(container: Container, exposures: Sequence[Exposure]) -> list[int]:
    """Return the ports that the probes of a container use."""
    found = [exposure.health_check_port or exposure.port for exposure in exposures if exposure.protocol == "tcp"]
    if isinstance(container.health_check, HttpCheck):
        found.append(container.health_check.port)
    return list(dict.fromkeys(found))


def _ready(container: Container, exposures: Sequence[Exposure]) -> Probe | None:
    """Return the readiness probe: the load balancer's own check, or a connection."""
    for exposure in exposures:
        if exposure.protocol == "tcp" and exposure.health_check_path is not None:
            port = exposure.health_check_port or exposure.port
            return _request(exposure.health_check_path, port, https=exposure.https)
    return _connection(container, exposures)


def _connection(container: Container, exposures: Sequence[Exposure]) -> Probe | None:
    ports = [exposure.port for exposure in exposures if exposure.protocol == "tcp"]
    ports += [port.number for port in container.all_ports if port.protocol == "tcp"]
    return {"tcpSocket": {"port": ports[0]}} if ports else None


def _request(path: str, port: int, *, https: bool) -> Probe:
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTPS" if https else "HTTP"}}


def _handler(check: HealthCheck | HttpCheck) -> Probe:
    if isinstance(check, HttpCheck):
        return _request(check.path, check.port, https=check.https)
    if isinstance(check.command, str):
        return {"exec": {"command": ["/bin/sh", "-c", check.command]}}
    first, *rest = check.command
    if first == "CMD-SHELL":
        return {"exec": {"command": ["/bin/sh", "-c", *rest]}}
    return {"exec": {"command": rest if first == "CMD" else [first, *rest]}}


def _startup(handler: Probe, check: HealthCheck | HttpCheck | None, startup_seconds: int) -> Probe:
    """Return the startup probe, which delays the others; one success is enough."""
    if check is None:
        period, timeout, retries, start_period = _STARTUP_PERIOD, _TIMEOUT, _FAILURES, 0
    else:
        times = CheckTimes.of(check)
        period, timeout, retries, start_period = times.interval, times.timeout, check.retries, times.start_period
    periods = 0 if is_token(start_period) else ceil(max(start_period, startup_seconds) / max(period, 1))
    return {**handler, "periodSeconds": period, "timeoutSeconds": timeout, "failureThreshold": periods + retries}


def _liveness(handler: Probe, check: HealthCheck | HttpCheck | None) -> Probe:
    if check is None or "tcpSocket" in handler:
        return {
            **handler,
            "periodSeconds": _PERIOD,
            "timeoutSeconds": _TIMEOUT,
            "failureThreshold": 2 * _FAILURES,  # later than the load balancer marks it unhealthy
        }
    times = CheckTimes.of(check)
    return {
        **handler,
        "periodSeconds": times.interval,
        "timeoutSeconds": times.timeout,
        "failureThreshold": check.retries,
    }


def _check_times(check: HealthCheck | HttpCheck, option: str, losses: Losses) -> None:
    times = CheckTimes.of(check)
    for name, value, low in (
        ("interval", times.interval, 1),
        ("timeout", times.timeout, 1),
        ("start_period", times.start_period, 0),
        ("retries", check.retries, 1),
    ):
        if is_token(value):
            losses.refuse(
                f"{option}.{name}", "a Kubernetes object needs the actual number", instead="a value known at synthesis"
            )
        elif value < low:
            unit = "" if name == "retries" else " s"
            losses.refuse(f"{option}.{name}", f"{value}{unit}: out of range", instead=f"{low}{unit} or more")
