"""Logs of containers: the log groups of a task definition, and their lines."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

from .api import Api

_EVERY = 2.0
"""Seconds between two requests while following a log. All users of an account share a few calls a second."""
_LATE = timedelta(seconds=10)
"""Maximum delay with which a line can arrive after a later one."""


@frozen
class LogSource:
    """Location of the log of a container.

    Attributes:
        name: The name of the service or job in the code.
        container: The container.
        group: The log group.
        prefix: Prefix of its stream names. The task id follows.
    """

    name: str
    container: str
    group: str
    prefix: str


@frozen(kw_only=False)
class LogLine:
    """A line of a log."""

    at: datetime
    source: LogSource
    task: str
    message: str
    id: str = ""


def log_sources(api: Api, name: str, task_definition: str, containers: Sequence[str] = ()) -> list[LogSource]:
    """Return where containers of a task definition log to CloudWatch Logs. Containers that do not are left out.

    Raises:
        Refused: AWS refuses the call.
    """
    answer = api.call("ecs", "describe_task_definition", taskDefinition=task_definition) or {}
    found = []
    for it in answer.get("taskDefinition", {}).get("containerDefinitions", ()):
        configuration = it.get("logConfiguration", {})
        options = configuration.get("options", {})
        if configuration.get("logDriver") != "awslogs" or "awslogs-group" not in options:
            continue
        if not containers or it["name"] in containers:
            prefix = f"{options.get('awslogs-stream-prefix', '')}/{it['name']}/".lstrip("/")
            found.append(LogSource(name=name, container=it["name"], group=options["awslogs-group"], prefix=prefix))
    return found


def last_lines(api: Api, source: LogSource, task: str, count: int) -> list[str]:
    """Return the last log lines of a container of a task; none if it wrote nothing or the log was deleted.

    Raises:
        Refused: AWS refuses the call.
    """
    answer = api.call(
        "logs",
        "get_log_events",
        logGroupName=source.group,
        logStreamName=f"{source.prefix}{task}",
        limit=count,
        startFromHead=False,
    )
    return [it.get("message", "").rstrip("\n") for it in (answer or {}).get("events", ())]


def read_lines(api: Api, source: LogSource, *, since: datetime, task: str = "", pattern: str = "") -> Iterator[LogLine]:
    """Yield the lines of a container since a time, of all its tasks or of one, in the order of time.

    Raises:
        Refused: AWS refuses a call.
    """
    wanted: dict[str, Any] = {"filterPattern": pattern} if pattern else {}
    events = api.pages(
        "logs",
        "filter_log_events",
        "events",
        logGroupName=source.group,
        logStreamNamePrefix=f"{source.prefix}{task}",
        startTime=int(since.timestamp() * 1000),
        **wanted,
    )
    try:
        for it in events:
            yield LogLine(
                datetime.fromtimestamp(it["timestamp"] / 1000, UTC),
                source,
                it.get("logStreamName", "").removeprefix(source.prefix),
                it.get("message", "").rstrip("\n"),
                it.get("eventId", ""),
            )
    except Refused as refused:
        if refused.code != "ResourceNotFoundException":  # the log group is new or was deleted
            raise


def merged(several: Iterable[Iterator[LogLine]]) -> Iterator[LogLine]:
    """Yield the lines of several logs in the order of time."""
    return heapq.merge(*several, key=lambda line: line.at)


def follow(
    api: Api, sources: Sequence[LogSource], *, since: datetime, task: str = "", pattern: str = ""
) -> Iterator[LogLine]:
    """Yield the lines of several logs and follow new lines until the caller stops.

    Raises:
        Refused: AWS refuses a call.
    """
    seen: dict[str, datetime] = {}
    while True:
        try:
            for line in merged(read_lines(api, it, since=since, task=task, pattern=pattern) for it in sources):
                if line.id not in seen:
                    seen[line.id] = line.at
                    yield line
        except Refused as refused:
            if not refused.throttled:
                raise
        if seen:
            since = max(since, max(seen.values()) - _LATE)
            seen = {id_: at for id_, at in seen.items() if at >= since}
        api.clock.sleep(_EVERY)


def live_tail(
    api: Api, sources: Sequence[LogSource], group_arns: Sequence[str], *, task: str = "", pattern: str = ""
) -> Iterator[LogLine]:
    """Follow new lines of several logs with Live Tail, which AWS bills by the minute.

    Raises:
        Refused: AWS refuses the call.
    """
    wanted = {"logEventFilterPattern": pattern} if pattern else {}
    answer = api.call("logs", "start_live_tail", logGroupIdentifiers=list(group_arns), **wanted) or {}
    for event in answer.get("responseStream", ()):
        for it in event.get("sessionUpdate", {}).get("sessionResults", ()):
            stream = it.get("logStreamName", "")
            source = next((one for one in sources if stream.startswith(f"{one.prefix}{task}")), None)
            if source is not None:
                at = datetime.fromtimestamp(it["timestamp"] / 1000, UTC)
                yield LogLine(at, source, stream.removeprefix(source.prefix), it.get("message", "").rstrip("\n"))
