"""`cdk-containers debug`: open a shell in a temporary copy of a task."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from .command_words import add_command_words
from .common import Operation, add_where, add_yes, operate
from .exec_ import hand_over


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `debug`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="the path of a service or a job in the code, such as Shop/Web")
    add(
        "--container",
        default="",
        metavar="NAME",
        help="the container to inspect; the first essential container by default",
    )
    add(
        "--as-is",
        action="store_true",
        help="let it run its own command; by default it waits for an hour and does no work",
    )
    add("--grant", action="store_true", help="allow ECS Exec in the task role while the copy runs")
    add_yes(parser)
    add_where(parser)
    add_command_words(parser, "cdk-containers debug NAME [options] [-- COMMAND ...]")


def run(arguments: Namespace) -> int:
    """Start the copy, open a session in it, and remove it."""
    return operate("debug", arguments, _debug)


def _debug(operation: Operation) -> int:
    from cdk_containers.operate.debug_copy import Copier, Copying  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.exec_rights import lacks_channels, stop_without_channels  # noqa: PLC0415
    from cdk_containers.operate.launch import launch_of, read_parts  # noqa: PLC0415
    from cdk_containers.operate.plugin import find_plugin  # noqa: PLC0415
    from cdk_containers.operate.sessions import open_shell  # noqa: PLC0415

    arguments = operation.arguments
    plugin = find_plugin()
    target = operation.finder.one(arguments.name, "service", "express service", "job")
    api = operation.api(target)
    launch = launch_of(api, target)
    parts = read_parts(api, launch)
    role = parts.told.get("taskRoleArn", "")
    container = parts.container(arguments.container or launch.container)["name"]
    lacking = lacks_channels(api, role)
    if lacking and (not role or not arguments.grant):
        raise stop_without_channels(target, role)
    granted = f", and role {role.rpartition('/')[2]} gets the ECS Exec permissions meanwhile" if lacking else ""
    does = "runs as it is" if arguments.as_is else "waits for an hour and does no work"
    operation.confirm(
        f"Start a copy of {operation.where(target)}? Container {container} {does}, with a writable root file system, "
        f"the roles and the secrets of the task{granted}."
    )
    copying = Copying(container=container, as_is=arguments.as_is, grant=lacking)
    with Copier(api, target, launch, parts, _say).running(copying) as room:
        return hand_over(api, plugin, *open_shell(api, room, arguments.words))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
