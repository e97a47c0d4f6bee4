"""Assigns ports of this machine to the ports of tasks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from cdk_containers.local.engines import Published
from cdk_containers.local.planning import Given, LocalError

from .tasks import Planned


def is_free(port: int, protocol: str = "tcp") -> bool:
    """Tell whether a port of loopback is free."""
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return True  # below 1024: the engine may have the permission
        except OSError:
            return False
    return True


def assign(
    planned: Sequence[Planned], wanted: Given, *, free: Callable[[int, str], bool] = is_free
) -> dict[str, list[Published]]:
    """Assign a port of this machine to each port of each task.

    A task that you named keeps its port numbers. If two tasks want the same number, the task behind a load balancer
    that no other task needs gets it. Other tasks get the next free number.

    Args:
        planned: The tasks.
        wanted: Port numbers by `Task.PORT` or `PORT`.
        free: Tells whether a port is free.

    Raises:
        LocalError: A port that must keep its number is in use.
    """
    problems: list[str] = []
    taken: set[int] = set()
    found: dict[str, list[Published]] = {}
    place = {id(one): number for number, one in enumerate(planned)}
    for one in sorted(planned, key=lambda one: (not one.asked, one.probe is None, -place[id(one)])):
        for port in one.plan.ports:
            said = wanted.find(str(port.number), task=one.plan.name)
            if said is not None and not said.isdecimal():
                problems.append(f"--publish: {said!r} is not a port number")
                continue
            host = int(said) if said else port.wanted
            if said is None and (host in taken or not one.asked):
                while host in taken or not free(host, port.protocol):
                    host += 1
            elif host in taken or not free(host, port.protocol):
                problems.append(
                    f"{one.plan.name}: port {host} is already in use on this machine; "
                    f"use --publish {one.plan.name}.{port.number}=OTHER"
                )
            taken.add(host)
            published = Published(number=port.number, host=host, protocol=port.protocol, name=port.name)
            found.setdefault(one.plan.name, []).append(published)
    if problems:
        raise LocalError(*problems)
    return found
