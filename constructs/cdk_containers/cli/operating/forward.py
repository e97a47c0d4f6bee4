"""`cdk-containers forward`: forward a port of this machine into a task, or through it."""

from __future__ import annotations

import socket
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from .common import Operation, add_where, operate
from .exec_ import add_room, hand_over

if TYPE_CHECKING:
    from cdk_containers.operate.sessions import Way


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `forward`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="the path of a service or a job in the code, such as Shop/Web")
    help_ = "a port of the task, or of a host that it can reach; LOCAL is the port of this machine, the same by default"
    add("way", metavar="[HOST:]PORT[:LOCAL]", help=help_)
    add_room(parser)
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Forward the port until Ctrl-C."""
    return operate("forward", arguments, _forward)


def _forward(operation: Operation) -> int:
    from cdk_containers.operate.exits import USAGE, Stop  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.launch import launch_of  # noqa: PLC0415
    from cdk_containers.operate.plugin import find_plugin  # noqa: PLC0415
    from cdk_containers.operate.sessions import Wish, find_room, open_port, read_way  # noqa: PLC0415

    arguments = operation.arguments
    try:
        way = read_way(arguments.way)
    except ValueError as error:
        raise Stop(USAGE, str(error)) from None
    plugin = find_plugin()
    _check_local(way)
    target = operation.finder.one(arguments.name, "service", "express service", "job")
    api = operation.api(target)
    wish = Wish(task=arguments.task, container=arguments.container)
    room = find_room(api, target, launch_of(api, target), wish)
    print(f"{operation.where(target)}: {way} through task {room.task}; Ctrl-C ends it", file=sys.stderr, flush=True)
    return hand_over(api, plugin, *open_port(api, room, way))


def _check_local(way: Way) -> None:
    from cdk_containers.operate.exits import USAGE, Stop  # noqa: PLC0415

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", way.local))
        except OSError as error:
            name = f"{way.host}:{way.port}" if way.host else str(way.port)
            raise Stop(
                USAGE,
                f"port {way.local} of this machine cannot be used: {error.strerror}",
                f"choose another port, such as {name}:{way.local + 10000 if way.local < 50000 else 15432}",
            ) from None
