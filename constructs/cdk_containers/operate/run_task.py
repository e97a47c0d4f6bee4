"""One-off tasks: start one, follow it to its end, and stop it only on request."""

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
"""Seconds between two requests: short at first, because many one-off tasks are short."""
_LOST_AFTER = 5
"""Maximum number of requests that may not find a new task, because the ECS API is eventually consistent."""
_MOST_OVERRIDES = 8192
_LATE_LOOKS = 3
"""Number of log requests after the end, because lines can arrive late."""
_REASONS = {
    "RESOURCE": "no instance of the cluster has room for it: add instances, or use capacity that AWS provides",
    "AGENT": "the agent of an instance is not connected to ECS",
    "ATTRIBUTE": "no instance of the cluster has what the task needs",
    "Capacity is unavailable": "AWS has no such capacity in these zones at the moment: try again, or do not use Spot",
    "MISSING": "the cluster no longer exists, or has no such capacity",
}
"""Meaning of the reasons that ECS gives when it starts no task."""


@frozen
class Order:
    """Settings of a one-off task.

    Attributes:
        container: Container whose end is awaited.
        command: Command of the container. Default: the command of the task definition.
        environment: Additional environment variables.
        token: Idempotency token. A second start with the same token returns the same task. Default: a new token.
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
        Stop: ECS started no task, or the overrides are too long.
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
        raise Stop(USAGE, f"the command and its environment exceed {_MOST_OVERRIDES} characters (an ECS limit)")
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
        raise Stop(NOT_FOUND, f"cluster {launch.cluster} no longer exists")
    started = answer.get("tasks", ())
    if not started:
        raise _nothing_started(answer.get("failures", ()))
    arn: str = started[0]["taskArn"]
    return arn


def started_by(api: Api) -> str:
    """Return `startedBy` of a task: the session or user of the caller."""
    arn = str(api.call("sts", "get_caller_identity").get("Arn", ""))
    who = "".join(it if it.isalnum() and it.isascii() else "-" for it in arn.rpartition("/")[2])
    return f"cdk-containers/{who}"[:128].rstrip("/-")


def _nothing_started(failures: Sequence[Mapping[str, str]]) -> Stop:
    said = [": ".join(filter(None, (it.get("reason"), it.get("detail")))) for it in failures] or ["no reason"]
    way = next((way for start, way in _REASONS.items() for it in said if it.startswith(start)), "")
    return Stop(FAILED, f"ECS started no task: {'; '.join(dict.fromkeys(said))}", way, failures=list(failures))


class Follower:
    """Follows a task: its log and its state.

    Attributes:
        state: Last known state of the task; None until ECS returns it.
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
            Stop: The timeout has passed, or ECS no longer has the task.
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
                raise Stop(NOT_FOUND, f"ECS no longer has task {self._task}")
            if clock.now() >= ends:
                raise Stop(
                    UNFINISHED,
                    f"task {self._task} is still running after {minutes(timeout.total_seconds())}",
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
