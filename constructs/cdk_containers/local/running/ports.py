"""Ports of this machine for those of tasks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence

from cdk_containers.local.engines import Published
from cdk_containers.local.planning import Given, LocalError, TaskPlan


def is_free(port: int, protocol: str = "tcp") -> bool:
    """Tell whether nobody listens at a port of loopback."""
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return True  # below 1024: the engine may be allowed to
        except OSError:
            return False
    return True


def _any() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def assign(
    plans: Iterable[TaskPlan],
    asked: Sequence[str],
    wanted: Given,
    *,
    free: Callable[[int, str], bool] = is_free,
    any_port: Callable[[], int] = _any,
) -> dict[str, list[Published]]:
    """Give each port of each task one of this machine.

    Args:
        plans: The tasks.
        asked: The names of the tasks that the developer named: their ports keep their numbers, the first first.
        wanted: Numbers by `Task.PORT` or `PORT`.
        free: Tells whether a port is free.
        any_port: Finds a free one.

    Raises:
        LocalError: A port is taken that has to keep its number.
    """
    problems: list[str] = []
    taken: set[int] = set()
    found: dict[str, list[Published]] = {}
    for plan in sorted(plans, key=lambda plan: asked.index(plan.name) if plan.name in asked else len(asked)):
        for port in plan.ports:
            said = wanted.find(str(port.number), task=plan.name)
            if said is not None and not said.isdecimal():
                problems.append(f"--publish: {said!r} is no number of a port")
                continue
            host = int(said) if said else port.wanted
            keeps = said is not None or (plan.name in asked and host not in taken)
            if not keeps:
                host = any_port()
            elif host in taken or not free(host, port.protocol):
                problems.append(
                    f"{plan.name}: port {host} of this machine is taken; "
                    f"--publish {plan.name}.{port.number}=OTHER uses another one"
                )
            taken.add(host)
            published = Published(number=port.number, host=host, protocol=port.protocol)
            found.setdefault(plan.name, []).append(published)
    if problems:
        raise LocalError(*problems)
    return found
