"""`cdk-containers run`: run a one-off task of a service or a job, with its log and exit code."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from .common import Operation, add_where, add_yes, duration, operate

if TYPE_CHECKING:
    from cdk_containers.operate.launch import Launch
    from cdk_containers.operate.run_task import Order
    from cdk_containers.operate.states import TaskState
    from cdk_containers.operate.targets import Target

_INTERRUPTED = 130
_MOST_OF_TOKEN = 64


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `run`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="the path of a service or a job in the code, such as Shop/Web")
    add(
        "--container",
        default="",
        metavar="NAME",
        help=("the container that runs the command; the main container by default"),
    )
    add(
        "--env",
        action="append",
        type=_setting,
        default=[],
        metavar="NAME=VALUE",
        help=("an environment variable; may be repeated"),
    )
    add("--exit-code", action="store_true", help="exit with the exit code of the container")
    add("--detach", action="store_true", help="start it, print its id, and do not wait")
    add("--timeout", type=duration, default="1h", metavar="TIME", help="exit with 5 after this time; 1h by default")
    help_ = "start no second task with the same token, such as the number of a CI job; ECS remembers it for a day"
    add("--token", type=_token, metavar="TEXT", help=help_)
    add_yes(parser)
    add_where(parser)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _token(text: str) -> str:
    if not text.isascii() or not 0 < len(text) <= _MOST_OF_TOKEN:
        raise ArgumentTypeError(f"a token has 1 to {_MOST_OF_TOKEN} ASCII characters")
    return text


def run(arguments: Namespace) -> int:
    """Run the task."""
    return operate("run", arguments, _run)


def _run(operation: Operation) -> int:
    from cdk_containers.operate.exits import USAGE, Stop  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.launch import launch_of, read_parts  # noqa: PLC0415
    from cdk_containers.operate.run_task import Order, start_task  # noqa: PLC0415
    from cdk_containers.operate.words import command  # noqa: PLC0415

    arguments = operation.arguments
    target = operation.finder.one(arguments.name, "service", "express service", "job")
    if target.kind != "job" and not arguments.words:
        raise Stop(
            USAGE,
            f"{target.name} is a service, and a second copy of it is rarely useful",
            f"set the command of the task: `{command('run', target.name)} -- COMMAND`",
        )
    api = operation.api(target)
    launch = launch_of(api, target)
    container = read_parts(api, launch).container(arguments.container or launch.container)["name"]
    settings = dict(arguments.env)
    order = Order(
        container=container, command=tuple(arguments.words), environment=settings, token=arguments.token or ""
    )
    for name in launch.missing:
        if name not in settings:
            _say(f"{name} is not set: the starter of the job sets it; set it with --env {name}=VALUE")
    task = start_task(api, launch, order).rpartition("/")[2]
    if arguments.detach:
        told = {"name": target.name, "cluster": launch.cluster, "task": task, "container": container}
        operation.print(task, told)
        return 0
    _say(f"{target.name}: task {task} starts")
    return _follow(operation, target, launch, order, task)


def _follow(operation: Operation, target: Target, launch: Launch, order: Order, task: str) -> int:
    from cdk_containers.operate.read_logs import log_sources  # noqa: PLC0415
    from cdk_containers.operate.run_task import Follower  # noqa: PLC0415
    from cdk_containers.operate.words import iso  # noqa: PLC0415

    api = operation.api(target)
    sources = log_sources(api, target.name, launch.task_definition, [order.container])
    if not sources:
        _say(f"container {order.container} does not write to CloudWatch Logs; its lines are not shown here")
    follower = Follower(api, launch.cluster, task, sources[0] if sources else None)
    last: list[str] = []
    try:
        for line in follower.lines(operation.arguments.timeout):
            last = [*last[-20:], line.message]
            if operation.arguments.json:
                print(json.dumps({"at": iso(line.at), "message": line.message}), flush=True)
            else:
                print(line.message, flush=True)
    except KeyboardInterrupt:
        return _interrupted(operation, target, launch, task)
    return 1 if follower.state is None else _end(operation, target, order, follower.state, last)


def _end(operation: Operation, target: Target, order: Order, state: TaskState, last: list[str]) -> int:
    from cdk_containers.operate.causes import causes  # noqa: PLC0415
    from cdk_containers.operate.run_task import exit_code_of  # noqa: PLC0415

    exit_code = exit_code_of(state, order.container)
    likely = causes(state, last) if exit_code != 0 else []
    code = exit_code if exit_code is not None and operation.arguments.exit_code else int(exit_code != 0)
    how = "did not run" if exit_code is None else f"ended with {exit_code}"
    if operation.arguments.json:
        told = {"name": target.name, "task": state.id, "container": order.container, "exit_code": exit_code}
        reasons = [{"cause": it.id, "says": it.says} for it in likely]
        print(json.dumps({**told, "reason": state.reason, "stop_code": state.stop_code, "causes": reasons}))
        return code
    reason = "" if exit_code == 0 else f": {' '.join(state.reason.split())}"
    _say(f"{target.name}: {order.container} of task {state.id} {how}{reason}")
    for cause in likely[:1]:
        _say(f"  likely: {cause.says}; {cause.remedy}")
    return code


def _interrupted(operation: Operation, target: Target, launch: Launch, task: str) -> int:
    from cdk_containers.operate.exits import Stop  # noqa: PLC0415
    from cdk_containers.operate.run_task import started_by, stop_task  # noqa: PLC0415

    api = operation.api(target)
    try:
        operation.confirm(f"\nStop task {task} of {operation.where(target)}?")
    except (Stop, KeyboardInterrupt):
        _say(f"task {task} keeps running; `aws ecs stop-task --cluster {launch.cluster} --task {task}` stops it")
        return _INTERRUPTED
    stop_task(api, launch.cluster, task, f"{started_by(api)} interrupted it")
    _say(f"task {task} is being stopped")
    return _INTERRUPTED


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
