"""`cdk-containers events`: show the ECS events of services and jobs."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from functools import partial
from typing import TYPE_CHECKING

from .common import Operation, add_since, add_where, operate

if TYPE_CHECKING:
    from datetime import datetime

    from cdk_containers.operate.states import ServiceEvent
    from cdk_containers.operate.targets import Target


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `events`."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="its path in the code, such as Shop/Web")
    add_since(parser, "1d", "ECS shows the last 100 of a service, stored events show more")
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Show the events, oldest first."""
    return operate("events", arguments, _show)


def _show(operation: Operation) -> int:
    from cdk_containers.operate.words import iso  # noqa: PLC0415

    arguments = operation.arguments
    found = [
        (event, target)
        for target in operation.finder.all(arguments.names, ("service", "express service", "job"))
        for event in _events(operation, target, operation.api(target).now() - arguments.since)
    ]
    for event, target in sorted(found, key=lambda it: it[0].at):
        if arguments.json:
            print(json.dumps({"at": iso(event.at), "name": target.name, "message": event.message}))
        else:
            print(f"{iso(event.at)}  {target.name}  {' '.join(event.message.split())}")
    operation.print_unread()
    return 0


def _events(operation: Operation, target: Target, since: datetime) -> list[ServiceEvent]:
    from cdk_containers.operate.read_events import stored_events  # noqa: PLC0415
    from cdk_containers.operate.read_jobs import read_job  # noqa: PLC0415
    from cdk_containers.operate.read_services import described, events_of  # noqa: PLC0415

    api = operation.api(target)
    said: list[ServiceEvent] = []
    if target.kind == "job":
        cluster = read_job(api, target).cluster
    else:
        cluster = target.cluster
        said = [it for it in events_of(described(api, target)) if it.at >= since]
    read = partial(stored_events, api, target, cluster=cluster, since=since)
    return said + [it.told() for it in api.if_allowed(read, [])]
