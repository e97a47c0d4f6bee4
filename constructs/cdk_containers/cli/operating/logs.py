"""`cdk-containers logs`: show the logs of services and jobs."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from .common import Operation, add_since, add_where, operate

if TYPE_CHECKING:
    from cdk_containers.operate.api import Api
    from cdk_containers.operate.read_logs import LogLine, LogSource
    from cdk_containers.operate.targets import Target

_MOST_GROUPS = 10


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `logs`."""
    add = parser.add_argument
    add("names", nargs="+", metavar="NAME", help="paths in the code, such as Shop/Web; several are shown together")
    add_since(parser, "10m", "how far back to start")
    add("--follow", action="store_true", help="follow new lines, with a request every two seconds")
    add(
        "--live",
        action="store_true",
        help=("follow new lines with Live Tail, which AWS bills by the minute and may sample"),
    )
    add("--previous", action="store_true", help="only the task that stopped last")
    add("--task", default="", metavar="ID", help="only this task")
    add("--container", action="append", default=[], metavar="NAME", help="only this container; may be repeated")
    add("--filter", default="", metavar="PATTERN", help="only lines that match this filter pattern of CloudWatch Logs")
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Show the lines, oldest first."""
    return operate("logs", arguments, _show)


def _show(operation: Operation) -> int:
    from cdk_containers.operate.exits import NOT_FOUND, USAGE, Stop  # noqa: PLC0415  (boto3 may not be installed)
    from cdk_containers.operate.words import iso  # noqa: PLC0415

    arguments = operation.arguments
    given = [name for name in ("follow", "live", "previous") if getattr(arguments, name)]
    if len(given) > 1:
        raise Stop(USAGE, f"{' and '.join(f'--{name}' for name in given)} exclude each other")
    targets = operation.finder.all(arguments.names, ("service", "express service", "job"))
    sources = {target: _sources(operation, target) for target in targets}
    without = [target.name for target, found in sources.items() if not found]
    if len(without) == len(targets):
        raise Stop(
            NOT_FOUND,
            f"no container of {', '.join(without)} writes to CloudWatch Logs"
            + (f" with the name {' or '.join(arguments.container)}" if arguments.container else ""),
            "with FireLens the lines are where its output sends them",
        )
    several = sum(map(len, sources.values())) > 1
    for line in _lines(operation, sources):
        if arguments.json:
            told = {"at": iso(line.at), "name": line.source.name, "container": line.source.container}
            print(json.dumps({**told, "task": line.task, "message": line.message}), flush=True)
        else:
            whose = f"{line.source.name} {line.source.container} {line.task[:8]}" if several else line.task[:8]
            print(f"{iso(line.at)} {whose} {line.message}", flush=True)
    operation.print_unread()
    return 0


def _sources(operation: Operation, target: Target) -> list[LogSource]:
    from cdk_containers.operate.read_logs import log_sources  # noqa: PLC0415
    from cdk_containers.operate.read_services import described  # noqa: PLC0415

    api = operation.api(target)
    definition = target.id if target.kind == "job" else described(api, target).get("taskDefinition", "")
    return log_sources(api, target.name, definition, operation.arguments.container)


def _lines(operation: Operation, sources: dict[Target, list[LogSource]]) -> Iterator[LogLine]:
    from cdk_containers.operate.exits import USAGE, Stop  # noqa: PLC0415
    from cdk_containers.operate.read_logs import follow, merged, read_lines  # noqa: PLC0415

    arguments = operation.arguments
    apis = {operation.api(target): None for target in sources}
    if (arguments.live or arguments.follow) and len(apis) > 1:
        raise Stop(USAGE, "logs of several accounts or regions cannot be followed together; follow each separately")
    api = next(iter(apis))
    every = list(chain.from_iterable(sources.values()))
    task = arguments.task.rpartition("/")[2]
    if arguments.live:
        return _live(api, every, next(iter(sources)), task, arguments.filter)
    since = api.now() - arguments.since
    if arguments.follow:
        return follow(api, every, since=since, task=task, pattern=arguments.filter)
    if arguments.previous:
        return chain.from_iterable(_previous(operation, target, found) for target, found in sources.items())
    return merged(
        read_lines(operation.api(target), one, since=since, task=task, pattern=arguments.filter)
        for target, found in sources.items()
        for one in found
    )


def _live(api: Api, sources: Sequence[LogSource], target: Target, task: str, pattern: str) -> Iterator[LogLine]:
    from cdk_containers.operate.exits import USAGE, Stop  # noqa: PLC0415
    from cdk_containers.operate.read_logs import live_tail  # noqa: PLC0415

    groups = list(dict.fromkeys(it.group for it in sources))
    if len(groups) > _MOST_GROUPS:
        raise Stop(USAGE, f"Live Tail shows at most {_MOST_GROUPS} log groups, but these are {len(groups)}")
    partition = target.id.split(":")[1]
    arns = [f"arn:{partition}:logs:{api.region}:{api.id}:log-group:{it}" for it in groups]
    return live_tail(api, sources, arns, task=task, pattern=pattern)


def _previous(operation: Operation, target: Target, sources: Sequence[LogSource]) -> Iterator[LogLine]:
    """Return the lines of the task that stopped last. ECS shows it for an hour, stored events for longer."""
    from datetime import timedelta  # noqa: PLC0415

    from cdk_containers.operate.exits import NOT_FOUND, Stop  # noqa: PLC0415
    from cdk_containers.operate.read_events import stored_events  # noqa: PLC0415
    from cdk_containers.operate.read_jobs import read_job  # noqa: PLC0415
    from cdk_containers.operate.read_logs import merged, read_lines  # noqa: PLC0415
    from cdk_containers.operate.read_tasks import read_tasks  # noqa: PLC0415

    api = operation.api(target)
    if target.kind == "job":
        state = read_job(api, target)
        cluster, stopped = state.cluster, list(state.stopped)
    else:
        cluster, stopped = target.cluster, list(read_tasks(api, target.cluster, service=target.service, stopped=True))
    if not stopped:
        since = api.now() - max(operation.arguments.since, timedelta(days=1))
        stopped = [it.task for it in stored_events(api, target, cluster=cluster, since=since) if it.task is not None]
    if not stopped:
        raise Stop(NOT_FOUND, f"no stopped task of {target.name} is known: ECS shows them for an hour")
    task = stopped[0]
    begun = (task.started or task.stopped or api.now()) - timedelta(minutes=5)
    pattern = operation.arguments.filter
    return merged(read_lines(api, it, since=begun, task=task.id, pattern=pattern) for it in sources)
