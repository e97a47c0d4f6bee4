"""Finds which services call each other, and which wait for each other."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..reading.models import Service
from .context import Context
from .mentions import mentions
from .plan import Edge
from .settings import Settings

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""Names of settings that `connect_to` accepts. Other settings stay where they are."""


def edges_of(
    services: Mapping[str, Service],
    settings: Mapping[str, Settings],
    hosts: Mapping[str, frozenset[str]],
    init_of: Mapping[str, list[str]],
    sidecar_of: Mapping[str, str],
) -> list[Edge]:
    """Return the calls between services, according to `depends_on`, `links`, settings and commands.

    Args:
        services: The services.
        settings: Environment variables of their containers.
        hosts: Host names of each service.
        init_of: Services that run to completion in the tasks of other services.
        sidecar_of: Services that run as sidecars in the task of another service.
    """
    found: dict[tuple[str, str], Edge] = {}
    for name, service in services.items():
        callers = init_of.get(name) or [sidecar_of.get(name, name)]
        for edge in _edges(name, service, services, settings[name], hosts):
            callee = sidecar_of.get(edge.callee, edge.callee)
            if callee in init_of:
                continue
            for caller in callers:
                if caller != callee:
                    own = caller == name
                    _add(found, caller, callee, edge if own else Edge(caller=caller, callee=callee, port=edge.port))
    return list(found.values())


def _add(found: dict[tuple[str, str], Edge], caller: str, callee: str, edge: Edge) -> None:
    before = found.get((caller, callee))
    found[caller, callee] = Edge(
        caller=caller,
        callee=callee,
        port=edge.port if before is None or before.port is None else before.port,
        variable=edge.variable if before is None or before.variable is None else before.variable,
        address=edge.address if before is None or before.variable is None else before.address,
        waits=edge.waits or (before is not None and before.waits),
    )


def _edges(
    name: str,
    service: Service,
    services: Mapping[str, Service],
    settings: Settings,
    hosts: Mapping[str, frozenset[str]],
) -> list[Edge]:
    waited_for = [other for other in service.depends_on or {} if other in services]
    made = [Edge(caller=name, callee=other, port=None, waits=True) for other in waited_for]
    for link in service.links or []:
        other = link.partition(":")[0]
        if other in services:
            made.append(Edge(caller=name, callee=other, port=None))
    for other, names in hosts.items():
        if other == name:
            continue
        for variable, value in settings.plain.items():
            made += [
                Edge(caller=name, callee=other, port=mention.port, variable=variable, address=value)
                if _VARIABLE.fullmatch(variable)
                else Edge(caller=name, callee=other, port=mention.port)
                for mention in mentions(value, names, setting=variable)
            ]
        for text in [*settings.texts.values(), *_words(service)]:
            made += [Edge(caller=name, callee=other, port=one.port) for one in mentions(text, names)]
    return made


def _words(service: Service) -> list[str]:
    given = (service.command, service.entrypoint)
    return [one if isinstance(one, str) else " ".join(word or "" for word in one or []) for one in given]


def called_as(
    context: Context,
    name: str,
    hosts: frozenset[str],
    services: Mapping[str, Service],
    settings: Mapping[str, Settings],
) -> str:
    """Return the name by which others call a service: its own name, or the only alias that they use."""
    used = {
        mention.host
        for caller, service in services.items()
        if caller != name
        for variable, text in [
            *settings[caller].plain.items(),
            *settings[caller].texts.items(),
            *(("", words) for words in _words(service)),
        ]
        for mention in mentions(text, hosts, setting=variable)
    }
    if len(used) > 1:
        context.refuse(
            name,
            message=(
                f"other services call it {' and '.join(sorted(used))}, but it has only one name on AWS: use {name}"
            ),
        )
    other = sorted(used - {name})
    if not other:
        return name
    context.say(name, f"other services call it {other[0]}, so it has this name")
    return other[0]


def ordered(context: Context, edges: list[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Return the calls that determine the start order, and the calls that would create a circle.

    `depends_on` takes precedence. A circle in it is rejected, as in Compose.
    """
    forward: list[Edge] = []
    backward: list[Edge] = []
    callees: dict[str, set[str]] = {}
    for edge in sorted(edges, key=lambda edge: not edge.waits):
        if not _reaches(callees, edge.callee, edge.caller):
            callees.setdefault(edge.caller, set()).add(edge.callee)
            forward.append(edge)
        elif edge.waits:
            message = (
                f"the services wait for each other: {edge.caller} for {edge.callee}, and {edge.callee} for "
                f"{edge.caller}"
            )
            context.refuse(edge.caller, "depends_on", edge.callee, message=message)
        else:
            backward.append(edge)
            context.say(
                edge.caller,
                (f"it calls {edge.callee}, which also calls it: it does not wait for {edge.callee} to start"),
            )
    return forward, backward


def _reaches(callees: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            waiting += callees.get(here, set())
    return False
