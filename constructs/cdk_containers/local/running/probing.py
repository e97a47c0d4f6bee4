"""Health checks of target groups, run locally."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException

from cdk_containers.local.reading import Probe

_PATIENCE = 5


def is_healthy(probe: Probe, port: int) -> bool:
    """Tell whether a port of this machine passes a health check."""
    try:
        if probe.path is None:
            socket.create_connection(("127.0.0.1", port), _PATIENCE).close()
            return True
        connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("GET", probe.path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, HTTPException):
        return False
    return any(_holds(status, part) for part in probe.codes.split(","))


def _holds(status: int, codes: str) -> bool:
    first, _, last = codes.strip().partition("-")
    return int(first) <= status <= int(last or first)
