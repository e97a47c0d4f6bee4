"""`cdk-containers exec`: open a shell or run a command in a running task, with ECS Exec."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .command_words import add_command_words
from .common import Operation, add_where, operate

if TYPE_CHECKING:
    from cdk_containers.operate.api import Api


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `exec`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="the path of a service or a job in the code, such as Shop/Web")
    add_room(parser)
    add_where(parser)
    add_command_words(parser, "cdk-containers exec NAME [options] [-- COMMAND ...]")


def add_room(parser: ArgumentParser) -> None:
    """Add the options that choose a container of a running task."""
    add = parser.add_argument
    add("--task", default="", metavar="ID", help="this task; by default the task that started last")
    add("--container", default="", metavar="NAME", help="this container; the first essential container by default")


def run(arguments: Namespace) -> int:
    """Open the session, and return 0 if it ends normally."""
    return operate("exec", arguments, _exec)


def _exec(operation: Operation) -> int:
    from cdk_containers.operate.launch import launch_of  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.plugin import find_plugin  # noqa: PLC0415
    from cdk_containers.operate.sessions import Wish, find_room, open_shell  # noqa: PLC0415

    arguments = operation.arguments
    plugin = find_plugin()
    target = operation.finder.one(arguments.name, "service", "express service", "job")
    api = operation.api(target)
    wish = Wish(task=arguments.task, container=arguments.container)
    room = find_room(api, target, launch_of(api, target), wish)
    print(f"{operation.where(target)}: container {room.container} of task {room.task}", file=sys.stderr, flush=True)
    return hand_over(api, plugin, *open_shell(api, room, arguments.words))


def hand_over(api: Api, plugin: str, session: Mapping[str, str], request: Mapping[str, Any]) -> int:
    """Run a session in the plugin. Return 0 if it ended normally, otherwise 1."""
    from cdk_containers.operate.plugin import run_plugin  # noqa: PLC0415

    return int(run_plugin(plugin, session, request, region=api.region, url=api.endpoint_of("ssm")) != 0)
