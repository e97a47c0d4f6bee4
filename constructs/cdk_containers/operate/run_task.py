"""A task that starts by hand: started once, followed to its end, and stopped only when somebody says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

from .api import Api
from .exits import FAILED, NOT_FOUND, UNFINISHED, USAGE, Stop
from .launch import Launch
from .read_logs import LogLine, LogSource
from .read_tasks import describe_tasks
from .states import TaskState
from .words import minutes

_SOON, _LATER, _GROWTH = 1.0, 4.0, 1.3
"""Seconds between two looks: often at first, since many one-off tasks are short."""
_LOST_AFTER = 5
"""So often a new task may be unknown: ECS takes a moment to know everywhere what it has started."""
_MOST_OVERRIDES = 8192
_LATE_LOOKS = 3
"""So often the log is looked at after the end, since lines come in late."""
_REASONS = {
    "RESOURCE": "no instance of the cluster has room for it: add some, or use capacity that AWS provides",
    "AGENT": "the agent of an instance is not connected to ECS",
    "ATTRIBUTE": "no instance of the cluster has what the task needs",
    "Capacity is unavailable": "AWS has no such capacity in these zones at the moment: try again, or without Spot",
    "MISSING": "the cluster is gone, or has no such capacity",
}
"""What ECS means when it starts nothing."""


@frozen
class Order:
    """What a one-off task runs.

    Attributes:
        container: The container that is waited for.
        command: Its command. Default: its own.
        environment: Settings that it has besides.
        token: What makes a second start with the same token the same task. Default: a new one.
        execute_command: Whether ECS Exec is on.
    """

    container: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    token: str = ""
    execute_command: bool = False


def start_task(api: Api, launch: Launch, order: Order) -> str:
    """Start a task, and return its ARN.

    Raises:
        Stop: ECS started nothing, or what it is told is too long.
        Refused: AWS refuses the call.
    """
    override: dict[str, Any] = {"name": order.container}
    if order.command:
        override["command"] = list(order.command)
    environment = {**launch.environment, **(order.environment or {})}
    if environment:
        override["environment"] = [{"name": name, "value": value} for name, value in environment.items()]
    overrides = {"containerOverrides": [override]}
    if len(json.dumps(overrides)) > _MOST_OVERRIDES:
        raise Stop(USAGE, f"the command and its settings are longer than the {_MOST_OVERRIDES} characters of ECS")
    given: dict[str, Any] = {
        **launch.options,
        "cluster": launch.cluster,
        "taskDefinition": launch.task_definition,
        "count": 1,
        "startedBy": started_by(api),
        "clientToken": order.token or uuid4().hex,
    }
    if len(override) > 1:
        given["overrides"] = overrides
    if order.execute_command:
        given["enableExecuteCommand"] = True
    answer = api.call("ecs", "run_task", **given)
    if answer is None:
        raise Stop(NOT_FOUND, f"cluster {launch.cluster} is gone")
    started = answer.get("tasks", ())
    if not started:
        raise _nothing_started(answer.get("failures", ()))
    arn: str = started[0]["taskArn"]
    return arn


def started_by(api: Api) -> str:
    """Return who starts a task, as ECS takes it: the session or user of the caller."""
    arn = str(api.call("sts", "get_caller_identity").get("Arn", ""))
    who = "".join(it if it.isalnum() and it.isascii() else "-" for it in arn.rpartition("/")[2])
    return f"cdk-containers/{who}"[:128].rstrip("/-")


def _nothing_started(failures: Sequence[Mapping[str, str]]) -> Stop:
    said = [": ".join(filter(None, (it.get("reason"), it.get("detail")))) for it in failures] or ["no reason"]
    way = next((way for start, way in _REASONS.items() for it in said if it.startswith(start)), "")
    return Stop(FAILED, f"ECS started no task: {'; '.join(dict.fromkeys(said))}", way, failures=list(failures))


class Follower:
    """Follows a task: its log as it comes, and how it is.

    Attributes:
        state: The task, as it was last seen; None as long as ECS does not know it everywhere.
    """

    def __init__(self, api: Api, cluster: str, task: str, source: LogSource | None) -> None:
        self._api = api
        self._cluster = cluster
        self._task = task
        self._source = source
        self._next: dict[str, str] = {}
        self.state: TaskState | None = None

    def lines(self, timeout: timedelta) -> Iterator[LogLine]:
        """Yield the lines of the log until the task has ended.

        Raises:
            Stop: The time is up, or ECS no longer knows the task.
            Refused: AWS refuses a call for another reason than throttling.
        """
        clock = self._api.clock
        ends, unknown, pause = clock.now() + timeout, 0, _SOON
        while True:
            try:
                self.state = next(iter(describe_tasks(self._api, self._cluster, [self._task])), None)
                unknown = unknown + 1 if self.state is None else 0
                yield from self._new_lines()
            except Refused as refused:
                if not refused.throttled:
                    raise
            if self.state is not None and self.state.status == "STOPPED":
                break
            if unknown > _LOST_AFTER:
                raise Stop(NOT_FOUND, f"ECS does not know task {self._task} any more")
            if clock.now() >= ends:
                raise Stop(
                    UNFINISHED,
                    f"task {self._task} goes on after {minutes(timeout.total_seconds())}",
                    task=self._task,
                )
            clock.sleep(pause)
            pause = min(_LATER, pause * _GROWTH)
        for _ in range(_LATE_LOOKS if self._source else 0):
            yield from self._new_lines()
            clock.sleep(1)

    def _new_lines(self) -> Iterator[LogLine]:
        source = self._source
        while source is not None:
            answer = self._api.call(
                "logs",
                "get_log_events",
                logGroupName=source.group,
                logStreamName=f"{source.prefix}{self._task}",
                startFromHead=True,
                **self._next,
            )
            told: Mapping[str, Any] = answer or {}
            for it in told.get("events", ()):
                at = datetime.fromtimestamp(it["timestamp"] / 1000, UTC)
                yield LogLine(at, source, self._task, it.get("message", "").rstrip("\n"))
            following = told.get("nextForwardToken", "")
            if not following or following == self._next.get("nextToken") or not told.get("events"):
                return
            self._next = {"nextToken": following}


def exit_code_of(state: TaskState, container: str) -> int | None:
    """Return how a container of a task ended; None if it never ran."""
    return next((it.exit_code for it in state.containers if it.name == container), None)


def stop_task(api: Api, cluster: str, task: str, reason: str) -> None:
    """Stop a task.

    Raises:
        Refused: AWS refuses the call.
    """
    api.call("ecs", "stop_task", cluster=cluster, task=task, reason=reason)
